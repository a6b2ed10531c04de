//go:build !race

package span_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/spanlog/spanlog/span"
)

// A span that does not record costs nothing.
func TestNonRecordingSpansAllocateNothing(t *testing.T) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
	unsampled, _ := tp.Tracer("test").Start(context.Background(), "unsampled")
	err := errors.New("x")
	for name, ctx := range map[string]context.Context{
		"none":      context.Background(),
		"no-op":     trace.ContextWithSpan(context.Background(), noop.Span{}),
		"unsampled": unsampled,
	} {
		s := trace.SpanFromContext(ctx)
		for what, f := range map[string]func(){
			"End":      func() { span.End(s, nil) },
			"End err":  func() { err := err; span.End(s, &err) },
			"deferred": func() { var err error; defer span.End(s, &err) },
			"Fail":     func() { _ = span.Fail(ctx, err) },
			"Set":      func() { span.Set(ctx, attribute.String("key", "value"), attribute.Int("n", 1)) },
			"Keep":     func() { span.Keep(ctx, "vip") },
			"URL":      func() { _ = span.URL(ctx) },
		} {
			if got := testing.AllocsPerRun(100, f); got != 0 {
				t.Errorf("%s on %s: %v allocations, want 0", what, name, got)
			}
		}
	}
}

// Start allocates in the SDK, and for its options: a time stamp that the tracer alone does not need.
func TestWhatStartAddsToTheTracer(t *testing.T) {
	for name, sampler := range map[string]sdktrace.Sampler{"unsampled": sdktrace.NeverSample(), "sampled": sdktrace.AlwaysSample()} {
		tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler))
		ctx, _ := tp.Tracer("test").Start(context.Background(), "root")
		tracer := tp.Tracer("github.com/spanlog/spanlog/span")
		plain := testing.AllocsPerRun(200, func() {
			_, s := tracer.Start(ctx, "x")
			s.End()
		})
		ours := testing.AllocsPerRun(200, func() {
			_, s := span.Start(ctx, "x")
			span.End(s, nil)
		})
		t.Logf("%s: tracer %v, ours %v", name, plain, ours)
		if limit := map[string]float64{"unsampled": 2, "sampled": 5}[name]; ours > plain+limit {
			t.Errorf("%s: %v allocations, the tracer %v: want at most %v more", name, ours, plain, limit)
		}
	}
}
