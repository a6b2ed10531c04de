package tracing

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/e2e/server"
	"github.com/spanlog/spanlog/span/setup"
)

// sendCheckout sends a trace of a root, a good child and a failed one to where the variables say, and returns its id
// with its spans as Jaeger must have them. The error is that of Shutdown.
func sendCheckout(t *testing.T) (id string, want []found, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	recorded := &kept{}
	sdk, err := setup.New(ctx, setup.WithServiceName("shop"), setup.WithSpanProcessor(recorded))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	id = checkout(ctx, sdk.TracerProvider.Tracer("e2e"))
	return id, recorded.want(), sdk.Shutdown(ctx)
}

// checkout ends three spans with times to the nanosecond.
func checkout(ctx context.Context, tracer trace.Tracer) (id string) {
	began := time.Now().Truncate(time.Second).Add(123456789)
	at := func(offset time.Duration) trace.SpanEventOption { return trace.WithTimestamp(began.Add(offset)) }
	ctx, root := tracer.Start(ctx, "POST /checkout", at(0), trace.WithSpanKind(trace.SpanKindServer))
	root.SetAttributes(
		attribute.String("http.request.method", "POST"), attribute.Int64("http.response.status_code", 402),
		attribute.Int64("big", 1<<62+1), attribute.Float64("fee", 0.1), attribute.Bool("retry", false),
		attribute.StringSlice("tags", []string{"a", "ü\n\"", ""}))
	_, cart := tracer.Start(ctx, "validate_cart", at(time.Millisecond))
	cart.SetStatus(codes.Ok, "")
	cart.End(at(2 * time.Millisecond))
	_, charge := tracer.Start(ctx, "charge_payment", at(3*time.Millisecond), trace.WithSpanKind(trace.SpanKindClient))
	charge.AddEvent("calling the bank", at(3100*time.Microsecond))
	charge.AddEvent("card declined", at(3200*time.Microsecond), trace.WithAttributes(attribute.Int64("amount", 42), attribute.String("card", "visa")))
	charge.AddEvent("calling the bank", at(3300*time.Microsecond))
	charge.SetStatus(codes.Error, "card declined")
	charge.End(at(4 * time.Millisecond))
	root.End(at(5*time.Millisecond + 7))
	return root.SpanContext().TraceID().String()
}

// TestReadBack sends to Jaeger as it is, and through a collector that wants TLS and a password in a header.
func TestReadBack(t *testing.T) {
	jaeger := server.RunJaeger(t)
	certificate, key := selfSigned(t)
	collector := server.RunCollector(t, jaeger, certificate, key)
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		for _, compression := range []string{"none", "gzip"} {
			variables := map[string]string{
				"OTEL_EXPORTER_OTLP_PROTOCOL":    protocol,
				"OTEL_EXPORTER_OTLP_COMPRESSION": compression,
				"OTEL_RESOURCE_ATTRIBUTES":       "deployment.environment.name=test,team=a%20b",
				"OTEL_EXPORTER_OTLP_ENDPOINT":    choose(protocol, jaeger.GRPC, jaeger.HTTP),
			}
			t.Run(fmt.Sprintf("%s %s to Jaeger", protocol, compression), func(t *testing.T) {
				setEnvironment(t, variables)
				checkReadBack(t, jaeger.URL)
			})
			t.Run(fmt.Sprintf("%s %s with TLS and headers to the collector", protocol, compression), func(t *testing.T) {
				setEnvironment(t, variables)
				secure(t, choose(protocol, collector.SecuredGRPC, collector.SecuredHTTP), certificate, server.CollectorPassword)
				checkReadBack(t, jaeger.URL)
			})
		}
		t.Run(protocol+" with the wrong password", func(t *testing.T) {
			setEnvironment(t, map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": protocol})
			secure(t, choose(protocol, collector.SecuredGRPC, collector.SecuredHTTP), certificate, "guessed")
			id, _, err := sendCheckout(t)
			if err == nil || len(readBack(t, jaeger.URL, id)) > 0 {
				t.Errorf("got %v and %d spans, want an error and no span", err, len(readBack(t, jaeger.URL, id)))
			}
		})
	}
}

func choose(protocol, grpc, http string) string {
	if protocol == "grpc" {
		return grpc
	}
	return http
}

// secure sets the variables for TLS and basic authentication.
func secure(t *testing.T, endpoint string, certificate []byte, password string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
	t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", file)
	credentials := base64.StdEncoding.EncodeToString([]byte(server.CollectorUser + ":" + password))
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20"+credentials)
}

// checkReadBack compares what Jaeger has with what the SDK ended, and that with what checkout did.
func checkReadBack(t *testing.T, jaeger string) {
	t.Helper()
	id, want, err := sendCheckout(t)
	if err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	got := readBack(t, jaeger, id)
	equal(t, got, want)
	root, cart, charge := got[0], got[1], got[2]
	if root.Name != "POST /checkout" || root.Parent != "" || cart.Parent != root.ID || charge.Parent != root.ID {
		t.Errorf("got %q with parent %q, and children of %q and %q", root.Name, root.Parent, cart.Parent, charge.Parent)
	}
	if root.Values["big"] != int64(1<<62+1) || root.Values["fee"] != 0.1 || root.Values["retry"] != false {
		t.Errorf("attributes: got %#v", root.Values)
	}
	if charge.Status != 2 || charge.Message != "card declined" || cart.Status != 1 || root.Status != 0 {
		t.Errorf("status: got %d %q, %d, %d", charge.Status, charge.Message, cart.Status, root.Status)
	}
	if len(charge.Events) != 3 || charge.Events[1].Name != "card declined" || charge.Events[1].Time.Sub(charge.Start) != 200*time.Microsecond {
		t.Errorf("events: got %+v", charge.Events)
	}
	if r := root.Resource; r["service.name"] != "shop" || r["team"] != "a b" || r["deployment.environment.name"] != "test" {
		t.Errorf("resource: got %v", r)
	}
}
