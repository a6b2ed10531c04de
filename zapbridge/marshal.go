package zapbridge

import (
	"encoding/json"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// AddArray adds an array of strings, whole numbers, floats or bools as such, any other as its JSON.
func (c *converter) AddArray(key string, m zapcore.ArrayMarshaler) error {
	if c.gives(key) {
		return nil
	}
	var list elements
	err := m.MarshalLogArray(&list)
	c.put(list.attribute(key))
	return err
}

// elements collects what an array marshaler appends.
type elements struct{ all []any }

var _ zapcore.ArrayEncoder = (*elements)(nil)

func (e *elements) attribute(key string) attribute.KeyValue {
	if len(e.all) > 0 {
		switch e.all[0].(type) {
		case string:
			if s, ok := allOf[string](e.all); ok {
				return attribute.StringSlice(key, s)
			}
		case int64:
			if s, ok := allOf[int64](e.all); ok {
				return attribute.Int64Slice(key, s)
			}
		case float64:
			if s, ok := allOf[float64](e.all); ok {
				return attribute.Float64Slice(key, s)
			}
		case bool:
			if s, ok := allOf[bool](e.all); ok {
				return attribute.BoolSlice(key, s)
			}
		}
	}
	return events.Any(key, encodable(e.all))
}

func allOf[T any](list []any) ([]T, bool) {
	s := make([]T, len(list))
	for i, v := range list {
		x, ok := v.(T)
		if !ok {
			return nil, false
		}
		s[i] = x
	}
	return s, true
}

// encodable returns list with the numbers that JSON does not have as zap writes them.
func encodable(list []any) []any {
	out := make([]any, len(list))
	for i, v := range list {
		switch x := v.(type) {
		case float64:
			v = finite(x)
		case []any:
			v = encodable(x)
		}
		out[i] = v
	}
	return out
}

func finite(f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "+Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	}
	return f
}

func (e *elements) add(v any) { e.all = append(e.all, v) }

// uint keeps what does not fit into an int64 as it is: the array is then told as JSON.
func (e *elements) uint(v uint64) {
	if v > math.MaxInt64 {
		e.add(v)
		return
	}
	e.add(int64(v))
}

func (e *elements) AppendArray(m zapcore.ArrayMarshaler) error {
	var list elements
	err := m.MarshalLogArray(&list)
	e.add(append([]any{}, list.all...))
	return err
}

func (e *elements) AppendObject(m zapcore.ObjectMarshaler) error {
	text, err := fieldsJSON(zap.Inline(m))
	if err == nil {
		e.add(json.RawMessage(text))
	}
	return err
}

func (e *elements) AppendReflected(v any) error {
	if err, ok := v.(error); ok {
		v = spanstate.Text(err)
	}
	e.add(v)
	return nil
}

func (e *elements) AppendComplex64(v complex64)    { e.add(complexText(complex128(v), 64)) }
func (e *elements) AppendComplex128(v complex128)  { e.add(complexText(v, 128)) }
func (e *elements) AppendBool(v bool)              { e.add(v) }
func (e *elements) AppendByteString(v []byte)      { e.add(string(v)) }
func (e *elements) AppendString(v string)          { e.add(v) }
func (e *elements) AppendFloat64(v float64)        { e.add(v) }
func (e *elements) AppendFloat32(v float32)        { e.add(float64(v)) }
func (e *elements) AppendInt(v int)                { e.add(int64(v)) }
func (e *elements) AppendInt64(v int64)            { e.add(v) }
func (e *elements) AppendInt32(v int32)            { e.add(int64(v)) }
func (e *elements) AppendInt16(v int16)            { e.add(int64(v)) }
func (e *elements) AppendInt8(v int8)              { e.add(int64(v)) }
func (e *elements) AppendUint(v uint)              { e.uint(uint64(v)) }
func (e *elements) AppendUint64(v uint64)          { e.uint(v) }
func (e *elements) AppendUint32(v uint32)          { e.uint(uint64(v)) }
func (e *elements) AppendUint16(v uint16)          { e.uint(uint64(v)) }
func (e *elements) AppendUint8(v uint8)            { e.uint(uint64(v)) }
func (e *elements) AppendUintptr(v uintptr)        { e.uint(uint64(v)) }
func (e *elements) AppendDuration(v time.Duration) { e.add(int64(v)) }
func (e *elements) AppendTime(v time.Time)         { e.add(v.UTC().Format(time.RFC3339Nano)) }
