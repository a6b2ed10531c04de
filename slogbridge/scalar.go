package slogbridge

import (
	"log/slog"

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
	want := len(e.b) + len(a.Key) + len(`"":`)
	if e.comma {
		want++
	}
	e.key(a.Key)
	asIs := len(e.b) == want // nothing was escaped: then it is UTF-8
	if kind == slog.KindString {
		text := a.Value.String()
		want += len(text) + len(`""`)
		e.string(text)
		asIs = len(e.b) == want
	} else {
		e.value(a.Key, a.Value, kind)
	}
	if tells {
		e.tell(a, kind, asIs)
	}
	return true
}

// tell adds a scalar to the event. Valid says that key and string are known to be UTF-8.
func (e *encoder) tell(a *slog.Attr, kind slog.Kind, valid bool) {
	key := e.h.prefix + a.Key
	if valid && e.h.prefix == "" && e.tellValid(key, &a.Value, kind) {
		return
	}
	c := e.h.converter(e.event)
	c.value(key, a.Value, kind)
}

// tellValid is the short way of an attribute to the event.
func (e *encoder) tellValid(key string, v *slog.Value, kind slog.Kind) bool {
	switch kind {
	case slog.KindString:
		text := v.String()
		if !events.IsPlain(key, text) {
			return false
		}
		*e.event.Place(0, key) = attribute.StringValue(text)
	case slog.KindInt64:
		*e.event.Place(0, key) = attribute.Int64Value(v.Int64())
	case slog.KindFloat64:
		*e.event.Place(0, key) = attribute.Float64Value(v.Float64())
	case slog.KindBool:
		*e.event.Place(0, key) = attribute.BoolValue(v.Bool())
	default:
		return false
	}
	return true
}
