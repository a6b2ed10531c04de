package span

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// panicked is the value of a panic as an error, so that one that passes through several spans is told once.
type panicked struct{ value any }

func (p panicked) Error() string { return spanstate.Sprint(p.value) }

func (p panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// ErrorType is what semconv.ErrorType asks for: the type of the value, not of its wrapper.
func (p panicked) ErrorType() string {
	if err := p.Unwrap(); err != nil {
		return spanstate.ErrorType(err)
	}
	return fmt.Sprintf("%T", p.value)
}

// ErrorStack is empty: the stack of the panic is recorded beside the error, and that of an error which it wraps would
// make a second attribute of the same name.
func (panicked) ErrorStack() string { return "" }

// once returns p with an identity of its own where its value cannot be compared, so that who tells it in two ways does
// not tell it twice. Where it can be compared, another span that recovers the same value knows it too.
func (p panicked) once() error {
	if reflect.ValueOf(p).Comparable() {
		return p
	}
	return &onePanic{p}
}

type onePanic struct{ panicked }

// stack returns where the panic came from, called by a deferred function that has recovered it.
func stack() string { return spanstate.Cut(string(debug.Stack()), spanstate.MaxString) }

// failPanic formats the value before it touches the span, which is recording: the SDK would do it holding the span's
// lock, and a value whose String method logs with the same context would then hang for ever.
func failPanic(s trace.Span, p error, stack string) {
	text, typ := p.Error(), spanstate.ErrorType(p)
	if spanstate.Record(s, p) {
		spanstate.Of(s).AddException(s, exceptionEvent, []attribute.KeyValue{
			semconv.ExceptionType(typ),
			semconv.ExceptionMessage(spanstate.Cut(text, spanstate.MaxString)),
			semconv.ExceptionStacktrace(stack),
		})
	}
	spanstate.Fail(s, "panic: "+text, typ)
}

// recordPanic records on s, which is recording, the panic that ends it. What Handler raises stands for another, which has
// been told.
func recordPanic(s trace.Span, r any) {
	if r == any(http.ErrAbortHandler) {
		if cause := spanstate.Aborted(s); cause != nil {
			failStatus(s, cause)
			return
		}
	}
	failPanic(s, panicked{r}, stack())
}

// failStatus is failPanic for one whose event stands on another span.
func failStatus(s trace.Span, p error) {
	text, typ := p.Error(), spanstate.ErrorType(p)
	spanstate.Fail(s, "panic: "+text, typ)
}

// logPanic writes the line of a panic that goes no further. It comes before failPanic: a bridge makes the exception
// event of it then, and the span is not told twice.
func logPanic(ctx context.Context, logger *slog.Logger, message string, p error, stack string, attrs ...slog.Attr) {
	defer func() { _ = recover() }() // whatever the user's handler does, the span is still to be ended
	if logger == nil {
		logger = slog.Default()
	}
	attrs = append(attrs, slog.Any("error", p), slog.String(string(semconv.ExceptionStacktraceKey), stack))
	logger.LogAttrs(ctx, slog.LevelError, message, attrs...)
}
