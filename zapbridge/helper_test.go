package zapbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

var aTime = time.Date(2026, 11, 22, 10, 11, 12, 123456789, time.UTC)

// recording is a span of the SDK whose events can be read.
type recording struct {
	ctx  context.Context
	span sdktrace.ReadWriteSpan
}

func record(t testing.TB) recording {
	t.Helper()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tracetest.NewSpanRecorder()))
	ctx, s := tp.Tracer("test").Start(context.Background(), "op")
	t.Cleanup(func() { s.End() })
	return recording{ctx, s.(sdktrace.ReadWriteSpan)}
}

func (r recording) ids() (traceID, spanID string) {
	sc := r.span.SpanContext()
	return sc.TraceID().String(), sc.SpanID().String()
}

// event returns the one event of the span.
func (r recording) event(t testing.TB) map[string]attribute.Value {
	t.Helper()
	if n := len(r.span.Events()); n != 1 {
		t.Fatalf("events = %d, want 1", n)
	}
	m := map[string]attribute.Value{}
	for _, kv := range r.span.Events()[0].Attributes {
		if _, twice := m[string(kv.Key)]; twice {
			t.Errorf("attribute %s stands twice", kv.Key)
		}
		m[string(kv.Key)] = kv.Value
	}
	return m
}

// remote returns a context with an unsampled remote span.
func remote() context.Context {
	return trace.ContextWithRemoteSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2},
	}))
}

func traceIDOf(ctx context.Context) string {
	return trace.SpanContextFromContext(ctx).TraceID().String()
}

// parse returns the members of a line and fails on a key that stands twice at the root.
func parse(t testing.TB, line string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("%v in line %s", err, line)
	}
	for _, key := range rootKeys(t, line) {
		if n := count(rootKeys(t, line), key); n > 1 {
			t.Errorf("key %s stands %d times in %s", key, n, line)
		}
	}
	return m
}

func count(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

func rootKeys(t testing.TB, line string) (keys []string) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(line))
	depth, key := 0, true
	for {
		tok, err := dec.Token()
		if err != nil {
			return keys
		}
		if d, ok := tok.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
				key = depth == 1
				continue
			}
			depth--
			key = depth == 1
			continue
		}
		if depth != 1 {
			continue
		}
		if key {
			keys = append(keys, fmt.Sprint(tok))
		}
		key = !key
	}
}

func has(t testing.TB, m map[string]any, want map[string]any) {
	t.Helper()
	for k, v := range want {
		if fmt.Sprint(m[k]) != fmt.Sprint(v) {
			t.Errorf("%s = %v, want %v", k, m[k], v)
		}
	}
}

func hasEvent(t testing.TB, m map[string]attribute.Value, want map[string]any) {
	t.Helper()
	for k, v := range want {
		if got := m[k].AsInterface(); fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", v, v) {
			t.Errorf("event %s = %T %v, want %T %v", k, got, got, v, v)
		}
	}
}

// flavours are the two ways to ours; each test of both runs with either.
func flavours() map[string]func(*bytes.Buffer) *zap.Logger {
	return map[string]func(*bytes.Buffer) *zap.Logger{
		"core": func(b *bytes.Buffer) *zap.Logger { return zap.New(NewCore(b, zap.DebugLevel, nil)) },
		"wrap": func(b *bytes.Buffer) *zap.Logger { return Wrap(zap.New(plain(b)), nil) },
	}
}

// plain is zap's production core.
func plain(b *bytes.Buffer) zapcore.Core {
	return zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(b), zap.DebugLevel)
}

type clock struct{}

func (clock) Now() time.Time                         { return aTime }
func (clock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }
