//go:build !binary_log

package zerologbridge

import (
	"strings"
	"testing"
)

func TestFinder(t *testing.T) {
	names := map[string][]string{
		"otel": {"trace_id", "span_id", "trace_flags"}, "ecs": {"trace.id", "span.id", "trace_flags"}, "one byte": {"t", "x:y"}, "odd": {`a"b`, "é"},
		"long": {strings.Repeat("k", 300)}, "repeated": {"aaaa", "abab"}, "colons": {"::", ":a"},
		"one end": {"service.name", "host.name", "a.name", "service.namespace"},
	}
	for name, keys := range names {
		t.Run(name, func(t *testing.T) {
			f := newFinder(keys)
			for _, key := range f.keys {
				for _, before := range []string{`{"`, `{"level":"info","`, `{"a":{"b":[1,2]},"`, `{"tracer":"span","`, `{"":":","`} {
					for n := range 40 {
						pad := strings.Repeat("z", n)
						if line := `{"` + pad + `":1,` + before[1:] + string(key) + pad; !f.in([]byte(line)) {
							t.Fatalf("%q not found in %s", key, line)
						}
					}
				}
				if line := `{"level":"info","value":"` + string(key[:len(key)-2]) + `"`; f.in([]byte(line)) {
					t.Errorf("%q found in %s", key, line)
				}
			}
		})
	}
	f := newFinder(names["otel"])
	if line := `{"user_id":1,"my_flags":2,"_id":3,"`; f.in([]byte(line)) || !f.in([]byte(line+`span_id":4`)) {
		t.Error("keys that end as ours do are taken for ours, or hide them")
	}
	if newFinder(nil).in([]byte(`{"a":1`)) {
		t.Error("something found where nothing is looked for")
	}
}
