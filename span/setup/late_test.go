package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// patient is an exporter that tries until its context is done, and then says why it has not succeeded.
type patient struct{ failing }

func (patient) ExportSpans(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
	<-ctx.Done()
	return fmt.Errorf("%w: %w", context.Cause(ctx), errRefused)
}

// An export that is still trying when the time of Shutdown is over is told with its cause, once, and counted.
func TestShutdownTellsTheCause(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var out lines
		sdk, end := watched(slog.New(slog.NewTextHandler(&out, nil)), nil)
		sdk.processors[0].exporter.SpanExporter = patient{}
		end(3)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		err := sdk.Shutdown(ctx)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("Shutdown took %v", took)
		}
		if !errors.Is(err, errRefused) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline and its cause", err)
		}
		wantOnce(t, err, "deadline exceeded", "connection refused", ": 3, in exports")
		got := sdk.Stats()
		if got.LastError = nil; got != (Stats{Lost: 3, Failures: 1}) {
			t.Errorf("got %+v", got)
		}
		if got := out.all(); len(got) != 1 || !strings.Contains(got[0], "lost=3 failures=1") {
			t.Errorf("got lines %q", got)
		}
	})
}

func wantOnce(t *testing.T, err error, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if n := strings.Count(fmt.Sprint(err), text); n != 1 {
			t.Errorf("%q is told %d times in %v", text, n, err)
		}
	}
}

// One whose context is done from the beginning has its line all the same, before a program would end.
func TestShutdownInNoTimeIsTold(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var out lines
		sdk, end := watched(slog.New(slog.NewTextHandler(&out, nil)), func(int) error { <-release; return nil })
		end(3)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		wantOnce(t, sdk.Shutdown(ctx), "context canceled", "did not arrive at http://localhost:4318 in time: 3")
		if got := out.all(); len(got) != 1 || !strings.Contains(got[0], "lost=3 failures=0") || !strings.Contains(got[0], "in time: 3") {
			t.Errorf("got lines %q", got)
		}
		if got := sdk.Stats(); got.Lost != 3 || !errors.Is(got.LastError, context.Canceled) {
			t.Errorf("got %+v", got)
		}
		close(release)
		synctest.Wait()
		if got := sdk.Stats(); got.Lost != 0 || got.Exported != 3 {
			t.Errorf("when they have arrived: got %+v", got)
		}
	})
}

// Who shuts the provider down has the same count.
func TestShutdownOfTheProviderInNoTime(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		sdk, end := watched(slog.New(slog.DiscardHandler), func(int) error { <-release; return nil })
		end(3)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := sdk.TracerProvider.(*sdktrace.TracerProvider).Shutdown(ctx)
		if got := sdk.Stats(); got.Lost != 3 || err == nil {
			t.Errorf("got %+v and %v", got, err)
		}
		close(release)
	})
}

// A full queue and a collector that hangs: no span is counted twice.
func TestLateAndDroppedAddUp(t *testing.T) {
	environment(t)
	release := make(chan struct{})
	sdk, end := watched(slog.New(slog.DiscardHandler), func(int) error { <-release; return nil })
	end(sdktrace.DefaultMaxQueueSize + sdktrace.DefaultMaxExportBatchSize + 100)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_ = sdk.Shutdown(ctx)
	given := sdk.processors[0].exporter.given.Load()
	if got := sdk.Stats(); got.Lost != given {
		t.Errorf("got %+v, want all %d lost", got, given)
	}
	close(release)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		got := sdk.Stats()
		if got.Exported >= sdktrace.DefaultMaxQueueSize && got.Lost == given-got.Exported-got.Dropped { // what found the queue full stays lost
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("at last: got %+v of %d", got, given)
		}
	}
}

// What is taken back is what was counted early, once.
func TestEarlyIsTakenBackOnce(t *testing.T) {
	c := &counted{reporter: newReporter(slog.New(slog.DiscardHandler))}
	c.given.Store(3)
	_ = c.unsettled(context.Canceled)
	c.reporter.exported("elsewhere", 0, 5, errRefused)
	c.settle(3)
	c.settle(3)
	if got := c.reporter.stats.Lost; got != 5 {
		t.Errorf("got %d lost, want 5", got)
	}
}

// The official exporters: no collector, and one that is busy. They repeat until the time is over.
func TestExportersTellTheCause(t *testing.T) {
	const nobody = "http://127.0.0.1:1" // a port that was free a moment ago may be another process's by now
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Error(w, "too busy", http.StatusTooManyRequests)
	}))
	t.Cleanup(busy.Close)
	for _, row := range []struct{ protocol, url, cause string }{
		{protocolGRPC, nobody, "connection refused"}, {protocolHTTP, busy.URL, "too busy"},
	} {
		t.Run(row.protocol, func(t *testing.T) {
			// On a machine that is slow the cause is known later.
			for limit := 200 * time.Millisecond; ; limit *= 2 {
				err := lateShutdown(t, limit, "OTEL_EXPORTER_OTLP_PROTOCOL="+row.protocol, "OTEL_EXPORTER_OTLP_ENDPOINT="+row.url)
				if strings.Contains(fmt.Sprint(err), row.cause) {
					wantOnce(t, err, "deadline exceeded")
					return
				}
				if limit > 20*time.Second {
					t.Fatalf("got %v, want the cause, %s", err, row.cause)
				}
			}
		})
	}
}

// lateShutdown ends three spans and shuts the SDK down in less time than its exporter would take.
func lateShutdown(t *testing.T, limit time.Duration, env ...string) error {
	t.Helper()
	environment(t, env...)
	var out lines
	sdk, err := New(t.Context(), WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
		s.End()
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	err = sdk.Shutdown(ctx)
	if got := sdk.Stats(); got.Lost != 3 || got.Exported != 0 {
		t.Errorf("got %+v, want 3 lost", got)
	}
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(strings.Join(out.all(), ""), "lost=3"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no line: %q", out.all())
		}
	}
	return err
}
