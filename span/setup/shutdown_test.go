package setup

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// stubProcessor counts calls and does what its functions say.
type stubProcessor struct {
	starts int
	ends   int
	stops  atomic.Int32
	flush  func(context.Context) error
	stop   func(context.Context) error
}

func (p *stubProcessor) OnStart(context.Context, sdktrace.ReadWriteSpan) { p.starts++ }
func (p *stubProcessor) OnEnd(sdktrace.ReadOnlySpan)                     { p.ends++ }

func (p *stubProcessor) ForceFlush(ctx context.Context) error {
	if p.flush == nil {
		return nil
	}
	return p.flush(ctx)
}

func (p *stubProcessor) Shutdown(ctx context.Context) error {
	p.stops.Add(1)
	if p.stop == nil {
		return nil
	}
	return p.stop(ctx)
}

func TestShutdownOrder(t *testing.T) {
	environment(t)
	var order []string
	note := func(step string) func(context.Context) error {
		return func(context.Context) error {
			order = append(order, step)
			return nil
		}
	}
	p := &stubProcessor{flush: note("flush"), stop: note("stop")}
	sdk, err := New(t.Context(), WithExporters(), WithSpanProcessor(p))
	if err != nil {
		t.Fatal(err)
	}
	tracer := sdk.TracerProvider.Tracer("test")
	sdk.OnShutdown(note("server"))
	sdk.OnShutdown(func(ctx context.Context) error {
		_, s := tracer.Start(ctx, "drain")
		s.End()
		return note("shipper")(ctx)
	})
	for range 2 {
		if err := sdk.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if want := []string{"server", "shipper", "flush", "stop"}; !slices.Equal(order, want) {
			t.Errorf("got %q, want %q", order, want)
		}
	}
	if p.ends != 1 {
		t.Errorf("spans of a hook: got %d, want 1", p.ends)
	}
	sdk.OnShutdown(note("late"))
	if err := sdk.Shutdown(t.Context()); err != nil || len(order) != 4 {
		t.Errorf("a late hook: got %q and %v", order, err)
	}
}

func TestShutdownJoinsErrors(t *testing.T) {
	environment(t)
	errHook, errFlush, errStop := errors.New("hook"), errors.New("flush"), errors.New("stop")
	fail := func(err error) func(context.Context) error {
		return func(context.Context) error { return err }
	}
	last := &stubProcessor{}
	sdk, err := New(t.Context(), WithExporters(),
		WithSpanProcessor(&stubProcessor{flush: fail(errFlush), stop: fail(errStop)}),
		WithSpanProcessor(&stubProcessor{stop: func(context.Context) error { panic("processor") }}),
		WithSpanProcessor(last))
	if err != nil {
		t.Fatal(err)
	}
	ran := false
	sdk.OnShutdown(fail(errHook))
	sdk.OnShutdown(func(context.Context) error { panic("boom") })
	sdk.OnShutdown(func(context.Context) error { runtime.Goexit(); return nil })
	sdk.OnShutdown(func(context.Context) error { ran = true; return nil })
	err = sdk.Shutdown(t.Context())
	for _, want := range []error{errHook, errPanic, errExit, errFlush, errStop} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want it to wrap %q", err, want)
		}
	}
	for _, want := range []string{"OnShutdown function 2: panic: boom", "panic: processor"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to hold %q", err, want)
		}
	}
	if !ran || last.stops.Load() != 1 {
		t.Errorf("after the failures: hook ran %v, last processor stopped %d times", ran, last.stops.Load())
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("second Shutdown: %v", err)
	}
}

// What hangs costs the context's time and nothing more, and what does not is
// served all the same.
func TestShutdownIsBounded(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		hang := func(context.Context) error { <-release; return nil }
		exporter := &tracetest.InMemoryExporter{}
		last := &stubProcessor{}
		sdk, err := New(t.Context(), WithExporters(),
			WithSpanProcessor(&stubProcessor{flush: hang, stop: hang}),
			WithSpanProcessor(sdktrace.NewBatchSpanProcessor(exporter)),
			WithSpanProcessor(last))
		if err != nil {
			t.Fatal(err)
		}
		_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
		s.End()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := sdk.ForceFlush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ForceFlush: got %v", err)
		}
		if got := len(exporter.GetSpans()); got != 1 {
			t.Errorf("spans flushed beside the processor that hangs: got %d, want 1", got)
		}
		if err := sdk.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: got %v", err)
		}
		if got := time.Since(begin); got != time.Second {
			t.Errorf("took %v, want 1s", got)
		}
		synctest.Wait()
		if got := last.stops.Load(); got != 1 {
			t.Errorf("the last processor was stopped %d times, want 1", got)
		}
		close(release)
	})
}

