package bridgetest

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/events/eventbridge"
)

func (o options) secondPolicy() *events.Policy {
	if o.latter != nil {
		return o.latter
	}
	return o.policy
}

// gapHandler stands between two outputs.
type gapHandler struct {
	discard slog.Handler
	gap     func()
}

func (gapHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h gapHandler) WithAttrs([]slog.Attr) slog.Handler     { return h }
func (h gapHandler) WithGroup(string) slog.Handler          { return h }
func (h gapHandler) Handle(context.Context, slog.Record) error {
	h.gap()
	return nil
}

// gapCore stands between two outputs.
type gapCore struct {
	zapcore.Core
	gap func()
}

func (gapCore) Enabled(zapcore.Level) bool          { return true }
func (c gapCore) With([]zapcore.Field) zapcore.Core { return c }
func (c gapCore) Write(zapcore.Entry, []zapcore.Field) error {
	c.gap()
	return nil
}

func (c gapCore) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return ce.AddCore(ent, c)
}

// oneOutput is for the rows about two: With puts a logger of two into one wrapper, where the second is no output of its own.
func oneOutput(fl flavour) bool { return !fl.two || fl.bound }

// twoRows are about a call that comes through two outputs.
func twoRows() []row {
	return []row{
		{name: "two-at-once", not: oneOutput,
			says: "a call through two outputs is one event and one record, however many goroutines wait between the two",
			run: func(t *testing.T, with func(setting) *stage) {
				const n = 100
				set, to := routed(events.RouteBoth)
				var all, between sync.WaitGroup
				between.Add(n)
				set.gap = func() {
					between.Done()
					between.Wait()
				}
				s := with(set)
				for i := range n {
					all.Go(func() { s.log(s.ctx, slog.LevelWarn, "m"+strconv.Itoa(i)) })
				}
				all.Wait()
				s.wantLines(n)
				s.wantEvents(n)
				if len(to.all) != n {
					t.Errorf("got %d records, want %d", len(to.all), n)
				}
			}},
		{name: "two-one-off", not: oneOutput,
			says: "of two outputs the one that makes an event decides event and status, whichever comes first",
			run: func(t *testing.T, with func(setting) *stage) {
				off := &events.Policy{EventLevel: events.Off, Redact: []events.Redaction{events.RedactPattern(cards)}}
				for _, set := range []setting{{policy: off, latter: &events.Policy{}}, {policy: &events.Policy{}, latter: off}} {
					s := with(set)
					s.log(s.ctx, slog.LevelError, secret, f("a", 1))
					wantNamed(t, s.event(), secret)
					wantStatus(t, s.end(), codes.Error, secret)
				}
				s := with(setting{policy: off})
				s.log(s.ctx, slog.LevelError, "m")
				s.wantEvents(0)
				wantStatus(t, s.end(), codes.Error, "m")
			}},
		{name: "two-one-records", not: oneOutput,
			says: "of two outputs, one of which makes records only, a call is one event: of events/eventbridge where it is on the provider, else of the other",
			run: func(t *testing.T, with func(setting) *stage) {
				for _, more := range [][]sdklog.Processor{nil, {eventbridge.New()}} {
					set, to := routed(events.RouteRecords, more...)
					for _, set := range []setting{{policy: set.policy, latter: &events.Policy{}}, {policy: &events.Policy{}, latter: set.policy}} {
						to.all = nil
						s := with(set)
						s.info("m", f("event.name", "order.paid"), f("a", 1))
						wantNamed(t, s.event(), "order.paid")
						to.one(t)
					}
				}
			}},
	}
}
