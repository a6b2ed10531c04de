package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// CollectorUser and CollectorPassword are what the secured receivers of a Collector want as basic authentication.
const (
	CollectorUser     = "shop"
	CollectorPassword = "s3cret of the shop"
)

// Collector is a running OpenTelemetry Collector 0.140 that sends to a Jaeger. Safe for concurrent use.
type Collector struct {
	*toolProcess
	// GRPC and HTTP take OTLP from everybody. Of what comes there only the traces with a failed span or an attribute
	// sampling.reason go on, 1 s after their first span.
	GRPC, HTTP string
	// SecuredGRPC and SecuredHTTP want TLS and CollectorUser. What they have accepted is in Jaeger.
	SecuredGRPC, SecuredHTTP string
}

// StartCollector builds the collector if need be and starts it with a certificate for 127.0.0.1. The error wraps
// ErrNotBuilt when there was no time to build it.
func StartCollector(ctx context.Context, to *Jaeger, certificate, key []byte) (*Collector, error) {
	r, err := tool{
		name:  "collector",
		pkg:   ".",
		ports: []string{"OTLP_GRPC_PORT", "OTLP_HTTP_PORT", "SECURED_GRPC_PORT", "SECURED_HTTP_PORT"},
		env: map[string]string{
			"JAEGER_URL":  to.HTTP,
			"PASSWORD":    CollectorPassword,
			"CERTIFICATE": "NODE/certificate.pem",
			"KEY":         "NODE/key.pem",
		},
		files: map[string][]byte{"certificate.pem": certificate, "key.pem": key},
		ready: emptyExport,
	}.start(ctx)
	if err != nil {
		return nil, err
	}
	return &Collector{
		toolProcess: r,
		GRPC:        "http://" + r.address("OTLP_GRPC_PORT"),
		HTTP:        "http://" + r.address("OTLP_HTTP_PORT"),
		SecuredGRPC: "https://" + r.address("SECURED_GRPC_PORT"),
		SecuredHTTP: "https://" + r.address("SECURED_HTTP_PORT"),
	}, nil
}

// emptyExport is accepted as soon as the receiver listens.
func emptyExport(ctx context.Context, ports map[string]int) (*http.Request, error) {
	url := fmt.Sprintf("http://127.0.0.1:%d/v1/traces", ports["OTLP_HTTP_PORT"])
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{"resourceSpans":[]}`))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

// RunCollector starts the collector for one test and stops it at the test's end. It skips and fails as RunJaeger does.
func RunCollector(t *testing.T, to *Jaeger, certificate, key []byte) *Collector {
	t.Helper()
	ctx, cancel := startContext(t)
	defer cancel()
	c, err := StartCollector(ctx, to, certificate, key)
	runTool(t, "Collector 0.140", err, func() *toolProcess { return c.toolProcess })
	return c
}
