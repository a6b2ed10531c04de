package elk

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"
)

// countingTracing is a tracer provider and tracer that counts its spans.
type countingTracing struct {
	embedded.TracerProvider
	spans atomic.Int32
}

func (c *countingTracing) Tracer(string, ...trace.TracerOption) trace.Tracer {
	return countingTracer{of: c}
}

type countingTracer struct {
	embedded.Tracer
	of *countingTracing
}

func (c countingTracer) Start(ctx context.Context, _ string, _ ...trace.SpanStartOption) (context.Context, trace.Span) {
	c.of.spans.Add(1)
	return ctx, noop.Span{}
}

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) {
	panic("http.DefaultTransport was used")
}

// TestTheClientIsNotInstrumented: whatever a program makes global, shipping
// makes no span, no header, and does not use the program's HTTP client.
func TestTheClientIsNotInstrumented(t *testing.T) {
	tracing := &countingTracing{}
	provider, propagator, transport, client := otel.GetTracerProvider(), otel.GetTextMapPropagator(), http.DefaultTransport, http.DefaultClient
	otel.SetTracerProvider(tracing)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	http.DefaultTransport, http.DefaultClient = panicking{}, &http.Client{Transport: panicking{}}
	defer func() {
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(propagator)
		http.DefaultTransport, http.DefaultClient = transport, client
	}()

	srv := startServer(t)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Traceparent") != "" {
				t.Errorf("header = %v", r.Header)
			}
			next.ServeHTTP(w, r)
		})
	})
	s := openShipper(t, quick(srv.URL()))
	writeLines(t, s, 0, 10)
	closeWell(t, s)
	checkStored(t, srv, 10)
	if n := tracing.spans.Load(); n != 0 {
		t.Errorf("shipping made %d spans", n)
	}
}
