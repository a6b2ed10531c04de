package setup

import (
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// wantGlobals asserts what package otel hands out.
func wantGlobals(t *testing.T, when string, provider trace.TracerProvider, propagator propagation.TextMapPropagator) {
	t.Helper()
	if !same(otel.GetTracerProvider(), provider) || !same(otel.GetTextMapPropagator(), propagator) {
		t.Errorf("%s: got %T and %T, want %T and %T", when, otel.GetTracerProvider(), otel.GetTextMapPropagator(), provider, propagator)
	}
}

// Shutdown puts back what was there before Run, also in a program that runs several one after the other.
func TestShutdownPutsTheGlobalsBack(t *testing.T) {
	for _, env := range []string{"OTEL_PROPAGATORS=", "OTEL_PROPAGATORS=baggage", "OTEL_PROPAGATORS=none", "OTEL_SDK_DISABLED=true"} {
		t.Run(env, func(t *testing.T) {
			environment(t, env)
			provider, propagator := otel.GetTracerProvider(), otel.GetTextMapPropagator()
			for range 2 {
				sdk, err := Run(t.Context(), WithExporters("none"))
				if err != nil {
					t.Fatal(err)
				}
				wantGlobals(t, "after Run", sdk.TracerProvider, sdk.Propagator)
				if err := sdk.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
				wantGlobals(t, "after Shutdown", provider, propagator)
			}
		})
	}
}

// incomparable is a propagator that == would panic on.
type incomparable struct {
	propagation.TraceContext
	_ []int
}

// What another has set since Run stays.
func TestShutdownLeavesGlobalsOfOthers(t *testing.T) {
	environment(t)
	provider, propagator := otel.GetTracerProvider(), otel.GetTextMapPropagator()
	t.Cleanup(func() {
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(propagator)
	})
	sdk, err := Run(t.Context(), WithExporters("none"))
	if err != nil {
		t.Fatal(err)
	}
	theirs := sdktrace.NewTracerProvider()
	otel.SetTracerProvider(theirs)
	otel.SetTextMapPropagator(incomparable{})
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if _, ok := otel.GetTextMapPropagator().(incomparable); !ok || otel.GetTracerProvider() != theirs {
		t.Errorf("got %T and %T", otel.GetTracerProvider(), otel.GetTextMapPropagator())
	}
}
