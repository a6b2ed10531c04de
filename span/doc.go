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
//     first, and an error status on each. Logging it with a bridge counts as seeing it.
//   - A panic is recorded with its stack, sets status Error, ends the span and goes on with the same value.
//     runtime.Goexit is no error.
//   - context.Canceled sets error.type, and no status: a caller that went away is not a failure of this span.
//   - Status Ok is never downgraded, as in the SDK.
//
// Spans start on a whole microsecond. Jaeger cuts start, duration and event time to microseconds one by one, and hides
// a last log line that then falls behind the end of the span.
//
// All functions are safe for concurrent use, for a nil context, and for a nil, ended or non-recording span.
//
// # Limitations
//
// A context that holds nothing but a local span context, without a span, leads to spans that do nothing: there is no
// provider to ask. Spans that other code ends are forgotten by the table of recorded errors only when newer ones need
// the place (internal/spanstate).
package span
