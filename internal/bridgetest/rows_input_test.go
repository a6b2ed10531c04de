package bridgetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// cyclic is a value without an end.
type cyclic struct{ Next *cyclic }

// pointer is a type whose methods need the value behind the pointer.
type pointer struct{ text string }

func (p *pointer) MarshalJSON() ([]byte, error) { return []byte(`"` + p.text + `"`), nil }

type stringer struct{ text string }

func (s *stringer) String() string { return s.text }

// badValue is a value that cannot be formatted, or not as it is.
type badValue struct {
	name  string
	value any
	line  string // what a line has of it: one of several texts with bars between
	event string // what an event has of it
}

// endlessError wraps itself. It gives up in the end, so that the row fails in place of the program.
type endlessError struct{ asked *int }

func (endlessError) Error() string { return "for ever" }
func (e endlessError) Unwrap() error {
	if *e.asked++; *e.asked > 100_000 {
		return nil
	}
	return e
}

func badValues() []badValue {
	endless := &cyclic{}
	endless.Next = endless
	return []badValue{
		{"cyclic", endless, "json: unsupported value", "json: unsupported value"},
		{"nil-error", (*codeError)(nil), "<nil>|nil pointer", "<nil>"},
		{"nil-pointer", (*pointer)(nil), "<nil>|null", "null"},
		{"nil-stringer", (*stringer)(nil), "<nil>", "<nil>|null"},
		{"nan", math.NaN(), "NaN", "NaN"},
		{"infinite", math.Inf(-1), "-Inf", "-Inf"},
		{"late-time", time.Date(12024, 2, 29, 0, 0, 0, 0, time.UTC), "year outside of range|12024-02-29T00:00:00|3684035546", "12024-02-29T00:00:00Z"},
		{"early-time", time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), "year outside of range|-0044-03-15T00:00:00|-8209127778", "-0044-03-15T00:00:00Z"},
		{"raw-json", json.RawMessage(`{"x":bad`), "nvalid", "nvalid"},
		{"channel", make(chan int), "json: unsupported type", "json: unsupported type"},
		{"func", func() {}, "json: unsupported type", "json: unsupported type"},
		{"complex", complex(1, 2), "json: unsupported type|1+2i", "json: unsupported type|1+2i"},
	}
}

// wantBad looks at the place of a bad value on the line and on the event. What has no form of its own is marked.
func (s *stage) wantBad(line object, e event, key string, bad badValue) {
	s.t.Helper()
	mark := s.want("!ERROR:")
	if mark == absent {
		return
	}
	onLine, attr := markOn(line, key), fmt.Sprint(e.attrs[key])
	_, there := e.attrs[key]
	if !there || !containsOne(attr, bad.event) || cannot(attr) && !strings.HasPrefix(attr, fmt.Sprint(mark)) {
		s.t.Errorf("%s: got the attribute %q, want %s%s", key, attr, mark, bad.event)
	}
	words := s.flavour.family == "slog" && s.flavour.read != nil // which are what fmt makes of a value
	if onLine == "" || !words && !containsOne(onLine, bad.line) || s.flavour.own && cannot(onLine) && !strings.HasPrefix(onLine, fmt.Sprint(mark)) {
		s.t.Errorf("%s: got %q on the line, want %s%s", key, onLine, mark, bad.line)
	}
}

// cannot reports whether the text says why a value could not be formatted.
func cannot(text string) bool { return containsOne(text, "unsupported|outside of range|nvalid") }

func containsOne(text, words string) bool {
	return slices.ContainsFunc(strings.Split(words, "|"), func(word string) bool { return strings.Contains(text, word) })
}

// badRows are about values, keys and contexts that are not as they should be: a valid line and an event come out.
func badRows() (all []row) {
	for _, bad := range badValues() {
		all = append(all, row{name: "bad-" + bad.name,
			says: "a value of that kind is told or marked, and costs neither the line, the event nor its neighbours, in the call or in With: " + bad.name,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("w", bad.value), f("a", 1)).log(s.ctx, 8, "m", f("b", 2), f("bad", bad.value), f("c", 3))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				e := s.event()
				for i, key := range []string{"a", "b", "c"} {
					wantNumber(t, line, key, digits(i+1))
					wantAttr(t, e, key, int64(i+1))
				}
				for _, key := range []string{"w", "bad"} {
					s.wantBad(line, e, key, bad)
				}
				wantUTF8(t, texts(e))
			}})
	}
	for _, chat := range []struct {
		name  string
		value func(chatty) any
		not   func(flavour) bool
	}{
		{"stringer", func(c chatty) any { return chattyStringer{c} }, jsonOfSlog},
		{"marshaler", func(c chatty) any { return chattyJSON{c} }, nil},
		{"error", func(c chatty) any { return chattyError{c} }, nil},
		{"object", func(c chatty) any { return chattyObject{c} }, nil},
	} {
		all = append(all, row{name: "logs-itself-" + chat.name, not: chat.not,
			says: "a value whose " + chat.name + " method logs with the same context does not hang",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				value := chat.value(chatty{func() { s.info("inner", f("i", 1)) }})
				s.inTime(func() { s.log(s.ctx, 8, "outer", f("a", 1), f("v", value), f("b", 2)) })
				wantOuter(t, s)
			}})
	}
	all = append(all, row{name: "bad-endless-error",
		says: "an error that wraps itself, or others without an end, is told as any other",
		run: func(t *testing.T, with func(setting) *stage) {
			s := with(setting{})
			asked := 0
			s.log(s.ctx, 8, "m", f("a", 1), f("error", endlessError{&asked}))
			wantMember(t, s.line(), "error", "for ever")
			wantAttr(t, s.event(), "exception.message", "for ever")
			if asked > 10_000 {
				t.Errorf("got the chain followed for ever")
			}
		}})
	return append(all, sizeRows()...)
}

