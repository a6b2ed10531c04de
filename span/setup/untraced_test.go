package setup

import (
	"net/http"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// An instrumented http.DefaultTransport would make a span of each export, and that an export again.
func TestExportsAreNotTraced(t *testing.T) {
	r := newReceiver(t)
	environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL)
	transport, client := http.DefaultTransport, http.DefaultClient.Transport
	t.Cleanup(func() { http.DefaultTransport, http.DefaultClient.Transport = transport, client })
	var traced atomic.Int32
	sdk, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultTransport = otelhttp.NewTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		traced.Add(1)
		return transport.RoundTrip(req)
	}), otelhttp.WithTracerProvider(sdk.TracerProvider))
	http.DefaultClient.Transport = http.DefaultTransport
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if got := sdk.Stats(); traced.Load() != 0 || got != (Stats{Exported: 1}) {
		t.Errorf("%d requests were traced, %+v", traced.Load(), got)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
