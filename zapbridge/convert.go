package zapbridge

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// converter turns zap fields into attributes of a span event. It is the ObjectEncoder that marshalers write to.
type converter struct {
	rules  *events.Rules
	to     *events.Fields
	prefix string // of what is added now
	hides  bool   // a field at the root had the name of an id
}

var _ zapcore.ObjectEncoder = (*converter)(nil)

func (c *converter) field(f *zapcore.Field) {
	switch f.Type { // the usual types have no methods that could panic
	case zapcore.StringType:
		c.AddString(f.Key, f.String)
		return
	case zapcore.Int64Type:
		c.AddInt64(f.Key, f.Integer)
		return
	case zapcore.Float64Type:
		c.AddFloat64(f.Key, math.Float64frombits(uint64(f.Integer)))
		return
	case zapcore.BoolType:
		c.AddBool(f.Key, f.Integer == 1)
		return
	}
	c.unusual(f)
}

func (c *converter) unusual(f *zapcore.Field) {
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
		c.note(f.Key, firstOf(f.Interface))
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

func (c *converter) error(key string, err error) {
	if c.gives(key) {
		return
	}
	c.put(events.String(key, spanstate.Text(err)))
	c.note(key, err)
}

// note makes err the exception if it is the first error, and nothing is hidden under its key.
func (c *converter) note(key string, err error) {
	if err != nil && !c.rules.Hides(c.prefix+key) {
		c.to.AddError(err)
	}
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
	if group, name, ok := c.place(string(kv.Key)); ok {
		kv.Key = attribute.Key(name)
		c.to.AddIn(group, kv)
	}
}

// place returns the name of a field, the length of its groups' part, and whether the field is on the event at all.
func (c *converter) place(key string) (group int, name string, ok bool) {
	if c.prefix == "" { // adding two strings takes 5 ns also where one is empty
		return 0, key, !c.gives(key)
	}
	return len(c.prefix), c.prefix + key, !c.gives(key)
}

func (c *converter) AddBool(key string, v bool) {
	if group, name, ok := c.place(key); ok {
		c.to.AddBool(group, name, v)
	}
}

func (c *converter) AddFloat64(key string, v float64) {
	if group, name, ok := c.place(key); ok {
		c.to.AddFloat64(group, name, v)
	}
}

func (c *converter) AddInt64(key string, v int64) {
	if group, name, ok := c.place(key); ok {
		c.to.AddInt64(group, name, v)
	}
}

func (c *converter) AddString(key, v string) {
	if group, name, ok := c.place(key); ok {
		c.to.AddString(group, name, v)
	}
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
	err := c.object(m)
	c.prefix = outer
	return err
}

// object takes the fields of a Dict one by one: zap would give us the texts of the errors among them only.
func (c *converter) object(m zapcore.ObjectMarshaler) error {
	fields, ok := dictFields(m)
	if !ok {
		return m.MarshalLogObject(c)
	}
	for i := range fields {
		c.field(&fields[i])
	}
	return nil
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
func (c *converter) AddComplex128(key string, v complex128) {
	c.put(attribute.String(key, complexText(v, 128)))
}
func (c *converter) AddComplex64(key string, v complex64) {
	c.put(attribute.String(key, complexText(complex128(v), 64)))
}
func (c *converter) AddDuration(key string, v time.Duration) { c.AddInt64(key, int64(v)) }
func (c *converter) AddFloat32(key string, v float32)        { c.AddFloat64(key, float64(v)) }
func (c *converter) AddInt(key string, v int)                { c.AddInt64(key, int64(v)) }
func (c *converter) AddInt32(key string, v int32)            { c.AddInt64(key, int64(v)) }
func (c *converter) AddInt16(key string, v int16)            { c.AddInt64(key, int64(v)) }
func (c *converter) AddInt8(key string, v int8)              { c.AddInt64(key, int64(v)) }
func (c *converter) AddTime(key string, v time.Time)         { c.put(events.Time(key, v)) }
func (c *converter) AddUint(key string, v uint)              { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUint64(key string, v uint64)          { c.put(events.Uint64(key, v)) }
func (c *converter) AddUint32(key string, v uint32)          { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUint16(key string, v uint16)          { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUint8(key string, v uint8)            { c.put(events.Uint64(key, uint64(v))) }
func (c *converter) AddUintptr(key string, v uintptr)        { c.put(events.Uint64(key, uint64(v))) }
