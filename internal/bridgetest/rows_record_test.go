package bridgetest

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/events/eventbridge"
)

// records keeps what is exported to it.
type records struct{ all []sdklog.Record }

func (r *records) Export(_ context.Context, batch []sdklog.Record) error {
	for _, rec := range batch {
		r.all = append(r.all, rec.Clone())
	}
	return nil
}

func (*records) Shutdown(context.Context) error   { return nil }
func (*records) ForceFlush(context.Context) error { return nil }

// one returns the one record, with its attributes by key.
func (r *records) one(t *testing.T) (sdklog.Record, map[string]any) {
	t.Helper()
	if len(r.all) != 1 {
		t.Fatalf("got %d records, want 1", len(r.all))
	}
	var kvs []attribute.KeyValue
	r.all[0].WalkAttributes(func(kv attribute.KeyValue) bool {
		kvs = append(kvs, kv)
		return true
	})
	return r.all[0], readAttributes(t, kvs)
}

// routed is a setting that makes records, and where they are. Processors see each record before.
func routed(route events.Route, more ...sdklog.Processor) (setting, *records) {
	to := &records{}
	var options []sdklog.LoggerProviderOption
	for _, p := range append(more, sdklog.NewSimpleProcessor(to)) {
		options = append(options, sdklog.WithProcessor(p))
	}
	return setting{policy: &events.Policy{Logs: sdklog.NewLoggerProvider(options...), Route: route}}, to
}

func recordRows() []row {
	return []row{
		{name: "record", says: "with Policy.Logs a call is a log record too: the event's attributes, time, body, severity, and the span's ids",
			run: func(t *testing.T, with func(setting) *stage) {
				set, to := routed(events.RouteBoth)
				s := with(set)
				s.with(f("w", "x")).open("g").log(s.ctx, slog.LevelWarn, "paid", f("a", 1), f("error", errPlain))
				rec, attrs := to.one(t)
				e := s.event()
				delete(e.attrs, "log.severity")
				if !maps.Equal(attrs, e.attrs) {
					t.Errorf("got the attributes %v, want those of the event, %v", attrs, e.attrs)
				}
				wantAttr(t, event{attrs: attrs}, "w", "x")
				wantAttr(t, event{attrs: attrs}, "g.a", int64(1))
				if rec.Body().AsString() != "paid" || rec.Severity() != log.SeverityWarn1 || rec.SeverityText() != "WARN" || !rec.Timestamp().Equal(e.Time) {
					t.Errorf("got body %q, severity %v %q, time %v", rec.Body().AsString(), rec.Severity(), rec.SeverityText(), rec.Timestamp())
				}
				if sc := s.span.SpanContext(); rec.TraceID() != sc.TraceID() || rec.SpanID() != sc.SpanID() {
					t.Errorf("got the ids %v %v, want those of the span", rec.TraceID(), rec.SpanID())
				}
			}},
		{name: "record-severity", says: "its severity number is the level + 9, its text the library's name in capitals",
			run: func(t *testing.T, with func(setting) *stage) {
				for _, sev := range with(setting{}).flavour.levels {
					set, to := routed(events.RouteRecords)
					s := with(set)
					s.log(s.ctx, sev.level, "m")
					if sev.level == levelFatal && s.want(1) == 2 && len(to.all) == 2 {
						to.all = to.all[:1]
					}
					rec, _ := to.one(t)
					if want := log.Severity(sev.level) + 9; rec.Severity() != want || rec.SeverityText() != sev.name {
						t.Errorf("%s: got %d %q, want %d", sev.name, rec.Severity(), rec.SeverityText(), want)
					}
				}
			}},
		{name: "record-event-name", says: "its event name is that of the field event.name, and empty without one",
			run: func(t *testing.T, with func(setting) *stage) {
				set, to := routed(events.RouteBoth)
				s := with(set)
				s.info("m", f("event.name", "order.paid"))
				s.info("m")
				if len(to.all) != 2 || to.all[0].EventName() != "order.paid" || to.all[1].EventName() != "" {
					t.Errorf("got %d records, want two, the first with a name: %v", len(to.all), to.all)
				}
			}},
		{name: "record-without-span", says: "a call without a span is a record, too",
			run: func(t *testing.T, with func(setting) *stage) {
				set, to := routed(events.RouteBoth)
				s := with(set)
				s.log(context.Background(), 0, "m", f("a", 1))
				if want := s.want(1); len(to.all) == want {
					to.all = to.all[:1]
				}
				rec, attrs := to.one(t)
				wantAttr(t, event{attrs: attrs}, "a", int64(1))
				if rec.TraceID().IsValid() {
					t.Errorf("got the trace id %v, want none", rec.TraceID())
				}
			}},
		{name: "route-events", says: "RouteEvents makes an event and no record",
			run: func(t *testing.T, with func(setting) *stage) {
				set, to := routed(events.RouteEvents)
				s := with(set)
				s.info("m")
				s.wantEvents(1)
				if len(to.all) > 0 {
					t.Errorf("got %d records, want none", len(to.all))
				}
			}},
		{name: "route-records", says: "RouteRecords makes a record and no event; the span's status is set all the same",
			run: func(t *testing.T, with func(setting) *stage) {
				set, to := routed(events.RouteRecords)
				s := with(set)
				s.log(s.ctx, slog.LevelError, "m", f("a", 1))
				_, attrs := to.one(t)
				wantAttr(t, event{attrs: attrs}, "a", int64(1))
				s.wantEvents(0)
				wantStatus(t, s.end(), codes.Error, "m")
			}},
		{name: "route-once", says: "with events/eventbridge on the provider a call is one event, whatever the route",
			run: func(t *testing.T, with func(setting) *stage) {
				for _, route := range []events.Route{events.RouteBoth, events.RouteEvents, events.RouteRecords} {
					set, _ := routed(route, eventbridge.New())
					s := with(set)
					s.info("m", f("event.name", "order.paid"), f("a", 1))
					wantNamed(t, s.event(), "order.paid")
				}
			}},
		{name: "redact-record", says: "a record tells no more than the line does",
			run: func(t *testing.T, with func(setting) *stage) {
				set, to := routed(events.RouteBoth)
				set.policy.Redact = []events.Redaction{events.RedactKeys("password"), events.RedactPattern(cards)}
				s := with(set)
				s.with(f("password", "hunter2")).log(s.ctx, 0, "card "+secret, f("c", secret))
				rec, attrs := to.one(t)
				wantNoSecret(t, attrs, "hunter2")
				wantNoSecret(t, rec.Body().AsString())
			}},
	}
}
