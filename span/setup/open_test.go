package setup

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// Spans that are open when the SDK is shut down are lost, and take no harm: what is called on them returns, lines keep
// their ids and have no link.
func TestShutdownWithOpenSpans(t *testing.T) {
	environment(t)
	for name, start := range starters() {
		t.Run(name, func(t *testing.T) {
			sdk, recorder := quiet(t, WithTraceURL(span.Jaeger("https://jaeger.example")))
			var out lines
			logger := slog.New(slogbridge.NewHandler(&out, nil, nil))
			start(sdk, func(ctx context.Context) {
				logCalls(ctx, 200)
				logger.InfoContext(ctx, "before")
				if err := sdk.Shutdown(ctx); err != nil {
					t.Error(err)
				}
				logCalls(ctx, 200)
				logger.InfoContext(ctx, "after")
				_ = span.Fail(ctx, errors.New("card declined"))
				_ = span.Do(ctx, "late", func(ctx context.Context) error { logCalls(ctx, 200); return errors.New("late") })
				trace.SpanFromContext(ctx).AddEvent("own")
			})
			if got := len(recorder.Ended()); got != 0 {
				t.Errorf("%d spans reached the processor after it was stopped", got)
			}
			got := out.all()
			if len(got) != 2 || !strings.Contains(got[0], `"event.url":"https://jaeger.example/trace/`) ||
				strings.Contains(got[1], "event.url") || !strings.Contains(got[1], `"trace_id":"`) {
				t.Errorf("got %s", strings.Join(got, "\n"))
			}
		})
	}
}

// Many goroutines make spans, log and flush while the SDK is shut down below them.
func TestShutdownWhileSpansRun(t *testing.T) {
	r := newReceiver(t)
	environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL, "OTEL_BSP_SCHEDULE_DELAY=1")
	sdk, err := New(t.Context(), WithRandomFlag())
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slogbridge.NewHandler(io.Discard, nil, nil))
	ctx, root := sdk.TracerProvider.Tracer("test").Start(t.Context(), "root")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				_ = span.Do(ctx, "work", func(ctx context.Context) error {
					logger.InfoContext(ctx, "working")
					_, raw := sdk.TracerProvider.Tracer("test").Start(ctx, "raw")
					raw.End()
					return sdk.ForceFlush(ctx)
				})
			}
		})
	}
	for deadline := time.Now().Add(10 * time.Second); len(r.seen()) == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	var stopped sync.WaitGroup
	for range 3 {
		stopped.Go(func() { _ = sdk.Shutdown(ctx) })
	}
	stopped.Wait()
	close(stop)
	wg.Wait()
	root.End()
	if got := sdk.Stats(); got.Exported == 0 {
		t.Errorf("got %+v", got)
	}
}
