package e2e

import (
	"compress/gzip"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // lets the server read what is compressed
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/proto"

	"github.com/spanlog/spanlog/span/setup"
)

// collected is what an OTLP receiver was sent.
type collected struct {
	collector.UnimplementedTraceServiceServer

	mu          sync.Mutex
	resources   []*otlp.ResourceSpans
	apiKey      string
	compression string
}

func (c *collected) add(request *collector.ExportTraceServiceRequest, apiKey string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resources = append(c.resources, request.GetResourceSpans()...)
	c.apiKey = apiKey
}

func (c *collected) compressed(with string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.compression = with
}

// Export receives over gRPC.
func (c *collected) Export(ctx context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	c.add(request, strings.Join(headers.Get("api-key"), ","))
	return &collector.ExportTraceServiceResponse{}, nil
}

// ServeHTTP receives over HTTP.
func (c *collected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, err := decode(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.compressed(r.Header.Get("Content-Encoding"))
	c.add(request, r.Header.Get("Api-Key"))
}

func decode(r *http.Request) (*collector.ExportTraceServiceRequest, error) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return nil, fmt.Errorf("not an OTLP request: %s %s %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = z
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	request := &collector.ExportTraceServiceRequest{}
	return request, proto.Unmarshal(data, request)
}

// compressionOf tells collected how the calls of a gRPC server were compressed.
type compressionOf struct{ *collected }

func (compressionOf) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }
func (compressionOf) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (compressionOf) HandleConn(context.Context, stats.ConnStats)                       {}

func (c compressionOf) HandleRPC(_ context.Context, s stats.RPCStats) {
	if in, ok := s.(*stats.InHeader); ok {
		c.compressed(in.Compression)
	}
}

// listen starts a receiver and returns the variables that lead to it.
func (c *collected) listen(t *testing.T, protocol string, secure bool) map[string]string {
	t.Helper()
	// Also with gRPC: it makes the certificate.
	server := httptest.NewUnstartedServer(c)
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL}
	if protocol == "grpc" {
		env["OTEL_EXPORTER_OTLP_ENDPOINT"] = c.listenGRPC(t, server)
	}
	if secure {
		path := filepath.Join(t.TempDir(), "ca.pem")
		block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		env["OTEL_EXPORTER_OTLP_CERTIFICATE"] = path
	}
	return env
}

// listenGRPC uses the certificate of server, if that has one.
func (c *collected) listenGRPC(t *testing.T, server *httptest.Server) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	options := []grpc.ServerOption{grpc.StatsHandler(compressionOf{c})}
	scheme := "http"
	if server.TLS != nil {
		scheme = "https"
		options = append(options, grpc.Creds(credentials.NewServerTLSFromCert(&server.TLS.Certificates[0])))
	}
	s := grpc.NewServer(options...)
	collector.RegisterTraceServiceServer(s, c)
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Serve(l) })
	t.Cleanup(func() {
		s.Stop()
		wg.Wait()
	})
	return scheme + "://" + l.Addr().String()
}

// TestOTLP sends a trace with package setup and decodes what the wire carried.
func TestOTLP(t *testing.T) {
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		for _, secure := range []bool{false, true} {
			for _, compression := range []string{"", "gzip"} {
				t.Run(fmt.Sprintf("%s tls=%v %s", protocol, secure, compression), func(t *testing.T) {
					c := &collected{}
					clearOTEL(t)
					for name, value := range c.listen(t, protocol, secure) {
						t.Setenv(name, value)
					}
					t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
					t.Setenv("OTEL_EXPORTER_OTLP_COMPRESSION", compression)
					t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret")
					t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
					sendCheckout(t)
					c.check(t)
					if c.compression != compression {
						t.Errorf("compression: got %q, want %q", c.compression, compression)
					}
					if c.apiKey != "s3cret" {
						t.Errorf("api-key: got %q", c.apiKey)
					}
				})
			}
		}
	}
}

// clearOTEL empties the variables of the machine; empty counts as not set.
func clearOTEL(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
}

// sendCheckout ends a span with a child that failed, and shuts the SDK down.
func sendCheckout(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	sdk, err := setup.New(ctx, setup.WithServiceName("shop"))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	tracer := sdk.TracerProvider.Tracer("e2e")
	rootCtx, root := tracer.Start(ctx, "POST /checkout", trace.WithSpanKind(trace.SpanKindServer))
	_, child := tracer.Start(rootCtx, "charge_payment")
	child.AddEvent("card declined", trace.WithAttributes(
		attribute.String("card", "visa"), attribute.Int64("amount", 42), attribute.Float64("fee", 0.5), attribute.Bool("retry", true)))
	child.SetStatus(codes.Error, "card declined")
	child.End()
	root.End()
	if err := sdk.Shutdown(ctx); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
}

// check asserts that the trace of sendCheckout arrived.
func (c *collected) check(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := map[string]*otlp.Span{}
	for _, r := range c.resources {
		resource := values(r.GetResource().GetAttributes())
		if resource["service.name"] != "shop" || resource["deployment.environment.name"] != "test" || resource["service.instance.id"] == nil {
			t.Errorf("resource: got %v", resource)
		}
		for _, scope := range r.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				if spans[s.GetName()] != nil {
					t.Errorf("%q arrived twice", s.GetName())
				}
				spans[s.GetName()] = s
			}
		}
	}
	root, child := spans["POST /checkout"], spans["charge_payment"]
	if len(spans) != 2 || root == nil || child == nil {
		t.Fatalf("got the spans %v, want POST /checkout and charge_payment", spans)
	}
	if len(root.GetParentSpanId()) != 0 || root.GetKind() != otlp.Span_SPAN_KIND_SERVER {
		t.Errorf("root: got parent %x and kind %v", root.GetParentSpanId(), root.GetKind())
	}
	if string(child.GetParentSpanId()) != string(root.GetSpanId()) || string(child.GetTraceId()) != string(root.GetTraceId()) {
		t.Errorf("child: got parent %x in trace %x, want %x in %x", child.GetParentSpanId(), child.GetTraceId(), root.GetSpanId(), root.GetTraceId())
	}
	checkFailure(t, child)
}

func checkFailure(t *testing.T, child *otlp.Span) {
	t.Helper()
	if s := child.GetStatus(); s.GetCode() != otlp.Status_STATUS_CODE_ERROR || s.GetMessage() != "card declined" {
		t.Errorf("status: got %v", s)
	}
	if len(child.GetEvents()) != 1 {
		t.Fatalf("got %d events, want 1", len(child.GetEvents()))
	}
	event := child.GetEvents()[0]
	if event.GetName() != "card declined" {
		t.Errorf("event: got %q", event.GetName())
	}
	got := values(event.GetAttributes())
	want := map[string]any{"card": "visa", "amount": int64(42), "fee": 0.5, "retry": true}
	if len(got) != len(want) {
		t.Errorf("event attributes: got %v, want %v", got, want)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("event attribute %s: got %v (%T), want %v (%T)", key, got[key], got[key], value, value)
		}
	}
}

// values turns attributes into Go values of their types.
func values(attributes []*common.KeyValue) map[string]any {
	m := map[string]any{}
	for _, kv := range attributes {
		switch v := kv.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			m[kv.GetKey()] = v.StringValue
		case *common.AnyValue_IntValue:
			m[kv.GetKey()] = v.IntValue
		case *common.AnyValue_DoubleValue:
			m[kv.GetKey()] = v.DoubleValue
		case *common.AnyValue_BoolValue:
			m[kv.GetKey()] = v.BoolValue
		default:
			m[kv.GetKey()] = fmt.Sprintf("%T", v)
		}
	}
	return m
}
