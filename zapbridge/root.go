package zapbridge

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// rootState says where the fields so far have left the line.
type rootState struct {
	open    bool // a namespace is open: what follows is not at the root
	told    bool // ECS: error.* is taken
	stacked bool // ECS: error.stack_trace is taken
}

// placer puts the user's fields on a line. At its root, names that are ours are looked after: a field of an id's name
// gives way to the id where there is a span, others move to a label.
type placer struct {
	rules  *events.Rules
	traced bool // the ids of a span are on this line
	own    bool // the line is ours and follows the whole schema; else only the names of what we add matter
	rootState
	next zapcore.ObjectEncoder // of the inline object that is being placed
}

func (p *placer) ecs() bool { return p.own && p.rules.Schema() == events.ECS }

// matters reports whether the placer would do anything but add the fields as they are.
func (p *placer) matters(fields []zapcore.Field) bool {
	guard := !p.open && (p.traced || len(p.rules.Constant()) > 0)
	if p.ecs() {
		return true
	}
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Type == zapcore.InlineMarshalerType:
			if _, ok := f.Interface.(*carrier); ok || guard {
				return true
			}
		case guard && (p.traced && p.rules.IsID(f.Key) || p.rules.Taken(f.Key)):
			return true
		case f.Type == zapcore.NamespaceType:
			guard = false
		}
	}
	return false
}

func (p *placer) addAll(enc zapcore.ObjectEncoder, fields []zapcore.Field) {
	for i := range fields {
		p.add(enc, &fields[i])
	}
}

func (p *placer) add(enc zapcore.ObjectEncoder, f *zapcore.Field) {
	switch {
	case carrierOf(f) != nil || f.Type == zapcore.SkipType:
	case p.open:
		p.addInner(enc, f)
	case f.Type == zapcore.NamespaceType:
		enc.OpenNamespace(p.namespace(f.Key))
		p.open = true
	case f.Type == zapcore.InlineMarshalerType:
		p.inline(enc, f)
	case p.traced && p.rules.IsID(f.Key):
	case p.ecs() && p.addError(enc, f):
	default:
		p.addRoot(enc, *f)
	}
}

func (p *placer) addRoot(enc zapcore.ObjectEncoder, f zapcore.Field) {
	name, asString := p.place(f.Key, f.Type != zapcore.ObjectMarshalerType)
	if asString {
		enc.AddString(name, textOf(f))
		return
	}
	f.Key = name
	f.AddTo(enc)
}

func (p *placer) place(key string, scalar bool) (name string, asString bool) {
	if p.own {
		return p.rules.Place(key, scalar)
	}
	if p.rules.Taken(key) {
		key = p.rules.Label(key)
	}
	return key, false
}

func (p *placer) namespace(key string) string {
	if p.traced && p.rules.IsID(key) {
		return p.rules.Label(key)
	}
	name, _ := p.place(key, false)
	return name
}

// inline lets the object write into the root through us.
func (p *placer) inline(enc zapcore.ObjectEncoder, f *zapcore.Field) {
	outer := p.next
	p.next = enc
	err := f.Interface.(zapcore.ObjectMarshaler).MarshalLogObject((*rootEncoder)(p))
	p.next = outer
	if err != nil {
		enc.AddString(f.Key+"Error", err.Error())
	}
}

// rootEncoder is the ObjectEncoder that an inline object at the root writes to: each member is placed like a field.
type rootEncoder placer

var _ zapcore.ObjectEncoder = (*rootEncoder)(nil)

func (e *rootEncoder) put(f zapcore.Field) { (*placer)(e).add(e.next, &f) }

func (e *rootEncoder) AddArray(key string, v zapcore.ArrayMarshaler) error {
	e.put(zap.Array(key, v))
	return nil
}

func (e *rootEncoder) AddObject(key string, v zapcore.ObjectMarshaler) error {
	e.put(zap.Object(key, v))
	return nil
}

func (e *rootEncoder) AddReflected(key string, v any) error {
	e.put(zap.Reflect(key, v))
	return nil
}

func (e *rootEncoder) OpenNamespace(key string)                { e.put(zap.Namespace(key)) }
func (e *rootEncoder) AddBinary(key string, v []byte)          { e.put(zap.Binary(key, v)) }
func (e *rootEncoder) AddByteString(key string, v []byte)      { e.put(zap.ByteString(key, v)) }
func (e *rootEncoder) AddBool(key string, v bool)              { e.put(zap.Bool(key, v)) }
func (e *rootEncoder) AddComplex128(key string, v complex128)  { e.put(zap.Complex128(key, v)) }
func (e *rootEncoder) AddComplex64(key string, v complex64)    { e.put(zap.Complex64(key, v)) }
func (e *rootEncoder) AddDuration(key string, v time.Duration) { e.put(zap.Duration(key, v)) }
func (e *rootEncoder) AddFloat64(key string, v float64)        { e.put(zap.Float64(key, v)) }
func (e *rootEncoder) AddFloat32(key string, v float32)        { e.put(zap.Float32(key, v)) }
func (e *rootEncoder) AddInt(key string, v int)                { e.put(zap.Int(key, v)) }
func (e *rootEncoder) AddInt64(key string, v int64)            { e.put(zap.Int64(key, v)) }
func (e *rootEncoder) AddInt32(key string, v int32)            { e.put(zap.Int32(key, v)) }
func (e *rootEncoder) AddInt16(key string, v int16)            { e.put(zap.Int16(key, v)) }
func (e *rootEncoder) AddInt8(key string, v int8)              { e.put(zap.Int8(key, v)) }
func (e *rootEncoder) AddString(key, v string)                 { e.put(zap.String(key, v)) }
func (e *rootEncoder) AddTime(key string, v time.Time)         { e.put(zap.Time(key, v)) }
func (e *rootEncoder) AddUint(key string, v uint)              { e.put(zap.Uint(key, v)) }
func (e *rootEncoder) AddUint64(key string, v uint64)          { e.put(zap.Uint64(key, v)) }
func (e *rootEncoder) AddUint32(key string, v uint32)          { e.put(zap.Uint32(key, v)) }
func (e *rootEncoder) AddUint16(key string, v uint16)          { e.put(zap.Uint16(key, v)) }
func (e *rootEncoder) AddUint8(key string, v uint8)            { e.put(zap.Uint8(key, v)) }
func (e *rootEncoder) AddUintptr(key string, v uintptr)        { e.put(zap.Uintptr(key, v)) }
