package span

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// Go runs f in a goroutine and a span of its own, below the span in ctx, for work that outlives its request: the context
// of f has the values of ctx and the trace, and is cancelled neither with ctx nor ever. The span starts before Go returns.
//
// The error of f is recorded on that span, and told to nobody else. So is a panic: it is recorded with its stack,
// logged as an error through slog.Default, and goes no further, as one in a handler of net/http ends the request and not
// the program. (Raised again, it would end the program before its span could be exported.) Who wants the program to end
// recovers in f and ends it.
//
// Nobody waits for f: what must be done before the program ends belongs into a sync.WaitGroup around the work in f.
func Go(ctx context.Context, name string, f func(context.Context) error) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, s := begin(context.WithoutCancel(ctx), trace.SpanFromContext(ctx), name, nil)
	spanstate.Enter(nil, s, true) // no parent: the error is the business of this span only
	go run(ctx, s, f)
}

func run(ctx context.Context, s trace.Span, f func(context.Context) error) {
	var err error
	defer func() {
		if r := recover(); r != nil {
			p, at := panicked{r}.once(), stack()
			logPanic(ctx, nil, "panic in a goroutine of span.Go", p, at)
			finish(s, func() { failPanic(s, p, at) })
			return
		}
		finish(s, func() { fail(s, err, false) })
	}()
	err = f(ctx)
}

// Detached starts the first span of a new trace, with a link to the span in ctx: for work that is caused by its caller
// but is not a part of its trace, such as one message of a batch or a job that runs for hours. End it like one of
// [Start]. The context keeps the values, the cancellation and the deadline of ctx; context.WithoutCancel takes those
// two away. Errors of the new span are none of the caller's span's. The slice of attributes is not kept.
func Detached(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	caller := trace.SpanFromContext(ctx)
	var options []trace.SpanStartOption
	if sc := caller.SpanContext(); sc.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: sc}))
	}
	if spanstate.Random(provider(caller)) {
		ctx = trace.ContextWithSpanContext(orBackground(ctx), trace.SpanContext{}) // a new root forgets the flags too
	} else {
		options = append(options, trace.WithNewRoot())
	}
	ctx, s := begin(ctx, caller, name, attrs, options...)
	spanstate.Enter(nil, s, false)
	return ctx, s
}
