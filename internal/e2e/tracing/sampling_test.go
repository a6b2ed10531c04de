package tracing

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/e2e/server"
	"github.com/spanlog/spanlog/span/setup"
)

// TestTailSampling sends four traces at once through a collector that decides by the whole trace.
func TestTailSampling(t *testing.T) {
	jaeger := server.RunJaeger(t)
	certificate, key := selfSigned(t)
	collector := server.RunCollector(t, jaeger, certificate, key)
	setEnvironment(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.HTTP})
	traces := map[string]func(trace.Span){
		"failed": func(s trace.Span) { s.SetStatus(codes.Error, "card declined") },
		"kept":   func(s trace.Span) { s.SetAttributes(attribute.String("sampling.reason", "slow")) },
		"good":   func(trace.Span) {},
		"ok":     func(s trace.Span) { s.SetStatus(codes.Ok, "") },
	}
	ids := sendEach(t, traces)
	for _, name := range []string{"failed", "kept"} {
		if got := await(t, jaeger.URL, ids[name], 2); got != 2 {
			t.Errorf("the trace %q has %d spans in Jaeger, want 2", name, got)
		}
	}
	// All four came in one export, and are decided upon within a second of each other.
	time.Sleep(1500 * time.Millisecond)
	for _, name := range []string{"good", "ok"} {
		if got := len(readBack(t, jaeger.URL, ids[name])); got != 0 {
			t.Errorf("the trace %q has %d spans in Jaeger, want none", name, got)
		}
	}
}

// sendEach sends a trace of two spans for each function, which changes the second, and returns the ids.
func sendEach(t *testing.T, traces map[string]func(trace.Span)) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	sdk, err := setup.New(ctx, setup.WithServiceName("shop"))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	ids := map[string]string{}
	tracer := sdk.TracerProvider.Tracer("e2e")
	for name, change := range traces {
		rootCtx, root := tracer.Start(ctx, name)
		_, child := tracer.Start(rootCtx, "charge_payment")
		change(child)
		child.End()
		root.End()
		ids[name] = root.SpanContext().TraceID().String()
	}
	if err := sdk.Shutdown(ctx); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	return ids
}

// await asks for a trace until it has n spans, for at most 20 s, and returns how many it had at last.
func await(t *testing.T, jaeger, id string, n int) (got int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = len(readBack(t, jaeger, id)); got >= n {
			break
		}
	}
	return got
}
