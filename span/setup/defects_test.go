package setup

import (
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

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
