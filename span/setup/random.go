package setup

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// WithRandomFlag makes new traces say that their ids are random, as W3C Trace Context Level 2 asks for: traceparent ends
// with 03 (sampled) or 02, and samplers that decide by the id can agree with each other. The traces are those that begin
// with package span, or with an instrumentation that has asked the SDK's Propagator for a caller, as otelhttp does; a
// root that raw code starts has no flag, since the SDK of Go sets none.
//
// Without it the flags are 01 and 00, as Go's SDK has them: services with an OpenTelemetry of Go as late as 1.38 take a
// traceparent with the flag for invalid, and begin a trace of their own. A flag that came in is kept in any case.
func WithRandomFlag() Option {
	return func(c *config) { c.random = true }
}

// randomRoots is a propagator that leaves the flag in the context where there is no caller. It is a pointer, so that it
// can be compared.
type randomRoots struct{ propagation.TextMapPropagator }

func (r *randomRoots) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = r.TextMapPropagator.Extract(ctx, carrier)
	if trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	return trace.ContextWithSpanContext(ctx, spanstate.RandomRoot())
}

// announceRandom begins what WithRandomFlag says.
func (s *SDK) announceRandom() {
	s.Propagator = &randomRoots{s.Propagator}
	spanstate.SetRandom(s.provider)
}
