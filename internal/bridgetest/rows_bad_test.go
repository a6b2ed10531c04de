package bridgetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func panicRows() (all []row) {
	for _, bad := range []struct {
		name   string
		value  any
		not    func(flavour) bool
		reason string // with which it panics
	}{
		{"stringer", badStringer{}, func(fl flavour) bool { return fl.family == "slog" }, "in String"}, // its JSON asks no Stringer
		{"marshaler", badJSON{}, nil, "in MarshalJSON"},
		{"error", badError{}, nil, "in Error"},
		{"object", badObject{}, nil, "in "},
	} {
		all = append(all, row{name: "panic-" + bad.name, not: bad.not,
			says: "a value that panics in its " + bad.name + " method leaves a mark, and costs neither the line, the event nor its neighbours",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(s.ctx, 8, "m", f("a", 1), f("bad", bad.value), f("b", 2))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantNumber(t, line, "b", "2")
				s.wantPanic(line, "bad", bad.reason)
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantAttr(t, e, "b", int64(2))
				if got := fmt.Sprint(e.attrs["bad"]); !strings.HasPrefix(got, "!PANIC: "+bad.reason) {
					t.Errorf("got the attribute %q, want !PANIC: %s", got, bad.reason)
				}
			}})
	}
	return append(all, row{name: "invalid-utf8",
		says: "invalid UTF-8 in message, key and value costs nothing: the line is valid, the event is valid and complete",
		run: func(t *testing.T, with func(setting) *stage) {
			s := with(setting{})
			s.with(f("w\xff", "v\xff")).log(s.ctx, 8, "m\xff", f("k\xff", "v\xfe"), f("a", 1),
				f("s", []string{"x\xff", "y"}), f("error", errors.New("e\xff")), f("g\xff", members{f("i\xff", "v\xff")}))
			line := s.line() // parse wants UTF-8
			otelIDs.wantAt(t, line, s.span.SpanContext())
			wantMember(t, line, "w\ufffd", "v\ufffd")
			wantMember(t, line, "k\ufffd", "v\ufffd")
			e := s.event()
			wantAttr(t, e, "a", int64(1))
			wantAttr(t, e, "w\ufffd", "v\ufffd")
			wantAttr(t, e, "k\ufffd", "v\ufffd")
			wantAttr(t, e, "s", []string{"x\ufffd", "y"})
			wantAttr(t, e, "error", "e\ufffd")
			wantAttr(t, e, "g\ufffd.i\ufffd", "v\ufffd")
			wantUTF8(t, append(texts(e), e.Name, s.end().Status().Description))
		}})
}

// wantUTF8 fails for a text that would make an OTLP exporter lose the whole batch: protobuf refuses it.
func wantUTF8(t *testing.T, all []string) {
	t.Helper()
	for _, text := range all {
		if !utf8.ValidString(text) {
			t.Errorf("got %q, want UTF-8: the exporter refuses the whole batch", text)
		}
	}
}

// texts are the keys and string values of the event's attributes.
func texts(e event) (all []string) {
	for key, v := range e.attrs {
		all = append(all, key)
		if text, ok := v.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// unasked is what a flavour is held to that asks no such method, so that nothing panics.
const unasked = "unasked"

// wantPanic wants the mark of a panic in the place of a value. On a wrapped logger's line it is that of its library.
func (s *stage) wantPanic(line object, key, reason string) {
	s.t.Helper()
	text := markOn(line, key)
	switch {
	case s.want("asked") == unasked:
		if strings.Contains(strings.ToUpper(text), "PANIC") {
			s.t.Errorf("got %q, want no panic", text)
		}
	case s.flavour.own && !strings.HasPrefix(text, "!PANIC: "+reason), !strings.Contains(strings.ToUpper(text), "PANIC"):
		s.t.Errorf("got %q, want !PANIC: %s in %v", text, reason, line)
	}
}

// markOn is what a line has in the place of a value that could not be formatted: under its key, or as zap has it.
func markOn(line object, key string) string {
	if v, there := line[key]; there {
		return fmt.Sprint(v)
	}
	if v, there := line[key+"Error"]; there {
		return fmt.Sprint(v)
	}
	return ""
}
