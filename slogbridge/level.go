package slogbridge

import (
	"context"
	"log/slog"
	"reflect"
)

// enabled asks a handler that may panic.
func enabled(h slog.Handler, ctx context.Context, level slog.Level) (enabled bool) {
	defer func() {
		if recover() != nil {
			enabled = level >= slog.LevelInfo
		}
	}()
	return h.Enabled(ctx, level)
}

// levelOfSlog reports whether h is a handler of package slog with a level of package slog: it does not panic when it is
// asked. The level is in a private field; should that ever change, the handler is asked with care, which costs some
// nanoseconds.
func levelOfSlog(h slog.Handler) (safe bool) {
	defer func() { _ = recover() }()
	switch h.(type) {
	case *slog.JSONHandler, *slog.TextHandler:
	default:
		return false
	}
	level := reflect.ValueOf(h).Elem().Field(0).Elem().FieldByName("opts").FieldByName("Level")
	if level.IsNil() {
		return true
	}
	switch v := level.Elem(); v.Type() {
	case reflect.TypeFor[slog.Level]():
		return true
	case reflect.TypeFor[*slog.LevelVar]():
		return !v.IsNil()
	}
	return false
}
