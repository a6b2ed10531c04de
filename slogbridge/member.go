package slogbridge

import (
	"log/slog"
	"strings"

	"github.com/spanlog/spanlog/events"
)

// member writes an attribute that is resolved and replaced. Guarded says that names of ours must be looked after.
func (e *encoder) member(a slog.Attr, guarded bool) bool {
	if e.rules.Redacts() && guardedByKey(a) && e.rules.Hides(e.path+a.Key) {
		a.Value = slog.StringValue(events.Redacted)
	}
	kind := a.Value.Kind() // which costs enough to be asked once
	switch kind {
	case slog.KindGroup:
		return e.group(a.Key, a.Value.Group())
	case slog.KindAny:
		if a.Equal(slog.Attr{}) {
			return false
		}
		if src, ok := a.Value.Any().(*slog.Source); ok {
			return e.source(a.Key, src)
		}
	}
	if guarded {
		return e.rootAttr(a, kind)
	}
	e.ecs.passed(a.Value)
	e.field(e.rules.Inside(e.path, a.Key, true))
	e.value(a.Key, a.Value, kind)
	return true
}

// guardedByKey reports whether the attribute has a key by which it can be hidden; a group without a name has none.
func guardedByKey(a slog.Attr) bool { return a.Key != "" || a.Value.Kind() != slog.KindGroup }

// gives reports whether an attribute at the root gives way to an id.
func (e *encoder) gives(key string) bool { return e.traced && e.rules.IsID(key) }

// rootAttr writes an attribute at the root, where it may collide with a name of ours.
func (e *encoder) rootAttr(a slog.Attr, kind slog.Kind) bool {
	if e.gives(a.Key) {
		return false
	}
	if e.rules.Schema() == events.ECS && e.ecsError(a) {
		return true
	}
	name, asString := e.rules.Place(a.Key, true)
	e.field(name)
	if asString {
		e.string(string(e.rules.CleanJSON(a.Key, []byte(textOf(a.Value)))))
	} else {
		e.value(a.Key, a.Value, kind)
	}
	return true
}

// source writes a source position as a group, as slog does.
func (e *encoder) source(key string, src *slog.Source) bool {
	if src == nil || *src == (slog.Source{}) {
		return false
	}
	var as []slog.Attr
	if src.Function != "" {
		as = append(as, slog.String("function", src.Function))
	}
	if src.File != "" {
		as = append(as, slog.String("file", src.File))
	}
	if src.Line != 0 {
		as = append(as, slog.Int("line", src.Line))
	}
	return e.group(key, as)
}

// textOf is a value as the string that stands under labels.
func textOf(v slog.Value) string {
	if v.Kind() != slog.KindAny {
		return v.String()
	}
	return strings.ToValidUTF8(events.Any("", v.Any()).Value.String(), "\ufffd")
}
