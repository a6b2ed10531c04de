package span

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// exceptionEvent is the name of the event that records an error.
// https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
const exceptionEvent = "exception"

// Fail records err on the span in ctx and returns it; the span goes on. A nil err does nothing. A context.Canceled sets
// no status if ctx is cancelled.
func Fail(ctx context.Context, err error) error {
	if s := trace.SpanFromContext(ctx); s.IsRecording() {
		fail(s, err, gone(ctx))
	}
	return err
}

// gone reports whether the caller that ctx stands for has cancelled it. A deadline that has passed is no going away.
func gone(ctx context.Context) bool {
	return ctx != nil && errors.Is(ctx.Err(), context.Canceled)
}

// fail records err on s, which is recording. Gone says that the caller went away.
func fail(s trace.Span, err error, gone bool) {
	if err == nil {
		return
	}
	if gone && isCanceled(err) {
		s.SetAttributes(semconv.ErrorTypeKey.String("context.Canceled"))
		return
	}
	if spanstate.Record(s, err) {
		spanstate.Of(s).AddException(s, exceptionEvent, spanstate.AppendException(nil, err))
	}
	spanstate.Fail(s, spanstate.Text(err), spanstate.ErrorType(err))
}

// isCanceled reports whether err is context.Canceled, or wraps it and nothing else: joined with another error it is not
// what the call failed of. It is safe from what an error's own methods do.
func isCanceled(err error) (canceled bool) {
	defer func() {
		if recover() != nil {
			canceled = false
		}
	}()
	for range maxChain {
		if err == nil || err == context.Canceled {
			return err != nil
		}
		err = errors.Unwrap(err)
	}
	return false
}

// maxChain is how many errors are followed before a chain counts as endless.
const maxChain = 100
