//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/log/embedded"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// both makes a logger of each kind.
func both(b *bytes.Buffer, p *events.Policy) map[string]zerolog.Logger {
	return map[string]zerolog.Logger{"New": New(b, p), "Wrap": Wrap(zerolog.New(b), p)}
}

func TestContextFields(t *testing.T) {
	member, _ := baggage.NewMember("user.id", "ann")
	bag, _ := baggage.New(member)
	var b bytes.Buffer
	for name, l := range both(&b, &events.Policy{Baggage: []string{"user.id"}}) {
		for _, bound := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				b.Reset()
				tr := recording(t)
				ctx := events.ContextWith(baggage.ContextWithBaggage(tr.ctx, bag), slog.String("tenant", "acme"), slog.Int("n", 1))
				e := l.Info().Ctx(ctx)
				if bound {
					l := With(ctx, l)
					e = l.Info()
				}
				e.Dict("d", zerolog.Dict().Int("a", 1)).Msg("m")
				checkJSON(t, b.String())
				if got := b.String(); !strings.Contains(got, tr.ids()+`,"tenant":"acme","n":1,"user.id":"ann","message":"m"}`) {
					t.Errorf("got %s", got)
				}
				if _, got := attrsOf(tr.events(t, 1)[0]); got != "tenant=acme | n=1:INT64 | user.id=ann | d.a=1:INT64" {
					t.Errorf("got %s", got)
				}
			})
		}
	}
}

// Fields of a context are on the line without a span too, also under a first key that zerolog has to escape.
func TestContextFieldsWithoutSpan(t *testing.T) {
	b, l := plain()
	l = Wrap(l, nil)
	l.Info().Ctx(events.ContextWith(context.Background(), slog.String("a\"b\u00e9", "x"), slog.Bool("c", true))).Msg("m")
	checkLine(t, b.String(), `{"level":"info","a\"bé":"x","c":true,"message":"m"}`+"\n")
}

func TestMute(t *testing.T) {
	var b bytes.Buffer
	for name, l := range both(&b, nil) {
		t.Run(name, func(t *testing.T) {
			b.Reset()
			tr := recording(t)
			l.Error().Ctx(spanstate.Mute(tr.ctx)).Msg("m")
			if !strings.Contains(b.String(), tr.ids()) {
				t.Errorf("got %s, want ids", b.String())
			}
			s := tr.ended()
			if len(s.Events()) != 0 || s.Status().Code != codes.Unset {
				t.Errorf("got %v, %v", s.Events(), s.Status())
			}
		})
	}
}

func TestDynamicLevel(t *testing.T) {
	level := new(slog.LevelVar)
	tr := recording(t)
	l := With(tr.ctx, New(nil, &events.Policy{EventLevel: level}))
	l.Info().Msg("an event")
	level.Set(slog.LevelWarn)
	l.Info().Msg("none")
	level.Set(slog.LevelDebug)
	l.Debug().Msg("an event again")
	if got := tr.events(t, 2); got[0].Name != "an event" || got[1].Name != "an event again" {
		t.Errorf("got %v", got)
	}
}

func TestGroupsMap(t *testing.T) {
	tr := recording(t)
	l := With(tr.ctx, New(nil, &events.Policy{Groups: events.GroupsMap}))
	l.Info().Dict("d", zerolog.Dict().Int("a.b", 1).Dict("e", zerolog.Dict().Str("f", "g").Ints("i", []int{1}))).Int("d.x", 2).Msg("m")
	_, got := attrsOf(tr.events(t, 1)[0])
	if want := `d={"a.b":1,"e":{"f":"g","i":[1]}}:MAP | d.x=2:INT64`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The first error of a call may stand in a dict, as text under zerolog's own key.
func TestErrorInDict(t *testing.T) {
	tr := recording(t)
	l := With(tr.ctx, New(nil, nil))
	l.Error().Dict("d", zerolog.Dict().Err(io.EOF)).Err(io.ErrClosedPipe).Msg("m")
	if _, got := attrsOf(tr.events(t, 1)[0]); got != "d.error=EOF | error=io: read/write on closed pipe | exception.message=EOF" {
		t.Errorf("got %s", got)
	}
}

// Two equal calls are two events: nothing that zerolog knows of a call is the same in both but by chance.
func TestEqualCalls(t *testing.T) {
	atNoon(t)
	tr := recording(t)
	var b bytes.Buffer
	for range 2 {
		for _, l := range both(&b, nil) { // another output each time, at the same moment
			l.Info().Ctx(tr.ctx).Msg("m")
			l.Info().Ctx(tr.ctx).Msg("m")
		}
	}
	tr.events(t, 8)
}

// A key that stands on the line twice is on the event twice: the SDK keeps both.
func TestRepeatedKeysOnEvent(t *testing.T) {
	if got := show(converted(`{"a":1,"a":2`, zerolog.InfoLevel)); got != "a=1:INT64 | a=2:INT64" {
		t.Errorf("got %s", got)
	}
	tr := recording(t)
	l := With(tr.ctx, New(nil, nil))
	l.Info().Int("a", 1).Int("b", 3).Int("a", 2).Msg("m")
	if _, got := attrsOf(tr.events(t, 1)[0]); got != "a=1:INT64 | b=3:INT64 | a=2:INT64" {
		t.Errorf("got %s", got)
	}
}

// records is a logger provider that keeps what is emitted.
type records struct {
	embedded.LoggerProvider
	got []log.Record
}

func (r *records) Logger(string, ...log.LoggerOption) log.Logger { return recordLogger{r: r} }

type recordLogger struct {
	embedded.Logger
	r *records
}

func (l recordLogger) Emit(_ context.Context, rec log.Record) { l.r.got = append(l.r.got, rec) }
func (l recordLogger) Enabled(_ context.Context, _ log.EnabledParameters) bool {
	return true
}

func TestLogRecords(t *testing.T) {
	tests := []struct {
		name            string
		route           events.Route
		spanned         bool
		events, records int
	}{
		{"both", events.RouteBoth, true, 1, 1}, {"events", events.RouteEvents, true, 1, 0}, {"records", events.RouteRecords, true, 0, 1}, {"without a span", events.RouteBoth, false, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr, got := recording(t), &records{}
			l := New(io.Discard, &events.Policy{Logs: got, Route: tt.route})
			ctx := context.Background()
			if tt.spanned {
				ctx = tr.ctx
			}
			l.Warn().Ctx(ctx).Str("event.name", "n").Int("amount", 42).Dict("d", zerolog.Dict().Int("a", 1)).Msg("charged")
			tr.events(t, tt.events)
			if len(got.got) != tt.records {
				t.Fatalf("got %d records, want %d", len(got.got), tt.records)
			}
			for _, rec := range got.got {
				if rec.Severity() != log.SeverityWarn || rec.SeverityText() != "WARN" || rec.EventName() != "n" || rec.Body().AsString() != "charged" || rec.AttributesLen() != 2 || rec.Timestamp().IsZero() {
					t.Errorf("got %v %v %v %v, %d attributes", rec.Severity(), rec.SeverityText(), rec.EventName(), rec.Body(), rec.AttributesLen())
				}
			}
		})
	}
}
