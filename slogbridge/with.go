package slogbridge

import (
	"context"
	"log"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// binder is a handler of this package.
type binder interface {
	bind(trace.Span) slog.Handler
}

// With returns a logger bound to the span of ctx: calls without a context, or with one that has no span, keep its ids
// and are its events. A logger whose handler is not of this package is wrapped with the default policy first; a nil one
// stands for slog.Default(). A ctx without a span, or nil, binds nothing.
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
	h = Wrap(h, nil)
	if span := trace.SpanFromContext(ctx); span.SpanContext().IsValid() {
		return h.(binder).bind(span)
	}
	return h
}
