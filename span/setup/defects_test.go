package setup

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/spanlog/spanlog/span"
)

// A tracer that was obtained before the shutdown of the stock provider goes on handing out recording, sampled spans,
// which nobody can export any more.
func TestDefectTracersOutliveShutdown(t *testing.T) {
	environment(t)
	stock := sdktrace.NewTracerProvider()
	tracer := stock.Tracer("test")
	if err := stock.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, s := tracer.Start(t.Context(), "late"); !s.IsRecording() || !s.SpanContext().IsSampled() {
		t.Errorf("stock: recording %v, sampled %v: the defect is gone", s.IsRecording(), s.SpanContext().IsSampled())
	}
	ours, err := New(t.Context(), WithExporters(), WithSpanProcessor(&stubProcessor{}), WithTraceURL(span.Jaeger("https://jaeger.example")))
	if err != nil {
		t.Fatal(err)
	}
	tracer = ours.TracerProvider.Tracer("test")
	before, _ := tracer.Start(t.Context(), "before")
	if span.URL(before) == "" || !span.Keep(before, "x") {
		t.Error("ours: no link before the shutdown")
	}
	if err := ours.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ctx, s := tracer.Start(t.Context(), "late"); s.IsRecording() || s.SpanContext().IsSampled() || span.URL(ctx) != "" {
		t.Errorf("ours: recording %v, sampled %v, link %q", s.IsRecording(), s.SpanContext().IsSampled(), span.URL(ctx))
	}
	if span.URL(before) != "" || span.Keep(before, "x") {
		t.Error("ours: a span from before still has a link")
	}
}

// OTEL_SDK_DISABLED is honoured by no part of the stock SDK.
func TestDefectDisabledIsIgnored(t *testing.T) {
	environment(t, "OTEL_SDK_DISABLED=true")
	_, s := sdktrace.NewTracerProvider().Tracer("test").Start(t.Context(), "x")
	if !s.IsRecording() {
		t.Error("stock: the span does not record: the defect is gone")
	}
	ours, err := New(t.Context(), WithExporters(), WithTraceURL(span.Jaeger("https://jaeger.example")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, s := ours.TracerProvider.Tracer("test").Start(t.Context(), "x")
	if s.IsRecording() || span.URL(ctx) != "" || span.Keep(ctx, "x") {
		t.Error("ours: the span records, or has a link")
	}
}

// The stock SDK keeps the newest 128 events of a span, whatever adds them: the beginning, with the cause, is lost.
func TestDefectTheBeginningIsEvicted(t *testing.T) {
	environment(t)
	recorder := tracetest.NewSpanRecorder()
	_, s := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)).Tracer("test").Start(t.Context(), "x")
	for i := range 1000 {
		s.AddEvent(strconv.Itoa(i))
	}
	s.End()
	if got := recorder.Ended()[0].Events(); len(got) != 128 || got[0].Name != "872" {
		t.Errorf("stock: %d events from %s: the defect is gone", len(got), got[0].Name)
	}
	sdk, ours := quiet(t)
	ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "x")
	logCalls(ctx, 1000)
	s.End()
	wantMessages(t, ours.Ended()[0], [2]int{0, 64}, [2]int{938, 1000})
	wantDropped(t, ours.Ended()[0], 1000-126)
}

// The stock batch processor prints each failed export, and the flush that comes after it knows nothing of it.
func TestDefectFailedExportsAreForgotten(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		stock := sdktrace.NewTracerProvider(sdktrace.WithBatcher(failing(refuse), sdktrace.WithBatchTimeout(time.Second)))
		_, s := stock.Tracer("test").Start(t.Context(), "x")
		s.End()
		time.Sleep(2 * time.Second)
		if err := stock.Shutdown(t.Context()); err != nil {
			t.Errorf("stock: Shutdown returned %v: the defect is gone", err)
		}
		handled.mu.Lock()
		if len(handled.seen) != 1 {
			t.Errorf("stock: the global handler got %q: the defect is gone", handled.seen)
		}
		handled.seen = nil
		handled.mu.Unlock()

		sdk, end := watched(slog.New(slog.DiscardHandler), refuse)
		end(1)
		time.Sleep(2 * time.Second)
		if err := sdk.Shutdown(t.Context()); !errors.Is(err, errRefused) {
			t.Errorf("ours: Shutdown returned %v", err)
		}
	})
	wantNoneHandled(t)
}

// The stock batch processor drops what its queue does not hold, in silence. Ours tells at the end.
func TestDefectAFullQueueDropsInSilence(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var exported atomic.Uint64
		slow := failing(func(spans int) error {
			time.Sleep(time.Second)
			exported.Add(uint64(spans))
			return nil
		})
		stock := sdktrace.NewTracerProvider(sdktrace.WithBatcher(slow, sdktrace.WithMaxQueueSize(10)))
		for range 100 {
			_, s := stock.Tracer("test").Start(t.Context(), "x")
			s.End()
		}
		if err := stock.Shutdown(t.Context()); err != nil || exported.Load() >= 100 {
			t.Errorf("stock: %d exported, Shutdown returned %v: the defect is gone", exported.Load(), err)
		}

		exported.Store(0)
		sdk, end := watched(slog.New(slog.DiscardHandler), slow)
		end(10_000)
		err := sdk.Shutdown(t.Context())
		got := sdk.Stats()
		if got.Exported != exported.Load() || got.Exported+got.Dropped != 10_000 || got.Dropped == 0 {
			t.Errorf("ours: got %+v, %d were exported of 10000", got, exported.Load())
		}
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint("full: ", got.Dropped)) {
			t.Errorf("ours: Shutdown returned %v", err)
		}
	})
}
