package slogbridge

import (
	"log/slog"
	"strconv"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

func isScalar(kind slog.Kind) bool {
	return kind != slog.KindAny && kind != slog.KindGroup && kind != slog.KindLogValuer
}

// scalar is the short way of an attribute of the record to the line and the event, for most attributes of most programs:
// it takes a third of the time that attr and converter.attr take.
func (e *encoder) scalar(a *slog.Attr, kind slog.Kind) bool {
	tells := e.event != nil
	if e.depth == 0 && e.rules.IsID(a.Key) {
		if e.traced {
			return false
		}
		tells = false
	}
	if !tells {
		e.key(a.Key)
		e.value(a.Key, a.Value, kind)
		return true
	}
	if e.key(a.Key) && e.h.prefix == "" && isPlain(a, kind) {
		e.both(&a.Value, kind, e.event.Place(0, a.Key))
		return true
	}
	e.value(a.Key, a.Value, kind)
	c := e.h.converter(e.event)
	c.value(c.prefix+a.Key, a.Value, kind)
	return true
}

// isPlain reports whether the value is an attribute of the event as it is, but for what is not UTF-8.
func isPlain(a *slog.Attr, kind slog.Kind) bool {
	switch kind {
	case slog.KindString:
		return events.IsPlain(a.Key, a.Value.String())
	case slog.KindTime, slog.KindUint64: // may become a string, and the event's name
		return false
	}
	return true
}

// both writes the value and sets the attribute of the event: to take each value apart once saves 50 ns in five.
func (e *encoder) both(v *slog.Value, kind slog.Kind, on *attribute.Value) {
	switch kind {
	case slog.KindString:
		text := v.String()
		size := len(e.b) + len(text) + len(`""`)
		if e.string(text); len(e.b) == size {
			*on = attribute.StringValue(text)
		} else {
			*on = events.String("", text).Value
		}
	case slog.KindInt64:
		n := v.Int64()
		e.b = strconv.AppendInt(e.b, n, 10)
		*on = attribute.Int64Value(n)
	case slog.KindFloat64:
		f := v.Float64()
		e.float(f)
		*on = attribute.Float64Value(f)
	case slog.KindBool:
		is := v.Bool()
		e.b = strconv.AppendBool(e.b, is)
		*on = attribute.BoolValue(is)
	case slog.KindDuration:
		d := int64(v.Duration())
		e.b = strconv.AppendInt(e.b, d, 10)
		*on = attribute.Int64Value(d)
	}
}
