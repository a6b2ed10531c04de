package zerologbridge

import (
	"context"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace"
)

// With returns l bound to the span of ctx: calls without .Ctx(ctx) keep the span's ids and are its events. So do those of
// zerolog.Ctx, for a logger that was put into a context with its method WithContext. A context that is given to the call
// itself takes the place of the bound one, even where it has no span. A ctx without a span, or nil, binds nothing.
//
// The binding is the hook's work: on a logger that neither New nor Wrap made it has no effect on the lines.
func With(ctx context.Context, l zerolog.Logger) zerolog.Logger {
	if ctx == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return l
	}
	return l.With().Ctx(ctx).Logger()
}