func TestShutdownWithHangingHook(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		p := &stubProcessor{}
		sdk, err := New(t.Context(), WithExporters(), WithSpanProcessor(p))
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		sdk.OnShutdown(func(context.Context) error { <-release; return nil })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := sdk.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: got %v", err)
		}
		synctest.Wait()
		if got := p.stops.Load(); got != 1 {
			t.Errorf("the processor was stopped %d times, want 1", got)
		}
		close(release)
	})
}

// A context that is done leaves no goroutine and no connection behind. (goleak
// sees to that; the SDK's own provider would skip its processors.)
func TestShutdownWithDoneContext(t *testing.T) {
	environment(t, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")
	recorder := &stubProcessor{}
	sdk, err := New(t.Context(), WithSpanProcessor(recorder), WithExporters("otlp", "console"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sdk.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	for deadline := time.Now().Add(30 * time.Second); recorder.stops.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the processor was not stopped")
		}
	}
}

// A processor that the user registers on the SDK's provider is stopped too,
// also when the context is done; the SDK by itself would then skip it.
func TestShutdownOfLateProcessor(t *testing.T) {
	environment(t)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), done} {
		sdk, _ := quiet(t)
		stopped := make(chan struct{})
		sdk.TracerProvider.(*sdktrace.TracerProvider).RegisterSpanProcessor(
			&stubProcessor{stop: func(context.Context) error { close(stopped); return nil }})
		if err := sdk.Shutdown(ctx); !errors.Is(err, ctx.Err()) {
			t.Errorf("got %v, want %v", err, ctx.Err())
		}
		select {
		case <-stopped:
		case <-time.After(30 * time.Second):
			t.Error("the processor was not stopped")
		}
	}
}

// A collector that accepts and never answers holds Shutdown no longer than
// its context, and the export in flight is broken off.
func TestShutdownWithSilentCollector(t *testing.T) {
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		t.Run(protocol, func(t *testing.T) {
			address, first := silent(t)
			environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+address, "OTEL_EXPORTER_OTLP_PROTOCOL="+protocol,
				"OTEL_BSP_SCHEDULE_DELAY=1", "OTEL_EXPORTER_OTLP_TIMEOUT=600000", "OTEL_BSP_EXPORT_TIMEOUT=0") // nothing else ends an export
			before := runtime.NumGoroutine()
			sdk, err := New(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
			s.End()
			select {
			case <-first: // an export of the batch processor's own, which knows no context of ours
			case <-time.After(30 * time.Second):
				t.Fatal("nothing was exported")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			begin := time.Now()
			if err := sdk.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want context.DeadlineExceeded", err)
			}
			if got := time.Since(begin); got > 30*time.Second {
				t.Errorf("took %v", got)
			}
			// Two are the server's, for the connection that is kept open.
			for deadline := begin.Add(30 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("got %d goroutines, %d before: an export goes on", runtime.NumGoroutine(), before)
				}
			}
		})
	}
}

// The SDK's tracers go on recording after a shutdown; ours do not, whether the
// tracer or the provider was obtained before.
func TestNoRecordingAfterShutdown(t *testing.T) {
	environment(t)
	stock := sdktrace.NewTracerProvider()
	stockTracer := stock.Tracer("test")
	if err := stock.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, s := stockTracer.Start(t.Context(), "late"); !s.IsRecording() {
		t.Error("the SDK no longer needs the gate: a tracer stops by itself")
	}

	sdk, recorder := quiet(t)
	tracer := sdk.TracerProvider.Tracer("test")
	ctx, open := tracer.Start(t.Context(), "open")
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, late := tracer.Start(t.Context(), "late")
	_, child := tracer.Start(ctx, "child")
	_, again := open.TracerProvider().Tracer("again").Start(t.Context(), "again")
	for _, s := range []trace.Span{late, child, again} {
		if s.IsRecording() || s.SpanContext().IsSampled() {
			t.Errorf("recording %v, sampled %v after Shutdown", s.IsRecording(), s.SpanContext().IsSampled())
		}
	}
	if child.SpanContext().TraceID() != open.SpanContext().TraceID() {
		t.Error("the child left its trace")
	}
	if got := len(recorder.Started()); got != 1 {
		t.Errorf("spans started: got %d, want 1", got)
	}
}

