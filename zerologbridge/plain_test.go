//go:build !binary_log

package zerologbridge

import (
	"testing"
)

// FuzzPlain: the short way over a line sees what the long one sees, and what it takes for flat is well-formed.
func FuzzPlain(f *testing.F) {
	seed(f)
	for _, line := range []string{
		`{"level":"info","a":"b","n":-12.50,"t":true,"f":false`, `{"a":01`, `{"a":1.`, `{"a":1e5`, `{"a":-`, `{"a":1,`, `{"a":1,"`, `{"a":1,"b"`, `{"a":1,"b":`,
		`{"a":tru`, `{"a":falsey`, `{"a":1 ,"b":2`, `{"é":1,"b":"c"`, `{"a\"":1`, `{"a":1}`, ` {"a":1`, `{ "a":1`, `{"a": 1`, `{`, `{"a":"b`, `{"a":1,"b": 2`,
	} {
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
		if short.flat(&m) && !wellFormed([]byte(line+"}\n")) {
			t.Errorf("%q is not flat", line)
		}
	})
}
