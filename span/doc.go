// Package span is the trace side: plain functions over [trace.Span], without a type of its own, so that they mix with
// any OpenTelemetry code.
//
//	ctx, s := span.Start(ctx, "charge_payment", attribute.String("order.id", id))
//	defer span.End(s, &err)
//
// [Start] takes the tracer provider of the span in the context, so that several services fit into one process, and the
// global one of package otel where there is none. [End], [Do], [Get] and [Fail] record an error as the semantic
// conventions have it: status Error with the error's text, error.type on the span, and one exception event.
//
//   - An error that is wrapped and returned through several spans gives one exception event, on the span where it was seen
//     first, and an error status on each. Logging it with a bridge counts as seeing it. (Not so where its type cannot be
//     compared, see below.)
//   - A panic is recorded with its stack, sets status Error, ends the span and goes on with the same value.
//     runtime.Goexit is no error.
//   - context.Canceled sets error.type, and no status, where the context of [Do], [Get] or [Fail] is cancelled: a caller
//     that went away is not a failure of this span. While the context lives, it is an error like any other. [End] has
//     no context to ask and takes it for the caller's.
//   - Status Ok is never downgraded, as in the SDK.
//
// [Go] runs work that outlives its request, in the same trace; its error and its panic are the business of its own span
// only. [Detached] starts a trace of its own that links to the caller. [Mute] keeps log calls off the span, [Set] adds
// attributes, [Keep] asks that the trace be kept, [URL] links to it.
//
// Where traces are seen is told to setup.WithTraceURL, or to TraceURL of a bridge's policy: [Jaeger], [Zipkin], [Tempo],
// [Datadog], [NewRelic], [Honeycomb], or a [Template] for others. Viewers that want a time are told to look from an
// hour before the call to an hour after it.
//
// [Handler] gives requests an id and ends those that panic; [Transport] carries the id to other services. Both leave
// the spans to otelhttp.
//
// Spans start on a whole microsecond. Jaeger cuts start, duration and event time to microseconds one by one, and hides
// a last log line that then falls behind the end of the span.
//
// [Propagator] carries the trace and the baggage to other services as the W3C has it: Trace Context Level 2, strictly,
// and Baggage. Invalid input never fails: a bad traceparent starts a trace anew, a bad tracestate is left out, of the
// baggage what is bad or too much. [Header], [Metadata], [Map] and [Environ] are carriers for HTTP, gRPC, messages and
// child processes; any other carrier works too, but only a propagation.ValuesGetter shows repeated headers. Keys of
// tracestate that level 1 does not know travel in the context, not in the span: they are lost where a program takes a
// span alone to another context.
//
// All functions are safe for concurrent use, for a nil context, and for a nil, ended or non-recording span. On a span
// that does not record, End, Fail, Set, Keep and URL allocate nothing. Start allocates two objects more than the tracer's
// own for a span that is not sampled, five for one that is.
//
// # Limitations
//
// A context that holds nothing but a local span context, without a span, leads to spans that do nothing: there is no
// provider to ask. Spans that other code ends are forgotten by the table of recorded errors only when newer ones need
// the place (internal/spanstate). An error that passes through spans of raw OpenTelemetry code is told once on a provider
// of package setup; on others it is told again by a span of which this package and the bridges have not heard before.
//
// Nobody waits for the goroutines of Go, neither Shutdown of package setup nor this package.
//
// Keep promises what the head has decided: until a sampler of this project decides late, a trace that is not sampled is
// not kept, whatever the wish. The wish stands on the span for a collector.
//
// After a 500 for a panic otelhttp sets the status once more, without a description; the exception event has the text.
// For http.ErrAbortHandler the stock span's End records an exception event of its own. A connection that was hijacked
// is not closed by Handler. An interface of a ResponseWriter that net/http does not know is hidden by the wrapper, but
// found through Unwrap.
//
// A span between otelhttp's and Handler, against the advice of Handler: after a panic behind the first write it has status
// Error with the text of the panic, and so has the server's span if those between are of [Do] and [Get], or of [Start] on a
// provider of package setup; else that has no status. Handler does not end it then, so that the stock End adds an
// exception event.
//
// Errors whose type cannot be compared, such as a slice of errors, cannot be known again: one that is returned through
// several spans gives an exception event on each, and one that is logged and returned gives two. Wrapped where it is
// made, by fmt.Errorf or errors.Join, it is known by its wrapper. A panic with such a value is told once on each span.
//
// A link of NewRelic opens a list with one trace, since New Relic documents no address of a trace.
package span
