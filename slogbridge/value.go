package slogbridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"sync"
)

// value writes a resolved value of that kind, which is no group, without what must not be seen.
func (e *encoder) value(key string, v slog.Value, kind slog.Kind) {
	switch kind {
	case slog.KindString:
		e.string(e.rules.CleanText(v.String()))
	case slog.KindInt64:
		e.b = strconv.AppendInt(e.b, v.Int64(), 10)
	case slog.KindUint64:
		e.b = strconv.AppendUint(e.b, v.Uint64(), 10)
	case slog.KindFloat64:
		e.float(v.Float64())
	case slog.KindBool:
		e.b = strconv.AppendBool(e.b, v.Bool())
	case slog.KindDuration:
		e.b = strconv.AppendInt(e.b, int64(v.Duration()), 10)
	case slog.KindTime:
		e.time(v.Time())
	default:
		size := len(e.b)
		e.any(v.Any())
		if e.rules.Redacts() {
			e.b = append(e.b[:size], e.rules.CleanJSON(e.path+key, e.b[size:])...)
		}
	}
}

// any writes what a user's own methods say of a value. One that panics leaves a mark in its place.
func (e *encoder) any(v any) {
	size := len(e.b)
	defer func() {
		if r := recover(); r != nil {
			e.b = e.b[:size]
			e.string(panicMark(v, r))
		}
	}()
	_, marshals := v.(json.Marshaler)
	if err, ok := v.(error); ok && !marshals {
		e.string(err.Error())
		return
	}
	if err := e.marshal(v); err != nil {
		e.string(fmt.Sprintf("!ERROR:%v", err))
	}
}

// panicMark says what slog says: a nil pointer is the likeliest reason, and then "<nil>" is the best text.
func panicMark(v, r any) string {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return "<nil>"
	}
	return fmt.Sprintf("!PANIC: %v", r)
}

// jsonEncoder is an encoder with the buffer it writes to, so that both are made once.
type jsonEncoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

var jsonEncoders = sync.Pool{New: func() any {
	j := new(jsonEncoder)
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	return j
}}

func (e *encoder) marshal(v any) error {
	j := jsonEncoders.Get().(*jsonEncoder)
	defer func() {
		if j.buf.Cap() <= maxKept {
			j.buf.Reset()
			jsonEncoders.Put(j)
		}
	}()
	if err := j.enc.Encode(v); err != nil {
		return err
	}
	e.b = append(e.b, bytes.TrimSuffix(j.buf.Bytes(), []byte("\n"))...)
	return nil
}
