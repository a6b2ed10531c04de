package spanstate

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/trace"
)

// Flush asks the provider of s to export what it has, if the provider can (the SDK's has ForceFlush).
func Flush(ctx context.Context, s trace.Span) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("spanlog: the tracer provider panicked in ForceFlush")
		}
	}()
	if p, ok := s.TracerProvider().(interface{ ForceFlush(context.Context) error }); ok {
		return p.ForceFlush(ctx)
	}
	return nil
}
