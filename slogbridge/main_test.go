package slogbridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/testenv"
)

func TestMain(m *testing.M) {
	testenv.Clear()
	m.Run()
}

// recording returns a context with a recording span, and a function that ends it and returns its events.
func recording(t testing.TB) (context.Context, func() sdktrace.ReadOnlySpan) {
	t.Helper()
	rec := tracetest.NewSpanRecorder()
	ctx, s := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(rec)).Tracer("test").Start(context.Background(), "s")
	return ctx, func() sdktrace.ReadOnlySpan {
		s.End()
		return rec.Ended()[0]
	}
}

// unsampled returns a context with a span that is not sampled.
func unsampled() context.Context {
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	return trace.ContextWithSpanContext(context.Background(), sc)
}

func attrs(kvs []attribute.KeyValue) map[string]string {
	m := map[string]string{}
	for _, kv := range kvs {
		m[string(kv.Key)] = kv.Value.String()
	}
	return m
}

// object decodes one line.
func object(t testing.TB, line []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return m
}

func objects(t testing.TB, b *bytes.Buffer) (all []map[string]any) {
	t.Helper()
	for line := range bytes.Lines(b.Bytes()) {
		all = append(all, object(t, line))
	}
	return all
}

// uncomparable is a handler that cannot be compared.
type uncomparable struct {
	slog.Handler
	_ []int
}

func (u uncomparable) WithAttrs(as []slog.Attr) slog.Handler {
	return uncomparable{Handler: u.Handler.WithAttrs(as)}
}
func (u uncomparable) WithGroup(n string) slog.Handler {
	return uncomparable{Handler: u.Handler.WithGroup(n)}
}
