package setup

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// send ends one span of the given name in a new SDK and shuts that down.
func send(t *testing.T, name string, options ...Option) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sdk, err := New(ctx, options...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	_, s := sdk.TracerProvider.Tracer("test").Start(ctx, name)
	s.AddEvent("card declined", trace.WithAttributes(attribute.Int("amount", 42)))
	s.End()
	return sdk.Shutdown(ctx)
}

func TestHTTPReceiver(t *testing.T) {
	tests := []struct {
		name string
		env  func(url string) []string
		path string
		gzip bool
		want map[string]string
	}{
		{
			name: "endpoint, headers, gzip",
			env: func(url string) []string {
				return []string{
					"OTEL_EXPORTER_OTLP_ENDPOINT=" + url,
					"OTEL_EXPORTER_OTLP_HEADERS=api-key=s3cret,x-tenant=a%20b",
					"OTEL_EXPORTER_OTLP_COMPRESSION=gzip",
				}
			},
			path: "/v1/traces",
			gzip: true,
			want: map[string]string{"Api-Key": "s3cret", "X-Tenant": "a b", "Content-Encoding": "gzip"},
		},
		{
			name: "base path",
			env:  func(url string) []string { return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + url + "/base/"} },
			path: "/base/v1/traces",
		},
		{
			name: "endpoint for traces is used as it is, and wins",
			env: func(url string) []string {
				return []string{
					"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1",
					"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + url + "/in",
					"OTEL_EXPORTER_OTLP_HEADERS=from=all",
					"OTEL_EXPORTER_OTLP_TRACES_HEADERS=from=traces",
				}
			},
			path: "/in",
			want: map[string]string{"From": "traces"},
		},
		{
			name: "protocol for traces wins",
			env: func(url string) []string {
				return []string{
					"OTEL_EXPORTER_OTLP_ENDPOINT=" + url,
					"OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
					"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
				}
			},
			path: "/v1/traces",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newReceiver(t)
			environment(t, tt.env(r.URL)...)
			if err := send(t, "charge_payment", WithServiceName("payment")); err != nil {
				t.Fatalf("Shutdown: %v", err)
			}
			got := r.one(t)
			if got.path != tt.path {
				t.Errorf("path: got %q, want %q", got.path, tt.path)
			}
			if ct := got.header.Get("Content-Type"); ct != "application/x-protobuf" {
				t.Errorf("content type: got %q", ct)
			}
			for name, want := range tt.want {
				if value := got.header.Get(name); value != want {
					t.Errorf("header %s: got %q, want %q", name, value, want)
				}
			}
			if gz := got.header.Get("Content-Encoding") == "gzip"; gz != tt.gzip {
				t.Errorf("gzip: got %v, want %v", gz, tt.gzip)
			}
			for _, want := range []string{"charge_payment", "service.name", "payment", "card declined", "amount"} {
				if !strings.Contains(got.body, want) {
					t.Errorf("body has no %q", want)
				}
			}
		})
	}
}

func TestJSONReceiver(t *testing.T) {
	r := newReceiver(t)
	environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL, "OTEL_EXPORTER_OTLP_PROTOCOL=http/json")
	if err := send(t, "charge_payment"); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	got := r.one(t)
	if ct := got.header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("content type: got %q", ct)
	}
	if !json.Valid([]byte(got.body)) || !strings.Contains(got.body, "charge_payment") {
		t.Errorf("body: got %q", got.body)
	}
}

func TestGRPCSpeaksHTTP2(t *testing.T) {
	address, first := silent(t)
	environment(t, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+address)
	sdk, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := firstBytes(t, sdk, first); !strings.HasPrefix(got, "PRI ") {
		t.Errorf("got %q, want the preface of HTTP/2 in the clear", got)
	}
}

// The specification's default is http://localhost; the exporters' own is
// https://localhost.
func TestPlaintext(t *testing.T) {
	tests := []struct {
		env  string
		want bool
	}{
		{"OTEL_SERVICE_NAME=x", true},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=https://collector", false},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://collector", false},
		{"OTEL_EXPORTER_OTLP_INSECURE=false", false},
		{"OTEL_EXPORTER_OTLP_CERTIFICATE=ca.pem", false},
		{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=client.pem", false},
		{"OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE=client.pem", false},
	}
	for _, tt := range tests {
		t.Run(tt.env, func(t *testing.T) {
			environment(t, tt.env)
			if got := (&settings{}).plaintext(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// By the specification the endpoint's scheme decides over INSECURE. Left to
// themselves the exporters send in the clear to https://, with the API key.
func TestSchemeWinsOverInsecure(t *testing.T) {
	t.Run("https", func(t *testing.T) {
		for _, protocol := range []string{"grpc", "http/protobuf"} {
			t.Run(protocol, func(t *testing.T) {
				address, first := silent(t)
				environment(t, "OTEL_EXPORTER_OTLP_PROTOCOL="+protocol,
					"OTEL_EXPORTER_OTLP_ENDPOINT=https://"+address, "OTEL_EXPORTER_OTLP_INSECURE=true")
				sdk, err := New(t.Context())
				wantSetting(t, err, "OTEL_EXPORTER_OTLP_INSECURE")
				if got := firstBytes(t, sdk, first); !strings.HasPrefix(got, "\x16") {
					t.Errorf("got %q, want a TLS handshake", got)
				}
			})
		}
	})
	t.Run("http", func(t *testing.T) {
		r := newReceiver(t)
		environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL+"/base", "OTEL_EXPORTER_OTLP_INSECURE=false")
		sdk, err := New(t.Context())
		wantSetting(t, err, "OTEL_EXPORTER_OTLP_INSECURE")
		_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
		s.End()
		if err := sdk.Shutdown(t.Context()); err != nil {
			t.Fatalf("Shutdown: %v", err)
		}
		if got := r.one(t).path; got != "/base/v1/traces" {
			t.Errorf("path: got %q", got)
		}
	})
}

// One exporter that cannot be made does not cost the others.
func TestOneOfAListFails(t *testing.T) {
	out := captureStdout(t)
	environment(t, "OTEL_TRACES_EXPORTER=zipkin, otlp ,Console,console",
		"OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318")
	sdk, err := New(t.Context())
	wantSetting(t, err, `OTEL_TRACES_EXPORTER="zipkin"`)
	wantSetting(t, err, `OTEL_EXPORTER_OTLP_ENDPOINT="localhost:4318"`)
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	if got := strings.Count(out(), `"Name":"charge_payment"`); got != 1 {
		t.Errorf("spans on the console: got %d, want 1", got)
	}
}

// A list reaches all its members.
func TestListReachesAll(t *testing.T) {
	out := captureStdout(t)
	r := newReceiver(t)
	environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL)
	if err := send(t, "charge_payment", WithExporters("otlp", "stdout")); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	if body := r.one(t).body; !strings.Contains(body, "charge_payment") {
		t.Errorf("otlp: got %q", body)
	}
	if got := out(); !strings.Contains(got, `"Name":"charge_payment"`) {
		t.Errorf("console: got %q", got)
	}
}

// captureStdout sends os.Stdout to a file and returns a function that reads it.
func captureStdout(t *testing.T) func() string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stdout")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdout
	os.Stdout = f
	t.Cleanup(func() {
		os.Stdout = old
		_ = f.Close()
	})
	return func() string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}
