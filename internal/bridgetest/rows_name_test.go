package bridgetest

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func nameRows() []row {
	return []row{
		{name: "name-message", says: "an event is named by the message",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("order paid")
				wantName(t, s.event(), "order paid")
			}},
		{name: "name-empty", says: "the event of a call without a message is named log",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("", f("a", 1))
				e := s.event()
				wantName(t, e, "log")
				wantAttr(t, e, "a", int64(1))
			}},
		{name: "name-cut", says: "an event's name is cut at 256 bytes, on a rune; the line has all of the message",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				message := strings.Repeat("é", 1000)
				s.info(message)
				wantMessage(t, s.line(), message)
				name := s.event().Name
				if len(name) > 256 || len(name) < 250 || !utf8.ValidString(name) {
					t.Errorf("got %d bytes %q, want at most 256, valid", len(name), name)
				}
			}},
		{name: "name-field", says: "event.name in the call names the event, is no attribute, and stays on the line",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("event.name", "order.paid"), f("a", 1))
				wantMember(t, s.line(), "event.name", "order.paid")
				wantNamed(t, s.event(), "order.paid")
			}},
		{name: "name-field-with", says: "event.name in With names the event, is no attribute, and stays on the line",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("event.name", "order.paid")).log(s.ctx, 0, "m", f("a", 1))
				wantMember(t, s.line(), "event.name", "order.paid")
				wantNamed(t, s.event(), "order.paid")
			}},
		{name: "time", says: "the event has the record's time",
			run: func(t *testing.T, with func(setting) *stage) {
				at := time.Date(2024, 2, 29, 12, 30, 45, 123456789, time.UTC)
				s := with(setting{clock: func() time.Time { return at }})
				before := time.Now()
				s.log(s.ctx, 0, "m")
				want := s.want(at)
				got := s.event().Time
				if want == near {
					if got.Before(before) || got.After(time.Now()) {
						t.Errorf("got %v, want the moment of the call", got)
					}
				} else if !got.Equal(at) {
					t.Errorf("got %v, want %v", got, want)
				}
			}},
	}
}

// near as an expectation of the row "time" is the moment of the call.
const near = "near"

func wantName(t *testing.T, e event, want string) {
	t.Helper()
	if e.Name != want {
		t.Errorf("got the name %q, want %q", e.Name, want)
	}
}

func wantNamed(t *testing.T, e event, want string) {
	t.Helper()
	wantName(t, e, want)
	wantAttr(t, e, "a", int64(1))
	if v, there := e.attrs["event.name"]; there {
		t.Errorf("got the attribute event.name %v, want none", v)
	}
}
