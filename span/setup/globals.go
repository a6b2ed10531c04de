package setup

import (
	"reflect"

	"go.opentelemetry.io/otel"
)

// setGlobals makes s what package otel hands out, and returns how to put back
// what was there before. That leaves alone what another has set meanwhile.
func setGlobals(s *SDK) (putBack func()) {
	provider, propagator, handler := otel.GetTracerProvider(), otel.GetTextMapPropagator(), otel.GetErrorHandler()
	otel.SetErrorHandler(s.reporter)
	otel.SetTracerProvider(s.TracerProvider)
	otel.SetTextMapPropagator(s.Propagator)
	return func() {
		if same(otel.GetTracerProvider(), s.TracerProvider) {
			otel.SetTracerProvider(provider)
		}
		if same(otel.GetTextMapPropagator(), s.Propagator) {
			otel.SetTextMapPropagator(propagator)
		}
		if same(otel.GetErrorHandler(), s.reporter) {
			otel.SetErrorHandler(handler)
		}
	}
}

// same compares what may be of any type, also of one that cannot be compared.
func same(a, b any) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && a == b
}