// hung is set by a call that hangs, so that the rows behind it do not wait as long: then it is the code.
var hung atomic.Bool

// jsonOfSlog is for rows about Stringers, which slog's JSON does not ask.
func jsonOfSlog(fl flavour) bool {
	return fl.family == "slog" && !strings.HasPrefix(fl.name, "slog-text")
}

// inTime runs a call that may hang. Where it does, nothing else can be asked.
func (s *stage) inTime(call func()) {
	s.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer failOnPanic(s.t)
		call()
	}()
	patience := 30 * time.Second // half of what package mutants gives a run
	if hung.Load() {
		patience = 200 * time.Millisecond
	}
	select {
	case <-done:
	case <-time.After(patience):
		hung.Store(true)
		s.t.Fatal("the call hangs")
	}
}

// wantOuter wants the line and the event of the outer call whole, whatever was logged inside it.
func wantOuter(t *testing.T, s *stage) {
	t.Helper()
	lines := s.lines()
	outer := 0
	for _, line := range lines {
		otelIDs.wantAt(t, line, s.span.SpanContext())
		if message(line) == "outer" {
			outer++
			wantNumber(t, line, "a", "1")
			wantNumber(t, line, "b", "2")
		} else {
			wantNumber(t, line, "i", "1")
		}
	}
	if outer != 1 {
		t.Errorf("got %d lines of the outer call, want 1", outer)
	}
	all := s.end().Events()
	outer = 0
	for _, e := range all {
		if e.Name == "outer" {
			outer++
			wantAttr(t, readEvent(t, e), "a", int64(1))
			wantAttr(t, readEvent(t, e), "b", int64(2))
		}
	}
	if outer != 1 {
		t.Errorf("got %d events of the outer call, want 1", outer)
	}
}

func sizeRows() []row {
	return []row{
		{name: "huge-string", says: "a string of 10 MB is all on the line; the event has its beginning",
			not: func(fl flavour) bool { return fl.bound },
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				huge := strings.Repeat("0123456789", 1<<20)
				s.info("m", f("huge", huge), f("a", 1))
				if got := s.line()["huge"]; !equal(got, huge) {
					t.Errorf("got %d bytes, want all of %d", len(fmt.Sprint(got)), len(huge))
				}
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				if text, _ := e.attrs["huge"].(string); !strings.HasPrefix(text, "0123456789") || len(text) > 64<<10 {
					t.Errorf("got %d bytes of it on the event", len(text))
				}
			}},
		{name: "many-attributes", says: "ten thousand attributes are all on the line; the event counts what it has no place for",
			not: func(fl flavour) bool { return fl.bound },
			run: func(t *testing.T, with func(setting) *stage) {
				const n = 10_000
				s := with(setting{})
				var all []field
				for i := range n {
					all = append(all, f("k"+digits(i), i))
				}
				s.info("m", all...)
				line := s.line()
				for i := range n {
					if !equal(fmt.Sprint(line["k"+digits(i)]), digits(i)) {
						t.Fatalf("k%d: got %v", i, line["k"+digits(i)])
					}
				}
				e := s.event()
				wantAttr(t, e, "k0", int64(0))
				if len(e.attrs) != 128 || e.DroppedAttributeCount < n-128 {
					t.Errorf("got %d attributes, %d dropped", len(e.attrs), e.DroppedAttributeCount)
				}
			}},
		{name: "odd-keys", says: "keys that are empty or dotted are no harm, on the line or on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a.b", 1)).log(s.ctx, 0, "m", f("", "nameless"), f("c.d", 2), f("g.h", members{f("i.j", 3)}), f("k", 4))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a.b", "1")
				wantNumber(t, line, "c.d", "2")
				wantNumber(t, line, "k", "4")
				e := s.event()
				wantAttr(t, e, "a.b", int64(1))
				wantAttr(t, e, "c.d", int64(2))
				wantAttr(t, e, "g.h.i.j", int64(3))
				wantAttr(t, e, "_", "nameless")
			}},
		{name: "cancelled", says: "a context that is cancelled is a context like any other",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				ctx, cancel := context.WithCancel(s.ctx)
				cancel()
				s.log(ctx, 0, "m", f("a", 1))
				otelIDs.wantAt(t, s.line(), s.span.SpanContext())
				wantAttr(t, s.event(), "a", int64(1))
			}},
	}
}
