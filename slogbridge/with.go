package slogbridge

import (
	"context"
	"log"
	"log/slog"
)

// binder is a handler of this package.
type binder interface {
	bind(context.Context) slog.Handler
}

// With returns a logger bound to ctx: calls without a context, or with one that has no span, keep the ids of its span
// and are its events, and have the fields of events.ContextWith. A logger whose handler is not of this package is
// wrapped with the default policy first; one that leads to handlers of this package, a [slog.MultiHandler] of them say, is
// not: they are bound, each with its own policy, and other handlers beside them write what they do without us. A nil
// logger stands for slog.Default(). A nil ctx binds nothing. The context is held as long as the logger lives.
func With(ctx context.Context, logger *slog.Logger) *slog.Logger {
	if logger == nil {
		logger = slog.Default()
	}
	return slog.New(bound(ctx, logger.Handler()))
}

// NewLogLogger returns a logger for code that only knows package log. Each of its lines becomes a record at level, bound
// to the span of ctx as with [With].
func NewLogLogger(ctx context.Context, h slog.Handler, level slog.Level) *log.Logger {
	return slog.NewLogLogger(bound(ctx, h), level)
}

func bound(ctx context.Context, h slog.Handler) slog.Handler {
	b, ok := h.(binder)
	switch {
	case ok:
	case leadsToOurs(h):
		b = &binding{inner: h}
	default:
		h = Wrap(h, nil)
		b = h.(binder)
	}
	if ctx == nil {
		return h
	}
	return b.bind(ctx)
}