// A hook that hangs has its share of the time, and no part of that of the next
// hooks and of the spans.
func TestHangingHookCostsNoSpans(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		slow := failing(func(int) error { time.Sleep(300 * time.Millisecond); return nil })
		sdk, end := watched(slog.New(slog.DiscardHandler), slow)
		end(1)
		release, begin := make(chan struct{}), time.Now()
		var left time.Duration
		sdk.OnShutdown(func(context.Context) error { <-release; return nil })
		sdk.OnShutdown(func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
		defer cancel()
		err := sdk.Shutdown(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "function 2") {
			t.Errorf("Shutdown: got %v, want the deadline of function 1 only", err)
		}
		if left != 300*time.Millisecond {
			t.Errorf("the second function has %v, want a half of the 600 ms that are left", left)
		}
		if got, took := sdk.Stats(), time.Since(begin); got != (Stats{Exported: 1}) || took != 600*time.Millisecond {
			t.Errorf("got %+v after %v, want the span after 600 ms", got, took)
		}
		close(release)
	})
}

// passing hands spans to one processor, and is flushed and stopped as another.
type passing struct {
	sdktrace.SpanProcessor
	control sdktrace.SpanProcessor
}

func (p passing) ForceFlush(ctx context.Context) error { return p.control.ForceFlush(ctx) }
func (p passing) Shutdown(ctx context.Context) error   { return p.control.Shutdown(ctx) }

// A flush that hangs swallows no failure that was counted before.
func TestTimeoutsSwallowNoFailure(t *testing.T) {
	environment(t)
	for name, act := range map[string]func(*SDK, context.Context) error{
		"ForceFlush": (*SDK).ForceFlush,
		"Shutdown":   (*SDK).Shutdown,
		"the provider's ForceFlush": func(sdk *SDK, ctx context.Context) error {
			return sdk.TracerProvider.(*sdktrace.TracerProvider).ForceFlush(ctx)
		},
		"the provider's Shutdown": func(sdk *SDK, ctx context.Context) error {
			return sdk.TracerProvider.(*sdktrace.TracerProvider).Shutdown(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				sdk, end := watched(slog.New(slog.DiscardHandler), refuse)
				hang := func(context.Context) error { <-release; return nil } // it knows no context
				batch := sdk.processors[0].SpanProcessor
				sdk.processors[0].SpanProcessor = passing{batch, &stubProcessor{flush: hang, stop: hang}}
				end(3)
				time.Sleep(2 * time.Second) // the batch processor's own export fails
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := act(sdk, ctx)
				if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errRefused) || !strings.Contains(err.Error(), ": 3, in exports that failed: 1") {
					t.Errorf("got %v, want the deadline and the 3 spans lost before", err)
				}
				close(release)
				_ = sdk.Shutdown(t.Context())
				_ = batch.Shutdown(t.Context())
			})
		})
	}
	wantNoneHandled(t)
}

// What is still waiting, or on its way, when the time is over is told.
func TestShutdownTellsWhatDidNotArriveInTime(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var exports atomic.Int32
		release := make(chan struct{})
		sdk, end := watched(slog.New(slog.DiscardHandler), func(int) error {
			if exports.Add(1) > 1 {
				<-release
			}
			return nil
		})
		end(3)
		time.Sleep(2 * time.Second) // these arrive
		end(2)
		time.Sleep(2 * time.Second) // these are on their way
		end(5)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := sdk.Shutdown(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not arrive at http://localhost:4318 in time: 7") {
			t.Errorf("got %v, want the deadline and 7 spans", err)
		}
		wantOnce(t, err, "deadline exceeded")
		if got := sdk.Stats(); got.Exported != 3 || got.Lost != 7 {
			t.Errorf("got %+v, want 3 exported and 7 lost", got)
		}
		close(release)
	})
}
