package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/span/setup"
)

// service is what the three have in common: a tracing set-up of their own and a server on loopback.
type service struct {
	sdk      *setup.SDK
	listener net.Listener
	server   *http.Server
}

// newService sets tracing up as a program of its own would with setup.Run. Its spans go to keep, and to where the
// OTEL_* variables say if c.export is set.
func newService(ctx context.Context, name string, c config, keep sdktrace.SpanProcessor) (*service, error) {
	options := []setup.Option{setup.WithServiceName(name), setup.WithSpanProcessor(keep)}
	if !c.export {
		options = append(options, setup.WithExporters("none"))
	}
	sdk, err := setup.New(ctx, options...)
	if err != nil { // the SDK works all the same
		fmt.Fprintln(os.Stderr, "quickstart:", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, sdk.Shutdown(ctx))
	}
	return &service{sdk: sdk, listener: listener}, nil
}

func (s *service) url() string { return "http://" + s.listener.Addr().String() }

// policy is the one for all three loggers: with ECS names, one query finds and orders their lines.
func (s *service) policy() *events.Policy {
	return &events.Policy{Schema: events.ECS, Resource: serviceAttributes(s.sdk)}
}

// serviceAttributes are those parts of the resource that tell the services apart; the others are equal on every line.
func serviceAttributes(sdk *setup.SDK) (kept []attribute.KeyValue) {
	for _, kv := range sdk.Resource.Attributes() {
		if kv.Key == "service.name" {
			kept = append(kept, kv)
		}
	}
	return kept
}

// serve handles one route, instrumented.
func (s *service) serve(route string, h http.HandlerFunc) {
	mux := http.NewServeMux()
	mux.HandleFunc(route, h)
	s.server = &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		Handler: otelhttp.NewHandler(mux, route,
			otelhttp.WithTracerProvider(s.sdk.TracerProvider),
			otelhttp.WithPropagators(s.sdk.Propagator),
			otelhttp.WithSpanNameFormatter(func(route string, _ *http.Request) string { return route })),
	}
	go func() { _ = s.server.Serve(s.listener) }()
}

// client returns an instrumented client.
func (s *service) client() *http.Client {
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: otelhttp.NewTransport(http.DefaultTransport.(*http.Transport).Clone(),
			otelhttp.WithTracerProvider(s.sdk.TracerProvider),
			otelhttp.WithPropagators(s.sdk.Propagator),
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method })),
	}
}

// stop ends the server, which waits for the requests it is serving, and exports the spans. It reports whether they
// arrived.
func (s *service) stop(ctx context.Context) (arrived bool) {
	if s.server != nil {
		_ = s.server.Shutdown(ctx)
	} else {
		_ = s.listener.Close()
	}
	return s.sdk.Shutdown(ctx) == nil
}

// work stands for what a real service would do.
func work(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
