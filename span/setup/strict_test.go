package setup

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// Strict: a wrong setting leaves an SDK that does nothing and holds nothing.
func TestStrict(t *testing.T) {
	environment(t, "OTEL_BSP_MAX_QUEUE_SIZE=-1", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")
	p := &stubProcessor{}
	before := runtime.NumGoroutine()
	sdk, err := New(t.Context(), WithStrict(), WithServiceName("shop"), WithSpanProcessor(p), WithExporters("otlp", "console"))
	wantSetting(t, err, "OTEL_BSP_MAX_QUEUE_SIZE")
	for deadline := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("an exporter still runs")
		}
	}
	ctx := sdk.Propagator.Extract(t.Context(), propagation.MapCarrier{"traceparent": incoming})
	ctx, s := sdk.TracerProvider.Tracer("test").Start(ctx, "charge_payment")
	s.End()
	out := propagation.MapCarrier{}
	sdk.Propagator.Inject(ctx, out)
	if s.IsRecording() || out["traceparent"] != incoming || attributesOf(sdk)["service.name"] != "shop" {
		t.Errorf("recording %v, passed on %v", s.IsRecording(), out)
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if p.starts != 0 || p.stops.Load() != 1 {
		t.Errorf("processor: got %d starts and %d stops, want 0 and 1", p.starts, p.stops.Load())
	}
}

func TestStrictRunSetsNoGlobals(t *testing.T) {
	environment(t, "OTEL_PROPAGATORS=nonsense", "OTEL_TRACES_SAMPLER=nonsense", "OTEL_EXPORTER_OTLP_HEADERS=nonsense")
	provider, propagator := otel.GetTracerProvider(), otel.GetTextMapPropagator()
	sdk, err := Run(t.Context(), WithStrict())
	wantSetting(t, err, "nonsense")
	if strings.Contains(err.Error(), "is used") || strings.Contains(err.Error(), leftOut) {
		t.Errorf("got %v, but nothing happens instead", err)
	}
	if otel.GetTracerProvider() != provider || otel.GetTextMapPropagator() != propagator {
		t.Error("Run changed a global")
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// Strict changes nothing where nothing is wrong.
func TestStrictWithRightSettings(t *testing.T) {
	environment(t)
	sdk, recorder := quiet(t, WithStrict())
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	if len(recorder.Ended()) != 1 {
		t.Error("the span was not recorded")
	}
}
