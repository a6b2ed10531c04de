//go:build !binary_log

package zerologbridge

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// odd are lines at the edge of what is plain.
var odd = []string{
	`{"level":"info","a":"b","n":-12.50,"t":true,"f":false`, `{"a":01`, `{"a":1.`, `{"a":1e5`, `{"a":-`, `{"a":1,`, `{"a":1,"`, `{"a":1,"b"`, `{"a":1,"b":`,
	`{"a":tru`, `{"a":falsey`, `{"a":1 ,"b":2`, `{"é":1,"b":"c"`, `{"a\"":1`, `{"a":1}`, ` {"a":1`, `{ "a":1`, `{"a": 1`, `{`, `{"a":"b`, `{"a":1,"b": 2`,
	`{"level":"info"`, `{"level":"info","a\n":1`, `{"level":"inf\no","level":"b"`, `{"level":"info"x,"a":1`, `{"level":1,"level":2`, `{"level":"`, `{"level":"info",`,
}

// FuzzPlain: the short way over a member sees what the long one sees.
func FuzzPlain(f *testing.F) {
	seed(f)
	for _, line := range odd {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		b := []byte(line)
		short, ok := open(b, 0)
		long, _ := open(b, 0)
		if !ok {
			return
		}
		var m, want member
		for short.next(&m) {
			long.any(&want)
			if m.header != want.header || m.end != want.end || m.kind != want.kind || m.kind == '"' && m.escaped != want.escaped {
				t.Fatalf("%q: got %+v, want %+v", line, m, want)
			}
			if short.head != long.head && (short.head.value != 0 || long.head.value != 0) || short.i != long.i || short.closed != long.closed {
				t.Fatalf("%q: after %+v: got %+v, want %+v", line, m, short, long)
			}
		}
		if long.head.value != 0 {
			t.Errorf("%q: there is more", line)
		}
	})
}

// FuzzPlainly: the short way over a line adds what the long one adds, and what it takes for flat is well-formed.
func FuzzPlainly(f *testing.F) {
	for _, line := range odd {
		f.Add(line, true)
		f.Add(line+`,"c":0.5,"d":"e"`, false)
	}
	f.Add(`{"level":"warn","error":"e","caller":"a.go:7","time":"now","trace_id":"x","event.name":"n","error":"f","":1,"a":-0.0,"b":999999999999999,"c":1000000000000000`, true)
	f.Fuzz(func(t *testing.T, line string, leveled bool) {
		level := zerolog.NoLevel
		if leveled {
			level = zerolog.WarnLevel
		}
		samePlainly(t, line, level)
	})
}

// samePlainly compares what record makes of a line with what it makes of it where nothing counts as plain.
func samePlainly(t *testing.T, line string, level zerolog.Level) {
	t.Helper()
	h, seen := newHook((*events.Policy)(nil).Rules()), glance{line: []byte(line)}
	got := added(level, func(e *events.Event) { h.record(e, &seen, level) })
	var c converter
	want := added(level, func(e *events.Event) {
		c = converter{to: e, rules: h.rules, buf: []byte(line), first: level != zerolog.NoLevel}
		s, _ := open(c.buf, 0)
		for m := (member{}); s.head.value != 0; {
			s.any(&m)
			c.member(c.key(&m), &m)
		}
	})
	if show(got) != show(want) {
		t.Fatalf("%q\n got %s\nwant %s", line, show(got), show(want))
	}
	if seen.flat && (c.ids != seen.ids || !wellFormed([]byte(line+"}\n"))) {
		t.Fatalf("%q: %+v, ids %v", line, seen, c.ids)
	}
}

// A plain string ends where one read byte by byte does.
func TestPastPlainText(t *testing.T) {
	const bytes = "abc \x7f~\"\\\x1f\n\x80\xff!#[]"
	for range 200_000 {
		text := make([]byte, rand.IntN(30))
		for i := range text {
			text[i] = bytes[rand.IntN(len(bytes))]
			if rand.IntN(4) > 0 {
				text[i] = 'x'
			}
		}
		from, want := rand.IntN(len(text)+1), 0
		for i := from; i < len(text) && want == 0 && text[i] >= ' ' && text[i] < 0x80 && text[i] != '\\'; i++ {
			if text[i] == '"' {
				want = i + 1
			}
		}
		if got := pastPlainText(text, from); got != want {
			t.Fatalf("%q from %d: got %d, want %d", text, from, got, want)
		}
	}
}

// Lines as zerolog makes them, and with a piece changed.
func TestPlainly(t *testing.T) {
	keys := []string{"a", "method", "level", "time", "error", "caller", "trace_id", "span_id", "trace_flags", "event.name", "", "a key of more than eight", "é", `\n`, strings.Repeat("k", 1100)}
	values := []string{`"b"`, `""`, `"text of sixteen b"`, `"é"`, `"\n"`, `"\u00e9"`, `"a.go:12"`, "1", "-1", "0", "-0", "0.5", "-0.25", "1e9", "9007199254740993", "18446744073709551615", "01",
		"true", "false", "null", `{"x":1,"error":"in"}`, `[1,2]`, `["a"]`, "{}", "bad", `"open`, "", " 1", "1 "}
	pick := func(from []string, usual int) string {
		if rand.IntN(3) > 0 {
			return from[rand.IntN(usual)]
		}
		return from[rand.IntN(len(from))]
	}
	for range 20_000 {
		line := `{"level":"warn"`
		if rand.IntN(4) == 0 {
			line = `{"first":1`
		}
		for range rand.IntN(7) {
			line += `,"` + pick(keys, 9) + `":` + pick(values, 3)
		}
		if rand.IntN(8) == 0 {
			line = line[:rand.IntN(len(line))]
		}
		samePlainly(t, line, []zerolog.Level{zerolog.WarnLevel, zerolog.NoLevel}[rand.IntN(2)])
	}
}
