package setup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
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
		stock := sdktrace.NewTracerProvider(sdktrace.WithBatcher(slow, sdktrace.WithMaxQueueSize(10), sdktrace.WithMaxExportBatchSize(1)))
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

// The stock SDK never says that the trace ids it makes are random. A flag that came in is kept by both.
func TestDefectRootsWithoutTheRandomFlag(t *testing.T) {
	environment(t)
	stock := sdktrace.NewTracerProvider()
	if _, s := stock.Tracer("test").Start(t.Context(), "root"); s.SpanContext().TraceFlags() != trace.FlagsSampled {
		t.Errorf("stock: flags are %s: the defect is gone", s.SpanContext().TraceFlags())
	}
	sdk, _ := quiet(t, WithRandomFlag())
	for name, start := range roots(sdk) {
		ctx, root := start(t.Context())
		_, child := span.Start(ctx, "child")
		_, raw := sdk.TracerProvider.Tracer("test").Start(ctx, "raw child")
		_, apart := span.Detached(ctx, "apart")
		for _, s := range []trace.Span{root, child, raw, apart} {
			if got := s.SpanContext().TraceFlags(); got != trace.FlagsSampled|trace.FlagsRandom {
				t.Errorf("ours: %s: flags are %s, want 03", name, got)
			}
		}
		if root.SpanContext().TraceID() == apart.SpanContext().TraceID() || root.(sdktrace.ReadOnlySpan).Parent().IsValid() {
			t.Errorf("ours: %s: the root is none", name)
		}
		carrier := propagation.MapCarrier{}
		sdk.Propagator.Inject(ctx, carrier)
		if !strings.HasSuffix(carrier["traceparent"], "-03") {
			t.Errorf("ours: %s: traceparent is %q", name, carrier["traceparent"])
		}
	}
}

// roots are the ways to begin a trace.
func roots(sdk *SDK) map[string]func(context.Context) (context.Context, trace.Span) {
	within := func(ctx context.Context) context.Context { // package span asks the provider of the span in the context
		_, s := sdk.TracerProvider.Tracer("test").Start(ctx, "before")
		return trace.ContextWithSpan(ctx, s)
	}
	return map[string]func(context.Context) (context.Context, trace.Span){
		"span.Detached": func(ctx context.Context) (context.Context, trace.Span) { return span.Detached(within(ctx), "root") },
		"after Extract": func(ctx context.Context) (context.Context, trace.Span) {
			return sdk.TracerProvider.Tracer("otelhttp").Start(sdk.Propagator.Extract(ctx, propagation.MapCarrier{}), "root")
		},
		"after Extract of nonsense": func(ctx context.Context) (context.Context, trace.Span) {
			return sdk.TracerProvider.Tracer("otelhttp").Start(sdk.Propagator.Extract(ctx, propagation.MapCarrier{"traceparent": "00-0-0-01"}), "root")
		},
	}
}

// Package span begins traces with the global provider.
func TestRandomFlagOfTheGlobalProvider(t *testing.T) {
	environment(t)
	sdk, err := Run(t.Context(), WithExporters("none"), WithRandomFlag())
	if err != nil {
		t.Fatal(err)
	}
	var none context.Context
	for _, ctx := range []context.Context{none, t.Context(), sdk.Propagator.Extract(t.Context(), propagation.MapCarrier{})} {
		_, started := span.Start(ctx, "root")
		_, detached := span.Detached(ctx, "root")
		for _, s := range []trace.Span{started, detached} {
			if got := s.SpanContext().TraceFlags(); got != trace.FlagsSampled|trace.FlagsRandom {
				t.Errorf("flags are %s, want 03", got)
			}
		}
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if spanstate.Random(sdk.TracerProvider) {
		t.Error("the provider is registered after Shutdown")
	}
}

// Without the option nothing of this happens: older services would not understand it. A caller's flags are kept.
func TestNoRandomFlagUnasked(t *testing.T) {
	environment(t)
	plain, _ := quiet(t)
	asked, _ := quiet(t, WithRandomFlag())
	for name, start := range roots(plain) {
		if _, s := start(t.Context()); s.SpanContext().TraceFlags() != trace.FlagsSampled {
			t.Errorf("%s: flags are %s, want 01", name, s.SpanContext().TraceFlags())
		}
	}
	for _, sdk := range []*SDK{plain, asked} {
		for _, flags := range []string{"00", "01", "02", "03"} {
			ctx := sdk.Propagator.Extract(t.Context(), propagation.MapCarrier{"traceparent": incoming[:len(incoming)-2] + flags})
			_, s := sdk.TracerProvider.Tracer("test").Start(ctx, "child")
			if got := s.SpanContext().TraceFlags().String(); got != flags {
				t.Errorf("flags of a caller: got %s, want %s", got, flags)
			}
		}
	}
}
