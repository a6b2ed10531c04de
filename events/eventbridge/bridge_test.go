package eventbridge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/events/eventbridge"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// memory is a log exporter that keeps what it gets.
type memory struct{ records []sdklog.Record }

func (m *memory) Export(_ context.Context, rs []sdklog.Record) error {
	for _, r := range rs {
		m.records = append(m.records, r.Clone())
	}
	return nil
}
func (*memory) Shutdown(context.Context) error   { return nil }
func (*memory) ForceFlush(context.Context) error { return nil }

// world is a span, a log provider with the bridge before an exporter, and what both have at the end.
type world struct {
	ctx  context.Context
	span trace.Span
	logs *sdklog.LoggerProvider
	out  memory
	rec  *tracetest.SpanRecorder
}

func newWorld(t *testing.T, options ...eventbridge.Option) *world {
	t.Helper()
	w := &world{rec: tracetest.NewSpanRecorder()}
	w.logs = sdklog.NewLoggerProvider(
		sdklog.WithProcessor(eventbridge.New(options...)),
		sdklog.WithProcessor(sdklog.NewSimpleProcessor(&w.out)))
	w.ctx, w.span = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w.rec)).Tracer("test").Start(context.Background(), "s")
	return w
}

func (w *world) events() []sdktrace.Event {
	w.span.End()
	return w.rec.Ended()[0].Events()
}

func record(name string) log.Record {
	var r log.Record
	r.SetEventName(name)
	r.SetTimestamp(time.Unix(1, 2))
	r.SetBody(attribute.StringValue("body"))
	r.AddAttributes(attribute.Int("n", 1), attribute.Map("g", attribute.Int("a", 1)))
	return r
}

func TestBridge(t *testing.T) {
	w := newWorld(t)
	w.logs.Logger("x").Emit(w.ctx, record("cart.checkout"))
	got := w.events()
	if len(got) != 1 || got[0].Name != "cart.checkout" || !got[0].Time.Equal(time.Unix(1, 2)) || len(got[0].Attributes) != 2 {
		t.Errorf("events are %v", got)
	}
	if len(w.out.records) != 1 || w.out.records[0].EventName() != "cart.checkout" {
		t.Errorf("the record did not go on: %v", w.out.records)
	}
}

func TestObservedTime(t *testing.T) {
	w := newWorld(t)
	r := record("x")
	r.SetTimestamp(time.Time{})
	r.SetObservedTimestamp(time.Unix(3, 4))
	w.logs.Logger("x").Emit(w.ctx, r)
	if got := w.events(); !got[0].Time.Equal(time.Unix(3, 4)) {
		t.Errorf("time is %v", got[0].Time)
	}
}

func TestWhatIsNotBridged(t *testing.T) {
	ended := func(w *world) { w.span.End() }
	for _, row := range []struct {
		name   string
		before func(*world)
		ctx    func(*world) context.Context
		event  string
	}{
		{"no name", nil, nil, ""},
		{"no span", nil, func(*world) context.Context { return context.Background() }, "x"},
		{"ended span", ended, nil, "x"},
		{"unsampled span", nil, func(w *world) context.Context {
			return trace.ContextWithSpanContext(context.Background(), w.span.SpanContext().WithTraceFlags(0))
		}, "x"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			ctx := w.ctx
			if row.ctx != nil {
				ctx = row.ctx(w)
			}
			if row.before != nil {
				row.before(w)
			}
			w.logs.Logger("x").Emit(ctx, record(row.event))
			if got := w.events(); len(got) != 0 {
				t.Errorf("events are %v, want none", got)
			}
			if len(w.out.records) != 1 {
				t.Errorf("%d records went on, want 1", len(w.out.records))
			}
		})
	}
}

func TestRecordOfAnotherSpan(t *testing.T) {
	w := newWorld(t)
	p := eventbridge.New()
	_, other := sdktrace.NewTracerProvider().Tracer("test").Start(context.Background(), "other")
	var kept sdklog.Record
	keep := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewSimpleProcessor(&w.out)))
	keep.Logger("x").Emit(trace.ContextWithSpan(context.Background(), other), record("x"))
	kept = w.out.records[0]
	if err := p.OnEmit(w.ctx, &kept); err != nil {
		t.Fatal(err)
	}
	if got := w.events(); len(got) != 0 {
		t.Errorf("a record of another span is an event: %v", got)
	}
}

func TestNames(t *testing.T) {
	w := newWorld(t, nil, eventbridge.WithNames(func(r *sdklog.Record) string { return r.Body().AsString() }))
	w.logs.Logger("x").Emit(w.ctx, record(""))
	if got := w.events(); len(got) != 1 || got[0].Name != "body" {
		t.Errorf("events are %v", got)
	}
	w = newWorld(t, eventbridge.WithNames(func(*sdklog.Record) string { panic("name") }))
	w.logs.Logger("x").Emit(w.ctx, record(""))
	if got := w.events(); len(got) != 0 {
		t.Errorf("events are %v", got)
	}
}

