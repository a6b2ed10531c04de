package e2e

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/elastic/go-elasticsearch/v8"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// wire is a RoundTripper under a client. It answers the first bulks with 503 by itself, and keeps what it has seen.
type wire struct {
	busy int // how many bulks get 503

	mu       sync.Mutex
	statuses map[int]int
	packed   int
	wrong    []string // bodies that are not what a server must get
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost || req.Method == http.MethodPut {
		if early := w.look(req); early != nil {
			return early, nil
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		w.mu.Lock()
		w.statuses[resp.StatusCode]++
		w.mu.Unlock()
	}
	return resp, err
}

// wireClient is a client over a wire that goes to one server, whatever it calls itself.
type wireClient struct {
	*wire
	url            *url.URL
	user, password string
}

func (w *wire) client(t *testing.T, address, user, password string) wireClient {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return wireClient{w, u, user, password}
}

func (c wireClient) Perform(req *http.Request) (*http.Response, error) {
	req.URL.Scheme, req.URL.Host = c.url.Scheme, c.url.Host
	if c.user != "" {
		req.SetBasicAuth(c.user, c.password)
	}
	return c.RoundTrip(req)
}

// look reads the body and puts it back.
func (w *wire) look(req *http.Request) *http.Response {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	defer w.mu.Unlock()
	text := body
	if req.Header.Get("Content-Encoding") == "gzip" {
		w.packed++
		text = unpacked(body)
	}
	if !bytes.HasPrefix(text, []byte(`{"create"`)) {
		w.wrong = append(w.wrong, string(text[:min(40, len(text))]))
	}
	if w.busy == 0 {
		return nil
	}
	w.busy--
	header := http.Header{"X-Elastic-Product": {"Elasticsearch"}, "Content-Type": {"application/json"}}
	return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: header, Body: io.NopCloser(strings.NewReader(`{}`)), Request: req}
}

// unpacked is the body after one decompression; what cannot be decompressed stays as it is.
func unpacked(body []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return body
	}
	return text
}

// count is how often an answer had that status.
func (w *wire) count(status int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.statuses[status]
}

// TestUsersClient ships through a *elasticsearch.Client that the user has made.
func TestUsersClient(t *testing.T) {
	url := server.Shared(t).URL
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	for _, tt := range []struct {
		dataset string
		busy    int
		packed  bool
		config  elasticsearch.Config
	}{
		{"client.plain", 0, false, elasticsearch.Config{}},
		{"client.compresses", 0, true, elasticsearch.Config{CompressRequestBody: true, PoolCompressor: true}},
		{"client.retries", 2, false, elasticsearch.Config{RetryOnStatus: []int{429, 502, 503, 504}, MaxRetries: 5, RetryBackoff: func(int) time.Duration { return time.Millisecond }}},
		{"client.instrumented", 0, false, elasticsearch.Config{EnableMetrics: true, Instrumentation: elasticsearch.NewOpenTelemetryInstrumentation(provider, true)}},
		{"client.all", 2, true, elasticsearch.Config{
			CompressRequestBody: true, MaxRetries: 5, EnableCompatibilityMode: true, EnableMetrics: true,
			Instrumentation: elasticsearch.NewOpenTelemetryInstrumentation(provider, true),
		}},
	} {
		t.Run(tt.dataset, func(t *testing.T) {
			w := &wire{busy: tt.busy, statuses: map[int]int{}}
			tt.config.Addresses, tt.config.Transport = []string{url}, w
			client, err := elasticsearch.NewClient(tt.config)
			if err != nil {
				t.Fatal(err)
			}
			s := ship(t, url, tt.dataset, elk.Config{Client: client})
			s.lines(t, 0, 200)
			s.check(t, 200)
			w.mu.Lock()
			defer w.mu.Unlock()
			if len(w.wrong) > 0 || w.busy > 0 || (w.packed > 0) != tt.packed {
				t.Errorf("on the wire: bodies %q, %d of the 503 left, %d compressed; want bulks, compressed once or not at all", w.wrong, w.busy, w.packed)
			}
		})
	}
	if n := len(spans.Started()); n != 0 {
		t.Errorf("shipping made %d spans, want none", n)
	}
}
