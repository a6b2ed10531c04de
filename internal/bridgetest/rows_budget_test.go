package bridgetest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/span"
)

func dropped(t *testing.T, s *stage) any {
	t.Helper()
	return readAttributes(t, s.end().Attributes())["log.events.dropped"]
}

func budgetRows() []row {
	return []row{
		{name: "budget", says: "the first 96 events of a span stay, then 30 more at Warn and above; what is left out is said on the span",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				for i := range 200 {
					s.info("info " + digits(i))
				}
				for i := range 40 {
					s.log(s.ctx, slog.LevelWarn, "warn "+digits(i))
				}
				s.wantLines(240)
				s.wantNames(126, map[int]string{0: "info 0", 95: "info 95", 96: "warn 0", 125: "warn 29"})
				if got := dropped(t, s); got != int64(64) { // of 114, said at powers of two
					t.Errorf("log.events.dropped: got %v, want 64", got)
				}
			}},
		{name: "budget-certain", says: "in a span of span.Do 126 calls lose nothing, and more lose the middle: counted exactly",
			run: func(t *testing.T, with func(setting) *stage) {
				for _, tt := range []struct {
					calls int
					lost  any
				}{{126, nil}, {300, int64(174)}} {
					s := with(setting{})
					_ = span.Do(s.ctx, "certain", func(ctx context.Context) error {
						for i := range tt.calls {
							s.log(ctx, slog.LevelInfo, "info "+digits(i))
						}
						return nil
					})
					ended := s.recorder.Ended()[0]
					if got := readAttributes(t, ended.Attributes())["log.events.dropped"]; got != tt.lost {
						t.Errorf("%d calls: log.events.dropped: got %v, want %v", tt.calls, got, tt.lost)
					}
					all := ended.Events()
					if len(all) != 126 || all[0].Name != "info 0" || all[125].Name != "info "+digits(tt.calls-1) {
						t.Errorf("%d calls: got %d events", tt.calls, len(all))
					}
				}
			}},
		{name: "budget-exceptions", says: "exceptions of package span have places of their own",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				for range 300 {
					s.log(s.ctx, slog.LevelWarn, "w")
				}
				_ = span.Fail(s.ctx, errors.New("at last"))
				s.wantNames(127, map[int]string{0: "w", 126: "exception"})
				if n := s.end().DroppedEvents(); n != 0 {
					t.Errorf("the SDK dropped %d events, want none", n)
				}
			}},
	}
}

// wantNames wants so many events, some of them by name.
func (s *stage) wantNames(n int, names map[int]string) {
	s.t.Helper()
	all := s.end().Events()
	if len(all) != n {
		s.t.Fatalf("got %d events, want %d", len(all), n)
	}
	for i, want := range names {
		if all[i].Name != want {
			s.t.Errorf("event %d: got %q, want %q", i, all[i].Name, want)
		}
	}
}

func outputRows() []row {
	return []row{
		{name: "equal-calls", says: "two equal calls are two lines and two events",
			run: func(t *testing.T, with func(setting) *stage) {
				at := time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC)
				with(setting{policy: &events.Policy{}}) // with another output around, calls are told apart
				s := with(setting{clock: func() time.Time { return at }})
				s.info("m", f("a", 1))
				s.info("m", f("a", 1))
				s.wantLines(2)
				s.wantEvents(2)
			}},
		{name: "sampled-away", says: "a call that a sampler takes away is no line and no event",
			not: func(fl flavour) bool { return !fl.samples },
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{away: true})
				for range 3 {
					s.info("m", f("a", 1))
				}
				s.wantLines(1)
				s.wantEvents(1)
			}},
		{name: "wrap-again", says: "Wrap of what is ours is ours, with the policy it has",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				again := s.with(f("a", 1)).again()
				again.log(s.ctx, 0, "m", f("b", 2))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				again.log(s.ctx, slog.LevelDebug, "m") // a line, but no event by the policy it has
				s.wantLines(1)
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantAttr(t, e, "b", int64(2))
			}},
		{name: "bound-foreign", says: "With wraps a logger that is not ours, with the defaults",
			not: func(fl flavour) bool { return fl.foreign == nil },
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.flavour.foreign(s.out).with(f("a", 1)).bind(s.ctx).bare(0, "m", f("b", 2))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantAttr(t, s.event(), "b", int64(2))
			}},
	}
}

func limitRows() []row {
	return []row{
		{name: "limit-attributes", says: "of more than 128 attributes the event keeps 128, exception.* among them, and counts the others; the line has all",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				var all []field
				for i := range 200 {
					all = append(all, f("k"+digits(i), i))
				}
				s.info("m", append(all, f("error", errPlain))...)
				wantNumber(t, s.line(), "k199", "199")
				e := s.event()
				if len(e.attrs) != 128 || e.DroppedAttributeCount < 74 {
					t.Errorf("got %d attributes, %d dropped, want 128 and the others", len(e.attrs), e.DroppedAttributeCount)
				}
				wantAttr(t, e, "exception.message", "card declined")
			}},
		{name: "limit-key", says: "a key of an attribute is cut at 1 KiB, on a rune, with a mark; the line has all of it",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				long := strings.Repeat("é", 50_000)
				s.with(f("w"+long, []string{"x", "y"})).log(s.ctx, 0, "m", f("k"+long, "v"), f("a", 1), f("g", members{f(long, 3)}))
				line := s.line()
				wantMember(t, line, "k"+long, "v")
				e := s.event()
				for key := range e.attrs {
					if len(key) > 1<<10 || !utf8.ValidString(key) || len(key) > 20 && !strings.HasSuffix(key, "…") {
						t.Errorf("got a key of %d bytes", len(key))
					}
				}
				wantAttr(t, e, "a", int64(1))
				if len(e.attrs) != 5 {
					t.Errorf("got %d attributes, want those of the call, and the severity", len(e.attrs))
				}
			}},
		{name: "limit-string", says: "a string of an attribute is cut at 64 KiB, on a rune, with a mark; the line has all of it",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				long := strings.Repeat("é", 50_000)
				s.with(f("w", long)).log(s.ctx, 0, "m", f("k", long), f("a", 1))
				line := s.line()
				wantMember(t, line, "k", long)
				wantMember(t, line, "w", long)
				e := s.event()
				for _, key := range []string{"k", "w"} {
					text, _ := e.attrs[key].(string)
					if len(text) > 64<<10 || len(text) < 64<<10-8 || !utf8.ValidString(text) || !strings.HasSuffix(text, "…") {
						t.Errorf("%s: got %d bytes that end in %q", key, len(text), text[max(0, len(text)-8):])
					}
				}
				wantAttr(t, e, "a", int64(1))
			}},
	}
}
