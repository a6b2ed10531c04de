package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"
)

// Jaeger is a running Jaeger 2.13 with its traces in memory, at most 1,000. Safe for concurrent use.
type Jaeger struct {
	*toolProcess
	// URL is the address of its query API and of its links, without a slash at the end.
	URL string
	// GRPC and HTTP are where it takes OTLP, as OTEL_EXPORTER_OTLP_ENDPOINT wants them.
	GRPC, HTTP string
}

// StartJaeger builds Jaeger if need be and starts it. The error wraps ErrNotBuilt when there was no time to build it.
func StartJaeger(ctx context.Context) (*Jaeger, error) {
	r, err := tool{
		name:  "jaeger",
		pkg:   "github.com/jaegertracing/jaeger/cmd/jaeger",
		ports: []string{"QUERY_HTTP_PORT", "QUERY_GRPC_PORT", "OTLP_GRPC_PORT", "OTLP_HTTP_PORT"},
		ready: func(ctx context.Context, ports map[string]int) (*http.Request, error) {
			url := fmt.Sprintf("http://127.0.0.1:%d/api/services", ports["QUERY_HTTP_PORT"])
			return http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		},
	}.start(ctx)
	if err != nil {
		return nil, err
	}
	return &Jaeger{
		toolProcess: r,
		URL:         "http://" + r.address("QUERY_HTTP_PORT"),
		GRPC:        "http://" + r.address("OTLP_GRPC_PORT"),
		HTTP:        "http://" + r.address("OTLP_HTTP_PORT"),
	}, nil
}

// RunJaeger starts Jaeger for one test and stops it at the test's end. It skips the test when there was no time to
// build it, and fails it when it does not start.
func RunJaeger(t *testing.T) *Jaeger {
	t.Helper()
	ctx, cancel := startContext(t)
	defer cancel()
	j, err := StartJaeger(ctx)
	runTool(t, "Jaeger 2.13", err, func() *toolProcess { return j.toolProcess })
	return j
}

// startContext leaves time for the test before go test's -timeout, which would end it without a reason.
func startContext(t *testing.T) (context.Context, context.CancelFunc) {
	if end, limited := t.Deadline(); limited {
		return context.WithDeadline(t.Context(), end.Add(-min(time.Minute, time.Until(end)/2)))
	}
	return context.WithCancel(t.Context())
}

// saySkipped is for one line, among the others of this package that .ci/run shows.
var saySkipped sync.Once

// runTool does what RunJaeger and RunCollector say.
func runTool(t *testing.T, name string, err error, started func() *toolProcess) {
	t.Helper()
	if errors.Is(err, ErrNotBuilt) {
		saySkipped.Do(func() { fmt.Fprintf(os.Stderr, "server: %s skipped: %v\n", name, err) })
		t.Skipf("%s skipped: %v", name, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := started()
	fmt.Fprintf(os.Stderr, "server: %s ready after %.1f s\n", name, r.Ready.Seconds())
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
}
