package events_test

import (
	"context"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/spanlog/spanlog/events"
)

func TestFlushSpans(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(time.Hour)))
	ctx, s := tp.Tracer("x").Start(context.Background(), "s")
	_, done := tp.Tracer("x").Start(ctx, "done")
	done.End()
	r := (&events.Policy{FlushTimeout: time.Minute}).Rules()
	r.FlushSpans(r.Scope(ctx, nil), false)
	if got := len(exporter.GetSpans()); got != 1 || !s.IsRecording() {
		t.Errorf("on Panic %d spans are exported, still open: %v, want 1 and true", got, s.IsRecording())
	}
	r.FlushSpans(r.Scope(ctx, nil), true)
	if got := len(exporter.GetSpans()); got != 2 || s.IsRecording() {
		t.Errorf("on Fatal %d spans are exported, still open: %v, want 2 and false", got, s.IsRecording())
	}
	_ = tp.Shutdown(context.Background())
}

// Whatever a flush does: it has its time, and the call returns.
func TestFlushIsBounded(t *testing.T) {
	for _, tt := range []struct {
		name  string
		flush func(ctx context.Context, release <-chan struct{}) error
		most  time.Duration
	}{
		{"waits for ever", func(_ context.Context, release <-chan struct{}) error { <-release; return nil }, time.Minute + time.Second},
		{"waits for its context", func(ctx context.Context, _ <-chan struct{}) error { <-ctx.Done(); return ctx.Err() }, time.Minute},
		{"panics", func(context.Context, <-chan struct{}) error { panic("flush") }, 0},
		{"fine", func(ctx context.Context, _ <-chan struct{}) error { return ctx.Err() }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				defer close(release)
				var called atomic.Bool
				flush := func(ctx context.Context) error { called.Store(true); return tt.flush(ctx, release) }
				start := time.Now()
				(&events.Policy{Flush: flush, FlushTimeout: time.Minute}).Rules().FlushLines()
				if took := time.Since(start); took > tt.most || !called.Load() {
					t.Errorf("took %v, called: %v", took, called.Load())
				}
			})
		})
	}
}

func TestNoFlush(t *testing.T) {
	r := (&events.Policy{}).Rules()
	r.FlushLines()
	r.FlushSpans(r.Scope(context.Background(), nil), true)
}

// A time without end is none that is over at once.
func TestFlushHasAllTheTimeThatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := false
		flush := func(context.Context) error { time.Sleep(time.Hour); done = true; return nil }
		(&events.Policy{Flush: flush, FlushTimeout: math.MaxInt64}).Rules().FlushLines()
		if !done {
			t.Error("the flush was not waited for")
		}
	})
}

// slowEnd is a processor of the user's that is not there for ending.
type slowEnd struct {
	sdktrace.SpanProcessor
	end func()
}

func (p slowEnd) OnEnd(sdktrace.ReadOnlySpan) { p.end() }

// A processor that exports each span at its end takes no more time of Fatal than the policy gives, and its panic is its own.
func TestFatalEndsTheSpanInItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		for name, end := range map[string]func(){"hangs": func() { <-release }, "panics": func() { panic("OnEnd") }} {
			tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(slowEnd{tracetest.NewSpanRecorder(), end}))
			ctx, s := tp.Tracer("x").Start(t.Context(), "s")
			r := (&events.Policy{FlushTimeout: time.Minute}).Rules()
			start := time.Now()
			r.FlushSpans(r.Scope(ctx, nil), true)
			if took := time.Since(start); took > time.Minute+time.Second || s.IsRecording() {
				t.Errorf("%s: took %v, still open: %v", name, took, s.IsRecording())
			}
		}
		close(release)
	})
}
