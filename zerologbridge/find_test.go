//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

func TestFinder(t *testing.T) {
	names := map[string][]string{
		"otel": {"trace_id", "span_id", "trace_flags"}, "ecs": {"trace.id", "span.id", "trace_flags"}, "one byte": {"t", "x:y"}, "odd": {`a"b`, "é"},
		"long": {strings.Repeat("k", 300)}, "repeated": {"aaaa", "abab"}, "colons": {"::", ":a"}, "no name": {"", "b"},
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
				if line := `{"level":"info","value":"` + string(key[:len(key)-1]) + `z"`; f.in([]byte(line)) {
					t.Errorf("%q found in %s", key, line)
				}
			}
		})
	}
	f := newFinder(names["otel"])
	if line := `{"user_id":1,"my_flags":2,"_id":3,"`; f.in([]byte(line)) || !f.in([]byte(line+`span_id":4`)) {
		t.Error("keys that end as ours do are taken for ours, or hide them")
	}
	for _, line := range []string{`{"a":1,"trace_id" :2`, "{\"span_id\"\r\n:2", `{"tr\u0061ce_id":1`, `{"trace\u005Fid":1`} { // of raw JSON that is none
		if !f.in([]byte(line)) {
			t.Errorf("not found in %s", line)
		}
	}
	if newFinder(nil).in([]byte(`{"a":1`)) {
		t.Error("something found where nothing is looked for")
	}
}

// Raw JSON that is none may end the value and bring in members of its own: an id gives way all the same, and so does what
// has the name of a constant field.
func TestIDsInBrokenRawJSON(t *testing.T) {
	var b bytes.Buffer
	p := &events.Policy{Resource: []attribute.KeyValue{attribute.String("service.name", "shop")}}
	for name, l := range both(&b, p) {
		for _, ctx := range []bool{false, true} { // with an event and without
			for _, raw := range []string{`1,"trace_id":2`, `1,"trace_id" :2`, "1,\"trace_id\"\t:2", `1,"tr\u0061ce_id":2`, `1,"service\u002ename":2`, `1,"service.name"  :2`} {
				b.Reset()
				to := fixed(0, false)
				if ctx {
					to = recording(t).ctx
				}
				l.Info().Ctx(to).RawJSON("raw", []byte(raw)).Msg("m")
				if keys, twice := rootKeys(b.String()); twice != "" || !valid(b.Bytes()) {
					t.Errorf("%s: %s gives %s: keys %q", name, raw, b.String(), keys)
				}
			}
		}
	}
}