func TestEnabled(t *testing.T) {
	w := newWorld(t)
	p := eventbridge.New()
	named := sdklog.EnabledParameters{EventName: "x"}
	if !p.Enabled(w.ctx, named) || !p.Enabled(w.ctx, sdklog.EnabledParameters{}) || p.Enabled(context.Background(), named) {
		t.Error("Enabled is wrong with a recording span")
	}
	w.span.End()
	if p.Enabled(w.ctx, named) {
		t.Error("Enabled on an ended span")
	}
}

// One log call is one span event whatever the route, with the bridge in the provider.
func TestRoutes(t *testing.T) {
	for _, row := range []struct {
		name    string
		route   events.Route
		event   string // event.name of the call
		events  int
		records int
	}{
		{"both, plain call", events.RouteBoth, "", 1, 1},
		{"both, named call", events.RouteBoth, "cart.checkout", 1, 1},
		{"events only", events.RouteEvents, "cart.checkout", 1, 0},
		{"records only, named call", events.RouteRecords, "cart.checkout", 1, 1},
		{"records only, plain call", events.RouteRecords, "", 0, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			l := slog.New(slogbridge.NewHandler(io.Discard, nil, &events.Policy{Logs: w.logs, Route: row.route}))
			args := []any{"n", 1, "err", errors.New("boom")}
			if row.event != "" {
				args = append(args, "event.name", row.event)
			}
			l.ErrorContext(w.ctx, "m", args...)
			if got := w.events(); len(got) != row.events {
				t.Errorf("%d events, want %d", len(got), row.events)
			}
			if len(w.out.records) != row.records {
				t.Fatalf("%d records, want %d", len(w.out.records), row.records)
			}
			if row.records == 1 {
				checkRecord(t, w.out.records[0], row.event)
			}
		})
	}
}

func checkRecord(t *testing.T, r sdklog.Record, event string) {
	t.Helper()
	attrs := map[string]string{}
	r.WalkAttributes(func(kv attribute.KeyValue) bool { attrs[string(kv.Key)] = kv.Value.String(); return true })
	if r.Severity() != log.SeverityError || r.SeverityText() != "ERROR" || r.Body().AsString() != "m" || r.EventName() != event {
		t.Errorf("record is %v %q %v %q", r.Severity(), r.SeverityText(), r.Body(), r.EventName())
	}
	if attrs["n"] != "1" || attrs["err"] != "boom" || attrs["exception.message"] != "boom" || attrs["exception.type"] != "*errors.errorString" || !r.TraceID().IsValid() {
		t.Errorf("attributes are %v, trace %v", attrs, r.TraceID())
	}
}

// What the policy leaves out does not come back through the bridge.
func TestTheBridgeDoesNotUndoThePolicy(t *testing.T) {
	for _, row := range []struct {
		name   string
		p      events.Policy
		muted  bool
		calls  int
		events int
	}{
		{"events off", events.Policy{EventLevel: events.Off}, false, 1, 0},
		{"muted", events.Policy{}, true, 1, 0},
		{"muted, records only", events.Policy{Route: events.RouteRecords}, true, 1, 0},
		{"past the budget", events.Policy{}, false, 300, 96},
		{"past the budget, records only", events.Policy{Route: events.RouteRecords}, false, 300, 96},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			row.p.Logs = w.logs
			ctx := w.ctx
			if row.muted {
				ctx = span.Mute(ctx)
			}
			l := slog.New(slogbridge.NewHandler(io.Discard, nil, &row.p))
			for i := range row.calls {
				l.InfoContext(ctx, "m", "event.name", fmt.Sprintf("e%d", i))
			}
			got := w.events()
			if len(got) != row.events || row.events > 0 && got[0].Name != "e0" {
				t.Errorf("%d events, want %d from the first on", len(got), row.events)
			}
			if len(w.out.records) != row.calls {
				t.Errorf("%d records, want %d", len(w.out.records), row.calls)
			}
		})
	}
}

// Two outputs of ours with one provider make one record and one event of a call, on every route.
func TestTwoOutputs(t *testing.T) {
	for _, route := range []events.Route{events.RouteBoth, events.RouteRecords} {
		w := newWorld(t)
		p := &events.Policy{Logs: w.logs, Route: route}
		l := slog.New(slog.NewMultiHandler(slogbridge.NewHandler(io.Discard, nil, p), slogbridge.Wrap(slog.NewTextHandler(io.Discard, nil), p)))
		l.InfoContext(w.ctx, "m", "event.name", "e")
		if got := w.events(); len(got) != 1 || len(w.out.records) != 1 {
			t.Errorf("route %d: %d events, %d records, want one of each", route, len(got), len(w.out.records))
		}
	}
}

// A record needs no span.
func TestRecordWithoutASpan(t *testing.T) {
	w := newWorld(t)
	slog.New(slogbridge.NewHandler(io.Discard, nil, &events.Policy{Logs: w.logs})).Info("m")
	if len(w.out.records) != 1 {
		t.Errorf("%d records, want 1", len(w.out.records))
	}
	w.span.End()
}
