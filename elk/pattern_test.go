package elk

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func patternFields() *fields {
	return newFields(Config{HostName: "h", Fields: map[string]string{"service.name": "s"}}, "d", "n")
}

// TestPatterns: what a line is, once another was seen. A line that differs in
// values only is not scanned again; all others are, and never mistaken.
func TestPatterns(t *testing.T) {
	f := patternFields()
	for _, tt := range []struct {
		seen, line string
		hit        bool
	}{
		{`{"a":"x","n":1}`, `{"a":"other","n":-2.5e9}`, true},
		{`{"a":"x"}`, `{"a":""}`, true},
		{`{"a":"x"}`, `{"a":"\"quoted\""}`, true},
		{`{"a":"\\"}`, `{"a":"\\\\\""}`, true},
		{`{"a":true}`, `{"a":false}`, true},
		{`{"a":[1,"x",{"b":2}]}`, `{"a":[3,"y",{"b":4}]}`, true},
		{`{"event":{"kind":"x"}}`, `{"event":{"kind":"y"}}`, true},
		{`{}`, `{}`, true},
		{`{ "a" : 1 }`, `{ "a" : 2 }`, true},
		{`{"\u0061":1}`, `{"\u0061":2}`, true},
		{`{"a":"x"}`, `{"b":"x"}`, false},
		{`{"a":"x"}`, `{"a":1}`, false},
		{`{"a":1}`, `{"a":"1"}`, false},
		{`{"host":1}`, `{"host":null}`, false},
		{`{"host":null}`, `{"host":1}`, false},
		{`{"a":[1]}`, `{"a":[1,2]}`, false},
		{`{"a":"x"}`, `{"a":"x","@timestamp":"y"}`, false},
		{`{"a":"x","@timestamp":"y"}`, `{"a":"x"}`, false},
		{`{"a":"x"}`, `{"a":"x"} `, false},
		{`{"a":"x"}`, `{"a":"x\"}`, false},
		{`{"a":"x"}`, `{"a":"x`, false},
		{`{"a":1}`, `{"a":}`, false},
		{`{"a":1}`, `{"a":1`, false},
		{`{"a":[1"x"]}`, `{"a":[1"x,"]}`, true}, // as scan has it, which leaves this to the server
		{`plain`, `plain`, false},
	} {
		var p patterns
		p.scan([]byte(tt.seen), f)
		got, ok := p.scan([]byte(tt.line), f)
		want, valid := scan([]byte(tt.line), f)
		if ok != valid || ok && got != want {
			t.Errorf("%s after %s is %+v, %t, want %+v, %t", tt.line, tt.seen, got, ok, want, valid)
		}
		if hit := p.hits == 1; hit != tt.hit {
			t.Errorf("%s after %s: known: %t, want %t", tt.line, tt.seen, hit, tt.hit)
		}
	}
}

// TestPatternsOfManyCalls: the lines of several log calls in turn are all
// known by their second time.
func TestPatternsOfManyCalls(t *testing.T) {
	var p patterns
	f := patternFields()
	const calls, turns = 12, 50
	for turn := range turns {
		for call := range calls {
			p.scan(fmt.Appendf(nil, `{"msg":"call %d","field%d":%d,"last":"x"}`, turn, call, turn), f)
		}
	}
	if p.misses != calls || p.hits != calls*(turns-1) {
		t.Errorf("%d hits and %d misses", p.hits, p.misses)
	}
}

// TestPatternsAreBounded where no line is built like another, and what is
// built alike afterwards is known again.
func TestPatternsAreBounded(t *testing.T) {
	var p patterns
	f := patternFields()
	numbers, long := strings.Repeat("1,", 2000), strings.Repeat("x", 5000)
	for i := range 3 * patternPause {
		line := fmt.Appendf(nil, `{"key%d":%d,"@timestamp":"x"}`, i, i)
		switch {
		case i%5000 == 7:
			line = fmt.Appendf(nil, `{"a":[%s1],"@timestamp":"x"}`, numbers)
		case i/5000 == 1:
			line = fmt.Appendf(nil, `{"%s%d":1,"@timestamp":"x"}`, long, i)
		}
		if sh, ok := p.scan(line, f); !ok || sh.present != stampBit {
			t.Fatalf("%s is %+v, %t", line, sh, ok)
		}
		if len(p.nodes) > maxPatternNodes || len(p.texts) > maxPatternBytes {
			t.Fatalf("%d nodes and %d bytes", len(p.nodes), len(p.texts))
		}
	}
	for range 2 * patternPause {
		p.scan([]byte(`{"a":1}`), f)
	}
	if p.hits == 0 || p.rest > 0 {
		t.Errorf("no hits: %d nodes, rests for %d lines", len(p.nodes), p.rest)
	}
}

// TestPatternsOfOtherFields: a shape holds for one list of fields.
func TestPatternsOfOtherFields(t *testing.T) {
	var p patterns
	line := []byte(`{"service":{"name":"x"}}`)
	for _, f := range []*fields{plainFields(), patternFields(), plainFields()} {
		got, ok := p.scan(line, f)
		if want, _ := scan(line, f); !ok || got != want {
			t.Errorf("%+v, %t, want %+v", got, ok, want)
		}
	}
}

// TestLongLinesAreNoPatterns: they would push out all others.
func TestLongLinesAreNoPatterns(t *testing.T) {
	var p patterns
	p.scan(append([]byte(`{"a":[1`), append(bytes.Repeat([]byte(",1"), maxPatternLine), "]}"...)...), patternFields())
	if len(p.nodes) > 0 || p.rest > 0 {
		t.Errorf("%d nodes, rests for %d lines", len(p.nodes), p.rest)
	}
}

// FuzzPatterns: after any line, patterns say of any other, and of the first
// with a piece of it replaced, what scan says.
func FuzzPatterns(fuzz *testing.F) {
	for _, seed := range []string{
		`{"a":"x","n":1}`, `{"a":"\\\"","b":[{"c":"}"}],"host":null}`, `{"event":{"sequence":1},"service":{"name":true}}`, `{"a":[1"x"]}`, `{"\u0061":1}`, `{ "a" : "b" }`,
	} {
		fuzz.Add([]byte(seed), []byte(`{"a":"y","n":2}`), uint(6), []byte(`\"`))
		fuzz.Add([]byte(seed), []byte(seed), uint(8), []byte(`null`))
	}
	f := patternFields()
	fuzz.Fuzz(func(t *testing.T, seen, line []byte, at uint, piece []byte) {
		at %= uint(len(seen) + 1)
		replaced := append(append(bytes.Clone(seen[:at]), piece...), seen[min(len(seen), int(at)+len(piece)):]...)
		inserted := append(append(bytes.Clone(seen[:at]), piece...), seen[at:]...)
		var p patterns
		for _, each := range [][]byte{seen, line, replaced, inserted, seen, line} {
			got, ok := p.scan(each, f)
			if want, valid := scan(each, f); ok != valid || ok && got != want {
				t.Fatalf("%q after %q is %+v, %t, want %+v, %t", each, seen, got, ok, want, valid)
			}
		}
	})
}
