package setup

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// logs counts the events of a span that are log calls.
func logs(s sdktrace.ReadOnlySpan) (n int) {
	for _, e := range s.Events() {
		for _, kv := range e.Attributes {
			if kv.Key == "log.severity" {
				n++
			}
		}
	}
	return n
}

func countedOut(s sdktrace.ReadOnlySpan) int {
	for _, kv := range s.Attributes() {
		if kv.Key == "log.events.dropped" {
			return int(kv.Value.AsInt64())
		}
	}
	return 0
}

// Events that the program adds itself may push out log events. Each log call is an event, or counted.
func TestEvictedLogEventsAreCounted(t *testing.T) {
	environment(t)
	for name, start := range starters() {
		for _, row := range []struct{ before, calls, after int }{
			{0, 10, 118}, {0, 10, 119}, {0, 10, 123}, {0, 10, 500}, {200, 10, 0}, {500, 126, 500}, {0, 126, 100}, {100, 300, 100}, {0, 0, 500},
		} {
			t.Run(fmt.Sprint(name, row), func(t *testing.T) {
				sdk, recorder := quiet(t)
				start(sdk, func(ctx context.Context) {
					s := trace.SpanFromContext(ctx)
					for range row.before {
						s.AddEvent("own")
					}
					logCalls(ctx, row.calls)
					for range row.after {
						s.AddEvent("own")
					}
				})
				got := recorder.Ended()[0]
				if logs(got)+countedOut(got) != row.calls {
					t.Errorf("%d log events and %d left out, want %d together", logs(got), countedOut(got), row.calls)
				}
				if all := row.before + row.calls + row.after; len(got.Events())+got.DroppedEvents() != all || len(got.Events()) > 128 {
					t.Errorf("%d events and %d dropped, want %d together", len(got.Events()), got.DroppedEvents(), all)
				}
			})
		}
	}
}

func exceptionsOf(spans []sdktrace.ReadOnlySpan) (n int) {
	for _, s := range spans {
		for _, e := range s.Events() {
			for _, kv := range e.Attributes {
				if kv.Key == "exception.message" {
					n++
				}
			}
		}
	}
	return n
}

// An error is told once on its way up through spans that raw OpenTelemetry code has started, however many.
func TestErrorInRawSpansIsToldOnce(t *testing.T) {
	environment(t)
	for _, row := range []struct {
		name  string
		start func(context.Context, trace.Tracer) (context.Context, trace.Span)
		want  int
	}{
		{"child", func(ctx context.Context, tracer trace.Tracer) (context.Context, trace.Span) {
			return tracer.Start(ctx, "child")
		}, 1},
		{"child of span.Start", func(ctx context.Context, _ trace.Tracer) (context.Context, trace.Span) {
			return span.Start(ctx, "child")
		}, 1},
		{"a trace of its own", func(ctx context.Context, tracer trace.Tracer) (context.Context, trace.Span) {
			return tracer.Start(ctx, "child", trace.WithNewRoot())
		}, 5},
		{"a remote parent between", func(ctx context.Context, tracer trace.Tracer) (context.Context, trace.Span) {
			return tracer.Start(trace.ContextWithRemoteSpanContext(ctx, trace.SpanContextFromContext(ctx)), "child")
		}, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			sdk, recorder := quiet(t)
			ctx, root := sdk.TracerProvider.Tracer("test").Start(t.Context(), "root")
			contexts, spans := []context.Context{ctx}, []trace.Span{root}
			for range 4 {
				ctx, s := row.start(contexts[len(contexts)-1], sdk.TracerProvider.Tracer("test"))
				contexts, spans = append(contexts, ctx), append(spans, s)
			}
			err := errors.New("card declined")
			for i := len(spans) - 1; i >= 0; i-- { // no span but the last has been heard of before
				bridged().ErrorContext(contexts[i], "failed", "error", err)
				err = fmt.Errorf("wrapped: %w", err)
				spans[i].End()
			}
			if got := exceptionsOf(recorder.Ended()); got != row.want {
				t.Errorf("the error is told %d times, want %d", got, row.want)
			}
		})
	}
}

// Two raw siblings have nothing in common but their parent.
func TestErrorInRawSiblingsIsToldTwice(t *testing.T) {
	environment(t)
	sdk, recorder := quiet(t)
	tracer := sdk.TracerProvider.Tracer("test")
	ctx, root := tracer.Start(t.Context(), "root")
	err := errors.New("card declined")
	for range 2 {
		in, s := tracer.Start(ctx, "sibling", trace.WithAttributes(attribute.Bool("raw", true)))
		bridged().ErrorContext(in, "failed", "error", err)
		s.End()
	}
	root.End()
	if got := exceptionsOf(recorder.Ended()); got != 2 {
		t.Errorf("the error is told %d times, want 2", got)
	}
}
