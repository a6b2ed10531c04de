package zerologbridge

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/spanlog/spanlog/events"
)

// tracing is a recording span and what becomes of it.
type tracing struct {
	ctx   context.Context
	span  trace.Span
	ended func() sdktrace.ReadOnlySpan
}

// recording starts a span.
func recording(t testing.TB) tracing {
	t.Helper()
	rec := tracetest.NewSpanRecorder()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(rec))
	ctx, span := tp.Tracer("test").Start(context.Background(), "work")
	return tracing{ctx, span, func() sdktrace.ReadOnlySpan {
		span.End()
		return rec.Ended()[0]
	}}
}

// events returns the span's events.
func (tr tracing) events(t testing.TB, n int) []sdktrace.Event {
	t.Helper()
	got := tr.ended().Events()
	if len(got) != n {
		t.Fatalf("got %d events, want %d: %.2000v", len(got), n, got)
	}
	return got
}

// ids are the ids of the span as they stand on a line.
func (tr tracing) ids() string { return idsOf(tr.span.SpanContext()) }

func idsOf(sc trace.SpanContext) string {
	return `"trace_id":"` + sc.TraceID().String() + `","span_id":"` + sc.SpanID().String() + `","trace_flags":"` + sc.TraceFlags().String() + `"`
}

// fixed is a span context that does not record: of a remote caller, or one that is not sampled.
func fixed(flags trace.TraceFlags, remote bool) context.Context {
	sc := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{0x4b, 0xf9, 15: 0x36}, SpanID: trace.SpanID{0xab, 7: 0x01}, TraceFlags: flags, Remote: remote,
	})
	return trace.ContextWithSpanContext(context.Background(), sc)
}

const fixedIDs = `"trace_id":"4bf90000000000000000000000000036","span_id":"ab00000000000001","trace_flags":"00"`

// capture is a recording span that keeps its events' options; it costs little, for fuzzing and allocation counts.
type capture struct {
	noop.Span
	id     uint64 // makes the span another one, so that each has a budget of its own
	names  []string
	events []trace.EventConfig
}

func (*capture) IsRecording() bool { return true }
func (c *capture) SpanContext() trace.SpanContext {
	id := trace.SpanID{7: 1}
	binary.BigEndian.PutUint32(id[:], uint32(c.id))
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: id, TraceFlags: 1})
}

var captures atomic.Uint64

func (c *capture) AddEvent(name string, options ...trace.EventOption) {
	cfg := trace.NewEventConfig(options...)
	c.names = append(c.names, name)
	c.events = append(c.events, cfg)
}

// converted returns the attributes of an unfinished line, without the severity.
func converted(line string, level zerolog.Level) []attribute.KeyValue {
	h := newHook((*events.Policy)(nil).Rules())
	return added(level, func(e *events.Event) { h.record(e, &glance{line: []byte(line)}, level) })
}

// added returns the attributes that are added to an event, without the severity.
func added(level zerolog.Level, add func(*events.Event)) []attribute.KeyValue {
	rules := (*events.Policy)(nil).Rules()
	span := &capture{id: captures.Add(1)}
	e := rules.Begin(new(rules.Scope(trace.ContextWithSpan(context.Background(), span), nil)), levelOf(level), &events.Call{})
	add(e)
	e.End("X", "m", time.Time{})
	attrs := span.events[0].Attributes()
	return slices.Clone(attrs[1:])
}

// show writes attributes as key=value with the type where it is not string.
func show(attrs []attribute.KeyValue) string {
	var b []string
	for _, kv := range attrs {
		s := string(kv.Key) + "=" + kv.Value.String()
		if kv.Value.Type() != attribute.STRING {
			s += ":" + kv.Value.Type().String()
		}
		b = append(b, s)
	}
	return strings.Join(b, " | ")
}

// attrsOf shows an event's attributes without the severity, which is returned by itself.
func attrsOf(e sdktrace.Event) (severity, rest string) {
	return e.Attributes[0].Value.AsString(), show(e.Attributes[1:])
}

// plain is a zerolog logger into a buffer.
func plain() (*bytes.Buffer, zerolog.Logger) {
	var b bytes.Buffer
	return &b, zerolog.New(&b)
}

func checkLine(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("line\n got %s\nwant %s", got, want)
	}
	checkJSON(t, got)
}

// checkJSON wants valid JSON without a key twice at the root.
func checkJSON(t testing.TB, line string) {
	t.Helper()
	if !json.Valid([]byte(line)) {
		t.Fatalf("not JSON: %s", line)
	}
	if keys, twice := rootKeys(line); twice != "" {
		t.Errorf("key %q twice in %v", twice, keys)
	}
}

func rootKeys(line string) (keys []string, twice string) {
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	d.Token()
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return keys, ""
		}
		if slices.Contains(keys, k.(string)) {
			twice = k.(string)
		}
		keys = append(keys, k.(string))
		var skip json.RawMessage
		if d.Decode(&skip) == io.EOF {
			break
		}
	}
	return keys, twice
}

// withGlobals lets a test change zerolog's globals.
func withGlobals(t *testing.T, change func()) {
	level, message, timestamp, errName, caller := zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.TimestampFieldName, zerolog.ErrorFieldName, zerolog.CallerFieldName
	marshal, now, exit, handler := zerolog.LevelFieldMarshalFunc, zerolog.TimestampFunc, zerolog.FatalExitFunc, zerolog.ErrorHandler
	t.Cleanup(func() {
		zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.TimestampFieldName, zerolog.ErrorFieldName, zerolog.CallerFieldName = level, message, timestamp, errName, caller
		zerolog.LevelFieldMarshalFunc, zerolog.TimestampFunc, zerolog.FatalExitFunc, zerolog.ErrorHandler = marshal, now, exit, handler
	})
	change()
}

// atNoon stops zerolog's clock.
func atNoon(t *testing.T) {
	withGlobals(t, func() {
		zerolog.TimestampFunc = func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 123456789, time.UTC) }
	})
}
