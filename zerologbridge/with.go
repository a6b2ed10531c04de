package zerologbridge

import (
	"context"

	"github.com/rs/zerolog"
)

// With returns l bound to ctx: calls without .Ctx(ctx) keep the ids of its span, are its events, and have the fields of
// events.ContextWith. So do those of zerolog.Ctx, for a logger that was put into a context with its method WithContext.
// It takes the place of an earlier binding, and a context that is given to the call itself takes its place, even one
// without a span. A nil ctx binds nothing. The context is held as long as the logger lives.
//
// The binding is the hook's work: on a logger that neither New nor Wrap made it has no effect on the lines.
func With(ctx context.Context, l zerolog.Logger) zerolog.Logger {
	if ctx == nil {
		return l
	}
	return l.With().Ctx(ctx).Logger()
}
