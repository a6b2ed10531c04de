package span

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// exceptionEvent is the name of the event that records an error.
// https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
const exceptionEvent = "exception"

// Fail records err on the span in ctx and returns it; the span goes on. A nil err does nothing.
func Fail(ctx context.Context, err error) error {
	fail(trace.SpanFromContext(ctx), err)
	return err
}

func fail(s trace.Span, err error) {
	if err == nil || !s.IsRecording() {
		return
	}
	if errors.Is(err, context.Canceled) {
		s.SetAttributes(semconv.ErrorTypeKey.String("context.Canceled"))
		return
	}
	if spanstate.Record(s, err) {
		s.AddEvent(exceptionEvent, trace.WithAttributes(spanstate.AppendException(nil, err)...))
	}
	spanstate.Fail(s, spanstate.Text(err), spanstate.ErrorType(err))
}

// failPanic formats the value before it touches the span: the SDK would do it holding the span's lock, and a value
// whose String method logs with the same context would then hang for ever.
func failPanic(s trace.Span, value any) {
	p := panicked{value}
	text, typ := p.Error(), fmt.Sprintf("%T", value)
	if err, ok := value.(error); ok {
		typ = spanstate.ErrorType(err)
	}
	if spanstate.Record(s, p) {
		s.AddEvent(exceptionEvent, trace.WithAttributes(
			attribute.String(string(semconv.ExceptionTypeKey), typ),
			semconv.ExceptionMessage(text),
			semconv.ExceptionStacktrace(string(debug.Stack()))))
	}
	spanstate.Fail(s, "panic: "+text, typ)
}

// panicked is the value of a panic as an error, so that one that passes through several spans is told once.
type panicked struct{ value any }

func (p panicked) Error() string { return spanstate.Sprint(p.value) }

func (p panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}
