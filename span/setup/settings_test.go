package setup

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// wantSetting asserts that err is a wrong setting and holds text.
func wantSetting(t *testing.T, err error, text string) {
	t.Helper()
	if !errors.Is(err, ErrSetting) {
		t.Fatalf("got %v, want an ErrSetting with %q", err, text)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("got %q, want it to hold %q", err, text)
	}
}

// Each wrong value is an error that names its variable, and the SDK works.
func TestWrongSettings(t *testing.T) {
	noCertificate := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noCertificate, []byte("not PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		env  []string
		want string
	}{
		{[]string{"OTEL_SDK_DISABLED=yes"}, `OTEL_SDK_DISABLED="yes"`},
		{[]string{"OTEL_TRACES_EXPORTER=jaeger"}, `OTEL_TRACES_EXPORTER="jaeger": is not`},
		{[]string{"OTEL_TRACES_EXPORTER=none,console"}, `OTEL_TRACES_EXPORTER="none"`},
		{[]string{"OTEL_PROPAGATORS=b3,tracecontext"}, `OTEL_PROPAGATORS="b3"`},
		{[]string{"OTEL_PROPAGATORS=none,baggage"}, `OTEL_PROPAGATORS="none"`},
		{[]string{"OTEL_TRACES_SAMPLER=jaeger_remote"}, `OTEL_TRACES_SAMPLER="jaeger_remote"`},
		{[]string{"OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=NaN"}, `OTEL_TRACES_SAMPLER_ARG="NaN"`},
		{[]string{"OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=1.5"}, `"1.5"`},
		{[]string{"OTEL_RESOURCE_ATTRIBUTES=a=b,broken"}, "OTEL_RESOURCE_ATTRIBUTES"},
		{[]string{"OTEL_SPAN_EVENT_COUNT_LIMIT=many"}, `OTEL_SPAN_EVENT_COUNT_LIMIT="many"`},
		{[]string{"OTEL_BSP_MAX_QUEUE_SIZE=-1"}, "OTEL_BSP_MAX_QUEUE_SIZE"},
		{[]string{"OTEL_BSP_MAX_QUEUE_SIZE=9223372036854775807"}, "OTEL_BSP_MAX_QUEUE_SIZE"},
		{[]string{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE=-1"}, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"},
		{[]string{"OTEL_BSP_SCHEDULE_DELAY=0"}, "OTEL_BSP_SCHEDULE_DELAY"},
		{[]string{"OTEL_BSP_EXPORT_TIMEOUT=soon"}, "OTEL_BSP_EXPORT_TIMEOUT"},
		{[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=thrift"}, `OTEL_EXPORTER_OTLP_PROTOCOL="thrift"`},
		{[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=::"}, `OTEL_EXPORTER_OTLP_ENDPOINT="::"`},
		{[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4318"}, "is not a URL"},
		{[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318"}, "http://"},
		{[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://"}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"},
		{[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h:65536"}, "65535"},
		{[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4317"}, "is not a URL"},
		{[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"}, "names no host"},
		{[]string{"OTEL_EXPORTER_OTLP_HEADERS=broken"}, "OTEL_EXPORTER_OTLP_HEADERS: header 1"},
		{[]string{"OTEL_EXPORTER_OTLP_HEADERS=a=b,c d=e"}, "header 2"},
		{[]string{"OTEL_EXPORTER_OTLP_HEADERS=a=%zz"}, "header 1"},
		{[]string{"OTEL_EXPORTER_OTLP_TRACES_HEADERS=a=b%0d%0ac"}, "OTEL_EXPORTER_OTLP_TRACES_HEADERS: header 1"},
		{[]string{"OTEL_EXPORTER_OTLP_TIMEOUT=-1"}, "OTEL_EXPORTER_OTLP_TIMEOUT"},
		{[]string{"OTEL_EXPORTER_OTLP_COMPRESSION=zstd"}, `OTEL_EXPORTER_OTLP_COMPRESSION="zstd"`},
		{[]string{"OTEL_EXPORTER_OTLP_INSECURE=1"}, "OTEL_EXPORTER_OTLP_INSECURE"},
		{[]string{"OTEL_EXPORTER_OTLP_CERTIFICATE=" + noCertificate}, "OTEL_EXPORTER_OTLP_CERTIFICATE"},
		{[]string{"OTEL_EXPORTER_OTLP_CERTIFICATE=" + noCertificate + ".missing"}, "OTEL_EXPORTER_OTLP_CERTIFICATE"},
		{[]string{"OTEL_EXPORTER_OTLP_CLIENT_KEY=" + noCertificate}, "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.env, " "), func(t *testing.T) {
			environment(t, tt.env...)
			recorder := tracetest.NewSpanRecorder()
			sdk, err := New(t.Context(), WithSpanProcessor(recorder))
			wantSetting(t, err, tt.want)
			_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "works")
			if !s.SpanContext().IsValid() {
				t.Error("the span has no ids")
			}
			// Nothing is to reach an exporter: no server stands behind it.
			if err := sdk.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
			if got := len(recorder.Started()); got != 1 {
				t.Errorf("spans seen by the processor: got %d, want 1", got)
			}
		})
	}
}

// A variable that holds a secret is named, not shown.
func TestSecretsAreNotShown(t *testing.T) {
	for _, env := range []string{
		"OTEL_EXPORTER_OTLP_HEADERS=api key=hush",
		"OTEL_EXPORTER_OTLP_HEADERS=hush",
		"OTEL_EXPORTER_OTLP_HEADERS=api-key=hush%00",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://user:hush@:4318",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://user:hush@host:port",
	} {
		t.Run(env, func(t *testing.T) {
			environment(t, env)
			sdk, err := New(t.Context())
			if err == nil || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v, want an error without the secret", err)
			}
			if err := sdk.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
		})
	}
}

func TestHostileValuesAreCut(t *testing.T) {
	environment(t, "OTEL_TRACES_EXPORTER="+strings.Repeat("x\n", 1<<16))
	sdk, err := New(t.Context())
	wantSetting(t, err, "OTEL_TRACES_EXPORTER")
	if len(err.Error()) > 1000 || strings.Contains(err.Error(), "\n") {
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// Good values, and empty ones, are no error.
func TestRightSettings(t *testing.T) {
	for _, env := range [][]string{
		nil,
		{"OTEL_TRACES_EXPORTER=", "OTEL_PROPAGATORS=", "OTEL_TRACES_SAMPLER=", "OTEL_BSP_MAX_QUEUE_SIZE="},
		{"OTEL_TRACES_EXPORTER=NONE", "OTEL_PROPAGATORS=none"},
		{"OTEL_TRACES_SAMPLER=Always_Off", "OTEL_SDK_DISABLED=False"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=unix:///run/otel.sock"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=https://collector:4318/base", "OTEL_EXPORTER_OTLP_INSECURE=false"},
		{"OTEL_EXPORTER_OTLP_HEADERS=a=b,c=", "OTEL_EXPORTER_OTLP_COMPRESSION=none", "OTEL_EXPORTER_OTLP_TIMEOUT=0"},
		{"OTEL_BSP_EXPORT_TIMEOUT=0", "OTEL_BSP_MAX_QUEUE_SIZE=1", "OTEL_SPAN_EVENT_COUNT_LIMIT=-1"},
	} {
		t.Run(strings.Join(env, " "), func(t *testing.T) {
			environment(t, env...)
			sdk, err := New(t.Context())
			if err != nil {
				t.Errorf("New: %v", err)
			}
			if err := sdk.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
		})
	}
}

func TestPropagators(t *testing.T) {
	tests := []struct {
		value string
		want  []string
	}{
		{"", []string{"baggage", "traceparent", "tracestate"}},
		{"tracecontext", []string{"traceparent", "tracestate"}},
		{"Baggage , baggage", []string{"baggage"}},
		{"none", nil},
		{"xray", []string{"baggage", "traceparent", "tracestate"}},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			environment(t, "OTEL_PROPAGATORS="+tt.value)
			got := slices.Sorted(slices.Values((&settings{}).propagator(nil).Fields()))
			if strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
