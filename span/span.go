package span

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// scope is the instrumentation scope of the spans that this package starts.
const scope = "github.com/spanlog/spanlog/span"

// Start starts a span below the one in ctx and returns a context that holds it. End it with [End], or by its own End.
// The slice of attributes is not kept.
func Start(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	if ctx == nil {
		ctx = context.Background()
	}
	parent := trace.SpanFromContext(ctx)
	options := []trace.SpanStartOption{trace.WithTimestamp(wholeMicrosecond(time.Now()))}
	if len(attrs) > 0 {
		options = append(options, trace.WithAttributes(attrs...))
	}
	ctx, s := provider(parent).Tracer(scope).Start(ctx, name, options...)
	spanstate.Enter(parent, s)
	return ctx, s
}

// provider returns the provider of a local parent, else the global one.
func provider(parent trace.Span) trace.TracerProvider {
	if sc := parent.SpanContext(); sc.IsValid() && !sc.IsRemote() {
		return parent.TracerProvider()
	}
	return otel.GetTracerProvider()
}

// wholeMicrosecond cuts t and, unlike Truncate, keeps its monotonic reading, from which the SDK takes the duration.
func wholeMicrosecond(t time.Time) time.Time {
	return t.Add(-time.Duration(t.Nanosecond() % 1000))
}

// End ends s. It must be deferred itself, not called by a deferred function, or it does not see a panic:
//
//	defer span.End(s, &err)
//
// The error that errp points to at that moment is recorded; errp may be nil. A panic is recorded and raised again.
func End(s trace.Span, errp *error) {
	if r := recover(); r != nil {
		finish(s, func() { failPanic(s, r) })
		panic(r)
	}
	finish(s, func() {
		if errp != nil {
			fail(s, *errp)
		}
	})
}

func finish(s trace.Span, record func()) {
	if s == nil {
		return
	}
	if s.IsRecording() {
		record()
	}
	s.End()
	spanstate.Leave(s.SpanContext())
}

// Do runs f in a span of its own and returns its error, which the span records.
func Do(ctx context.Context, name string, f func(context.Context) error) (err error) {
	ctx, s := Start(ctx, name)
	defer End(s, &err)
	return f(ctx)
}

// Get runs f in a span of its own and returns its result, and its error, which the span records.
func Get[T any](ctx context.Context, name string, f func(context.Context) (T, error)) (v T, err error) {
	ctx, s := Start(ctx, name)
	defer End(s, &err)
	return f(ctx)
}

// IDs returns the trace id (32 lower-case hexadecimal digits) and the span id (16) of the span in ctx; "" without one.
func IDs(ctx context.Context) (traceID, spanID string) {
	return spanstate.IDs(trace.SpanContextFromContext(ctx))
}
