package span_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// waiting is a span processor that hands over what ends.
type waiting chan sdktrace.ReadOnlySpan

func (w waiting) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (w waiting) OnEnd(s sdktrace.ReadOnlySpan)                   { w <- s }
func (w waiting) Shutdown(context.Context) error                  { return nil }
func (w waiting) ForceFlush(context.Context) error                { return nil }

// request returns a context with a span, and what ends of its provider.
func request() (context.Context, trace.Span, waiting) {
	w := make(waiting, 100)
	ctx, s := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w)).Tracer("test").Start(context.Background(), "request")
	return ctx, s, w
}

func (w waiting) next(t *testing.T) sdktrace.ReadOnlySpan {
	t.Helper()
	select {
	case s := <-w:
		return s
	case <-time.After(30 * time.Second):
		t.Fatal("no span ends")
		return nil
	}
}

type key struct{}

func TestGoOutlivesTheRequest(t *testing.T) {
	ctx, s, spans := request()
	ctx, cancel := context.WithCancel(context.WithValue(ctx, key{}, "kept"))
	begin := make(chan struct{})
	span.Go(ctx, "mail", func(ctx context.Context) error {
		<-begin
		if ctx.Err() != nil || ctx.Value(key{}) != "kept" {
			t.Errorf("context: error %v, value %v", ctx.Err(), ctx.Value(key{}))
		}
		return errors.New("no mailbox")
	})
	cancel()
	s.End()
	if got := spans.next(t); got.Name() != "request" || got.Status().Code != codes.Unset {
		t.Errorf("first ends %s with %v, want the request without an error", got.Name(), got.Status())
	}
	close(begin)
	got := spans.next(t)
	if got.Parent().SpanID() != s.SpanContext().SpanID() || got.SpanContext().TraceID() != s.SpanContext().TraceID() {
		t.Error("the span is not a child in the trace of the request")
	}
	if got.Status() != (sdktrace.Status{Code: codes.Error, Description: "no mailbox"}) || exceptions(got) != 1 {
		t.Errorf("status %v, %d exceptions", got.Status(), exceptions(got))
	}
}

// The same error value, met by the request on another way, is new to it.
func TestGoTellsItsErrorToNobodyElse(t *testing.T) {
	ctx, s, spans := request()
	err := errors.New("no mailbox")
	span.Go(ctx, "mail", func(context.Context) error { return err })
	spans.next(t)
	_ = span.Fail(ctx, err)
	s.End()
	if got := exceptions(spans.next(t)); got != 1 {
		t.Errorf("the request has %d exceptions, want its own", got)
	}
}

func TestGoCanceledIsAnError(t *testing.T) {
	ctx, _, spans := request()
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	span.Go(ctx, "mail", func(context.Context) error { return context.Canceled })
	if got := spans.next(t).Status().Code; got != codes.Error {
		t.Errorf("status is %v, want Error: nobody cancels the context of Go", got)
	}
}

func TestGoContainsAPanic(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	ctx, _, spans := request()
	span.Go(ctx, "mail", func(context.Context) error { panic("boom") })
	got := spans.next(t)
	if got.Status() != (sdktrace.Status{Code: codes.Error, Description: "panic: boom"}) || exceptions(got) != 1 {
		t.Errorf("status %v, %d exceptions", got.Status(), exceptions(got))
	}
	for _, want := range []string{`"level":"ERROR"`, `"error":"boom"`, `"exception.stacktrace":"goroutine`, "TestGoContainsAPanic"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the line lacks %s: %s", want, log.String())
		}
	}
}

// The end of the span is certain, so no event of a moderate number is lost.
func TestGoKeepsTheLastEvents(t *testing.T) {
	ctx, _, spans := request()
	logger := slog.New(slogbridge.NewHandler(io.Discard, nil, nil))
	span.Go(ctx, "mail", func(ctx context.Context) error {
		for range 120 {
			logger.InfoContext(ctx, "line")
		}
		return nil
	})
	if got := len(spans.next(t).Events()); got != 120 {
		t.Errorf("%d events, want 120", got)
	}
}

func TestGoEndsOnGoexit(t *testing.T) {
	ctx, _, spans := request()
	span.Go(ctx, "mail", func(context.Context) error { runtime.Goexit(); return nil })
	if got := spans.next(t).Status().Code; got != codes.Unset {
		t.Errorf("status is %v", got)
	}
}

func TestGoWithNothing(t *testing.T) {
	var none context.Context
	done := make(chan struct{})
	span.Go(none, "mail", func(ctx context.Context) error { close(done); return ctx.Err() })
	<-done
	ctx, _, spans := request()
	span.Go(ctx, "nil function", nil)
	if got := spans.next(t).Status().Code; got != codes.Error {
		t.Errorf("status of a nil function is %v", got)
	}
}

func TestDetached(t *testing.T) {
	ctx, s, spans := request()
	ctx, cancel := context.WithCancel(context.WithValue(ctx, key{}, "kept"))
	in, job := span.Detached(ctx, "job", attribute.Int("n", 1))
	err := errors.New("failed")
	span.End(job, &err)
	got := spans.next(t)
	switch links := got.Links(); {
	case got.SpanContext().TraceID() == s.SpanContext().TraceID() || got.Parent().IsValid():
		t.Error("the span is not the root of a new trace")
	case len(links) != 1 || !links[0].SpanContext.Equal(s.SpanContext()):
		t.Errorf("links are %v, want one to the caller", links)
	case attr(got.Attributes(), "n") != "1" || got.Status().Code != codes.Error:
		t.Errorf("attributes %v, status %v", got.Attributes(), got.Status())
	case trace.SpanFromContext(in) != job || in.Value(key{}) != "kept":
		t.Error("the context does not hold the span and the caller's values")
	}
	cancel()
	if in.Err() == nil {
		t.Error("the context lost its cancellation")
	}
	_ = span.Fail(ctx, err)
	s.End()
	if got := exceptions(spans.next(t)); got != 1 {
		t.Errorf("the caller has %d exceptions, want its own", got)
	}
}

func TestDetachedWithoutACaller(t *testing.T) {
	ctx := trace.ContextWithSpan(context.Background(), noop.Span{})
	_, job := span.Detached(ctx, "job")
	span.End(job, nil)
}
