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
// The slice of attributes is not kept. What is not UTF-8 in the name and in strings is replaced by U+FFFD.
func Start(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	ctx, s := begin(ctx, parent, name, attrs)
	spanstate.Enter(parent, s, false)
	return ctx, s
}

// startCertain is Start for a span on which End will be called whatever happens.
func startCertain(ctx context.Context, name string) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	ctx, s := begin(ctx, parent, name, nil)
	spanstate.Enter(parent, s, true)
	return ctx, s
}

// begin starts a span with the provider of caller, the span in ctx; the parent is caller unless more says otherwise.
func begin(ctx context.Context, caller trace.Span, name string, attrs []attribute.KeyValue, more ...trace.SpanStartOption) (context.Context, trace.Span) {
	if ctx == nil {
		ctx = context.Background()
	}
	options := append(make([]trace.SpanStartOption, 0, 4), trace.WithTimestamp(wholeMicrosecond(time.Now())))
	if len(attrs) > 0 {
		options = append(options, trace.WithAttributes(clean(attrs)...))
	}
	from := provider(caller)
	if !trace.SpanContextFromContext(ctx).IsValid() && spanstate.Random(from) {
		ctx = trace.ContextWithSpanContext(ctx, spanstate.RandomRoot())
	}
	return from.Tracer(scope).Start(ctx, spanstate.Valid(name), append(options, more...)...)
}

// provider returns the provider of a local span, else the global one.
func provider(s trace.Span) trace.TracerProvider {
	if sc := s.SpanContext(); sc.IsValid() && !sc.IsRemote() {
		return s.TracerProvider()
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
// The error that errp points to at that moment is recorded; errp may be nil. A panic is recorded and raised again with
// the same value. End has no context to ask, so every context.Canceled counts as that of a caller that went away and
// sets no status; [Do], [Get] and [Fail] look.
func End(s trace.Span, errp *error) {
	endIn(s, errp, recover(), true)
}

// endIn ends s after a panic with the value r, if it is not nil, else after the error that errp points to. Gone says
// that the caller went away.
func endIn(s trace.Span, errp *error, r any, gone bool) {
	if r != nil {
		finish(s, func() { recordPanic(s, r) })
		panic(r)
	}
	finish(s, func() {
		if errp != nil {
			fail(s, *errp, gone)
		}
	})
}

func finish(s trace.Span, record func()) {
	if s == nil {
		return
	}
	defer s.End() // whatever becomes of the record
	if s.IsRecording() {
		record()
	}
	spanstate.Leave(s)
}

// Do runs f in a span of its own and returns its error, which the span records. A panic in f is recorded and raised
// again. A context.Canceled sets no status if ctx is cancelled, and is an error like any other if it is not.
func Do(ctx context.Context, name string, f func(context.Context) error) (err error) {
	in, s := startCertain(ctx, name)
	defer func() { endIn(s, &err, recover(), gone(ctx)) }()
	return f(in)
}

// Get is [Do] for a function that has a result.
func Get[T any](ctx context.Context, name string, f func(context.Context) (T, error)) (v T, err error) {
	in, s := startCertain(ctx, name)
	defer func() { endIn(s, &err, recover(), gone(ctx)) }()
	return f(in)
}

// Set adds attributes to the span in ctx, or replaces those of the same name. The slice is not kept, and nothing is
// allocated where the span does not record.
func Set(ctx context.Context, attrs ...attribute.KeyValue) {
	if s := trace.SpanFromContext(ctx); s.IsRecording() {
		s.SetAttributes(clean(attrs)...)
	}
}

// Mute returns a context below which log calls make no span events and set no status. Lines keep their ids.
func Mute(ctx context.Context) context.Context { return spanstate.Mute(ctx) }

// IDs returns the trace id (32 lower-case hexadecimal digits) and the span id (16) of the span in ctx; "" without one.
func IDs(ctx context.Context) (traceID, spanID string) {
	return spanstate.IDs(trace.SpanContextFromContext(ctx))
}
