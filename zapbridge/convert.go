package zapbridge

import (
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// bound is what the With calls of a logger left for its span events.
type bound struct {
	fields events.Fields
	prefix string     // names of the open namespaces, each with a dot behind it; empty at the root
	span   trace.Span // of a Context field; nil if there was none
}

// with adds the fields of one With call. It returns the indexes of the first field that opens a namespace and of the
// first that hides behind an id, len(fields) where there is none; a namespace of an id's name counts as both.
func (b *bound) with(rules *events.Rules, fields []zapcore.Field) (opens, hides int) {
	b.span = lastSpan(fields, b.span)
	b.fields = b.fields.Clone()
	c := newConverter(rules, &b.fields, b.prefix)
	opens, hides = len(fields), len(fields)
	for i := range fields {
		c.field(&fields[i])
		if c.prefix != "" {
			opens = min(opens, i)
		}
		if c.hides {
			hides = min(hides, i)
		}
	}
	b.prefix = c.prefix
	c.free()
	return opens, hides
}

// addTo makes the event of a call on span, if the policy wants one.
func (b *bound) addTo(span trace.Span, rules *events.Rules, ent *zapcore.Entry, fields []zapcore.Field) {
	e := rules.Begin(span, severity(ent.Level))
	if e == nil {
		return
	}
	e.AddFields(b.fields)
	if ent.Caller.Defined {
		e.AddSource(ent.Caller.Function, ent.Caller.File, ent.Caller.Line)
	}
	if ent.LoggerName != "" {
		e.Add(attribute.String("logger", ent.LoggerName))
	}
	if ent.Stack != "" {
		e.Add(semconv.CodeStacktrace(ent.Stack))
	}
	c := newConverter(rules, &e.Fields, b.prefix)
	for i := range fields {
		c.field(&fields[i])
	}
	c.free()
	e.End(ent.Level.CapitalString(), ent.Message, ent.Time)
}

// converter turns zap fields into attributes of a span event. It is the ObjectEncoder that marshalers write to.
type converter struct {
	rules  *events.Rules
	to     *events.Fields
	prefix string // of what is added now
	hides  bool   // a field at the root had the name of an id
}

var _ zapcore.ObjectEncoder = (*converter)(nil)

var converters = sync.Pool{New: func() any { return new(converter) }}

func newConverter(rules *events.Rules, to *events.Fields, prefix string) *converter {
	c := converters.Get().(*converter)
	*c = converter{rules: rules, to: to, prefix: prefix}
	return c
}

func (c *converter) free() {
	*c = converter{}
	converters.Put(c)
}

func (c *converter) field(f *zapcore.Field) {
	if f.Type == zapcore.SkipType || carrierOf(f) != nil {
		return
	}
	defer c.contain(f.Key, c.prefix)
	switch f.Type {
	case zapcore.ErrorType:
		c.error(f.Key, f.Interface.(error))
	case zapcore.StringerType:
		c.AddString(f.Key, stringerText(f.Interface.(fmt.Stringer)))
	case zapcore.ArrayMarshalerType:
		c.noteErrors(f.Interface)
		f.AddTo(c)
	default:
		f.AddTo(c)
	}
}

// contain puts a mark in the place of a field whose methods panicked.
func (c *converter) contain(key, prefix string) {
	if r := recover(); r != nil {
		c.prefix = prefix
		c.AddString(key, panicMark(r))
	}
}

func panicMark(r any) string { return "!PANIC: " + spanstate.Sprint(r) }

func (c *converter) error(key string, err error) {
	if c.gives(key) {
		return
	}
	c.put(events.String(key, spanstate.Text(err)))
	c.to.AddError(err)
}

// noteErrors notes the first error of zap.Errors, whose type is private to zap.
func (c *converter) noteErrors(v any) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice || rv.Type().Elem() != reflect.TypeFor[error]() {
		return
	}
	for i := range rv.Len() {
		if err, ok := rv.Index(i).Interface().(error); ok {
			c.to.AddError(err)
			return
		}
	}
}

func stringerText(v fmt.Stringer) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = panicMark(r)
			if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
				text = "<nil>"
			}
		}
	}()
	return v.String()
}

// gives reports whether a field gives way to an id.
func (c *converter) gives(key string) bool {
	if c.prefix != "" || !c.rules.IsID(key) {
		return false
	}
	c.hides = true
	return true
}

func (c *converter) put(kv attribute.KeyValue) {
	if c.gives(string(kv.Key)) {
		return
	}
	if c.prefix != "" {
		kv.Key = attribute.Key(c.prefix) + kv.Key
	}
	c.to.Add(kv)
}

// OpenNamespace puts everything that follows under key.
func (c *converter) OpenNamespace(key string) {
	c.gives(key) // on a traced line it stands under another name
	c.prefix += key + "."
}

// AddObject flattens the object into keys joined by dots; namespaces that it opens end with it.
func (c *converter) AddObject(key string, m zapcore.ObjectMarshaler) error {
	if c.gives(key) {
		return nil
	}
	outer := c.prefix
	c.prefix += key + "."
	err := m.MarshalLogObject(c)
	c.prefix = outer
	return err
}

func (c *converter) AddReflected(key string, v any) error {
	if err, ok := v.(error); ok {
		c.error(key, err)
	} else {
		c.put(events.Any(key, v))
	}
	return nil
}

func complexText(v complex128, bits int) string {
	s := strconv.FormatComplex(v, 'f', -1, bits)
	return s[1 : len(s)-1] // without the parentheses, as zap has it
}

func (c *converter) AddBinary(key string, v []byte)     { c.put(events.Bytes(key, v)) }
func (c *converter) AddByteString(key string, v []byte) { c.put(events.String(key, string(v))) }
func (c *converter) AddBool(key string, v bool)         { c.put(attribute.Bool(key, v)) }
func (c *converter) AddComplex128(key string, v complex128) {
	c.put(attribute.String(key, complexText(v, 128)))
}
func (c *converter) AddComplex64(key string, v complex64) {
	c.put(attribute.String(key, complexText(complex128(v), 64)))
}
func (c *converter) AddDuration(key string, v time.Duration) { c.put(attribute.Int64(key, int64(v))) }
func (c *converter) AddFloat64(key string, v float64)        { c.put(attribute.Float64(key, v)) }
func (c *converter) AddFloat32(key string, v float32)        { c.put(attribute.Float64(key, float64(v))) }
func (c *converter) AddInt(key string, v int)                { c.put(attribute.Int(key, v)) }
func (c *converter) AddInt64(key string, v int64)            { c.put(attribute.Int64(key, v)) }
func (c *converter) AddInt32(key string, v int32)            { c.put(attribute.Int64(key, int64(v))) }
func (c *converter) AddInt16(key string, v int16)            { c.put(attribute.Int64(key, int64(v))) }
func (c *converter) AddInt8(key string, v int8)              { c.put(attribute.Int64(key, int64(v))) }
func (c *converter) AddString(key, v string)                 { c.put(events.String(key, v)) }
func (c *converter) AddTime(key string, v time.Time)         { c.put(events.Time(key, v)) }
func (c *converter) AddUint(key string, v uint)              { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUint64(key string, v uint64)          { c.put(events.Uint64(key, v)) }
func (c *converter) AddUint32(key string, v uint32)          { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUint16(key string, v uint16)          { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUint8(key string, v uint8)            { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUintptr(key string, v uintptr)        { c.put(events.Uint64(key, uint64(v))) }
