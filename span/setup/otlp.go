package setup

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	protocolGRPC = "grpc"
	protocolHTTP = "http/protobuf"
	protocolJSON = "http/json"

	leftOut = "the exporter otlp is left out"

	otlpPrefix       = "OTEL_EXPORTER_OTLP_"
	otlpTracesPrefix = "OTEL_EXPORTER_OTLP_TRACES_"
)

// otlpConfig is what the exporter is told besides its variables.
type otlpConfig struct {
	protocol  string
	plaintext bool   // no TLS
	endpoint  string // the full URL, where the variables contradict each other
	timeout   time.Duration
}

// otlp makes the exporter, or returns nil. The official exporters read their
// variables themselves; what they would pass over in silence is noted here.
func (e *settings) otlp(ctx context.Context) sdktrace.SpanExporter {
	c := otlpConfig{protocol: e.protocol(), plaintext: e.plaintext(), timeout: e.timeout()}
	e.checkOTLP()
	headers, endpoint, certificates := e.checkHeaders(c.protocol), e.checkEndpoint(c.protocol), e.checkCertificates()
	if !headers || !endpoint || !certificates {
		return nil
	}
	c.endpoint = e.contradicted()
	exporter, err := newOTLP(ctx, c)
	if err != nil {
		e.failed("exporter otlp", err, "it is left out")
		return nil
	}
	return exporter
}

func newOTLP(ctx context.Context, c otlpConfig) (*otlptrace.Exporter, error) {
	if c.protocol == protocolGRPC {
		return otlptracegrpc.New(ctx, c.grpcOptions()...)
	}
	return otlptracehttp.New(ctx, c.httpOptions()...)
}

func (c otlpConfig) grpcOptions() (options []otlptracegrpc.Option) {
	if c.plaintext {
		options = append(options, otlptracegrpc.WithInsecure())
	}
	if c.endpoint != "" {
		options = append(options, otlptracegrpc.WithEndpointURL(c.endpoint))
	}
	return append(options, otlptracegrpc.WithTimeout(c.timeout))
}

func (c otlpConfig) httpOptions() (options []otlptracehttp.Option) {
	if c.plaintext {
		options = append(options, otlptracehttp.WithInsecure())
	}
	if c.endpoint != "" {
		options = append(options, otlptracehttp.WithEndpointURL(c.endpoint))
	}
	return append(options, otlptracehttp.WithTimeout(c.timeout))
}

// traces returns the variable of an OTLP setting that counts for traces: the
// one for traces if it is set, else the one for all signals.
func (e *settings) traces(setting string) (name, value string) {
	name = otlpTracesPrefix + setting
	if value = e.get(name); value != "" {
		return name, value
	}
	name = otlpPrefix + setting
	return name, e.get(name)
}

// protocol defaults to http/protobuf, as the specification recommends.
func (e *settings) protocol() string {
	name, value := e.traces("PROTOCOL")
	switch value {
	case "":
		return protocolHTTP
	case protocolGRPC, protocolHTTP, protocolJSON:
		return value
	}
	e.wrong(name, value, "is not grpc, http/protobuf or http/json", "http/protobuf is used")
	return protocolHTTP
}

// timeout is how long one export may take. The exporters read the variable
// too, but would wait without limit for a negative one.
func (e *settings) timeout() time.Duration {
	const normal, longest = 10_000, 24 * 60 * 60 * 1000
	name, _ := e.traces("TIMEOUT")
	return time.Duration(e.integer(name, 0, longest, normal)) * time.Millisecond
}
