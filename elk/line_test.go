package elk

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

func TestScan(t *testing.T) {
	for _, tt := range []struct {
		line string
		want shape
		ok   bool
	}{
		{`{}`, shape{empty: true}, true},
		{`{ }`, shape{empty: true}, true},
		{`{"a":1}`, shape{}, true},
		{`{"@timestamp":"x"}`, shape{timestamp: true}, true},
		{`{"a":{"@timestamp":"x"}}`, shape{}, true},
		{`{"a":"\"@timestamp\":1","b":[{"@timestamp":1}],"@timestamp":null}`, shape{timestamp: true}, true},
		{`{"\u0040timestamp":1}`, shape{timestamp: true}, true},
		{`{"a":"\\","@timestamp":1}`, shape{timestamp: true}, true},
		{`{"a":"\\\"","@timestamp":1}`, shape{timestamp: true}, true},
		{`{"event.sequence":7}`, shape{sequence: true}, true},
		{`{"event.sequence.x":7}`, shape{sequence: true}, true},
		{`{"event.sequences":7}`, shape{}, true},
		{`{"event":{"sequence":7}}`, shape{sequence: true}, true},
		{`{"event":{"a":{"sequence":7}}}`, shape{}, true},
		{`{"event":{}}`, shape{}, true},
		{`{"event":{"kind":"event"},"x":1}`, shape{}, true},
		{`{"event":null}`, shape{}, true},
		{`{"event":"login"}`, shape{sequence: true}, true},
		{`{"event":[{"a":1}]}`, shape{sequence: true}, true},
		{`{"event":5,"@timestamp":1}`, shape{timestamp: true, sequence: true}, true},
		{`{"a" : 1 , "b" : [ 1 , 2 ] }`, shape{}, true},
		{``, shape{}, false},
		{`null`, shape{}, false},
		{`[1]`, shape{}, false},
		{`"a"`, shape{}, false},
		{`plain text`, shape{}, false},
		{`{`, shape{}, false},
		{`{"a"`, shape{}, false},
		{`{"a":`, shape{}, false},
		{`{"a":}`, shape{}, false},
		{`{"a":1`, shape{}, false},
		{`{"a":1,`, shape{}, false},
		{`{"a":1,}`, shape{}, false},
		{`{"a":"x}`, shape{}, false},
		{`{"a":"x\"}`, shape{}, false},
		{`{"a":[1}`, shape{}, false},
		{`{"a":1}{"b":2}`, shape{}, false},
		{`{"a":1} x`, shape{}, false},
		{`{a:1}`, shape{}, false},
		{`{"a":1 "b":2}`, shape{}, false},
		{`{"\u00":1}`, shape{}, false},
		{`{"event":{"a":1}`, shape{}, false},
	} {
		got, ok := scan([]byte(tt.line))
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("scan(%s) = %+v, %t, want %+v, %t", tt.line, got, ok, tt.want, tt.ok)
		}
	}
}

func TestSplice(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.FixedZone("", 3600)).UnixNano()
	for _, tt := range []struct{ line, want string }{
		{`{}`, `{"@timestamp":"2026-11-22T09:00:00.123456789Z","event.sequence":42}`},
		{`{ }`, `{"@timestamp":"2026-11-22T09:00:00.123456789Z","event.sequence":42 }`},
		{`{"a":1}`, `{"@timestamp":"2026-11-22T09:00:00.123456789Z","event.sequence":42,"a":1}`},
		{`{"a":1,"@timestamp":"x"}`, `{"event.sequence":42,"a":1,"@timestamp":"x"}`},
		{`{"event":"x"}`, `{"@timestamp":"2026-11-22T09:00:00.123456789Z","event":"x"}`},
		{`{"event":"x","@timestamp":1}`, `{"event":"x","@timestamp":1}`},
	} {
		b, d := spliced(t, tt.line, lineInfo{seq: 42, at: at})
		want := `{"create":{"_id":"id-42"}}` + "\n" + tt.want + "\n"
		if got := string(b.body(d)); got != want {
			t.Errorf("splice(%s) =\n%s, want\n%s", tt.line, got, want)
		}
		if got := string(b.original(d)); got != tt.line {
			t.Errorf("original = %s, want %s", got, tt.line)
		}
	}
}

// spliced takes a line through ring and batch.
func spliced(t *testing.T, line string, info lineInfo) (*batch, *document) {
	t.Helper()
	r, b := newRing(1<<20), &batch{}
	info.full = len(line)
	r.push(0, info, []byte(line))
	info, _ = r.oldest()
	b.take(info, &r)
	if reason := b.splice(&b.docs[0], "id"); reason != "" {
		t.Fatalf("splice(%s): %s", line, reason)
	}
	return b, &b.docs[0]
}

func TestPrefixFits(t *testing.T) {
	longest := appendPrefix(nil, newID(), lineInfo{seq: 1<<64 - 1, at: 1<<63 - 1}, shape{})
	if len(longest) > prefixBytes {
		t.Errorf("prefix has %d bytes, room for %d", len(longest), prefixBytes)
	}
}

// FuzzScan: whatever encoding/json takes for one object is one for scan, with
// the same root keys, and is one after splicing too.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `{"@timestamp":"x","event":{"sequence":1}}`, `{"a":"\\\"","b":[{"c":"}"}]}`,
		`{"event.sequence":1,"\u0040timestamp":2}`, `{"a":1}{"b":2}`, `[1]`, `{"a":"\ud800"}`, "{\"\x80\":1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		line = trimSpace(line)
		got, ok := scan(line)
		want, valid := decodedShape(line)
		if !valid {
			return
		}
		if !ok || got != want {
			t.Fatalf("scan(%q) = %+v, %t, want %+v", line, got, ok, want)
		}
		out := append(appendFields([]byte{'{'}, lineInfo{seq: 1}, got), line[1:]...)
		if !json.Valid(out) {
			t.Fatalf("%q spliced is not valid: %q", line, out)
		}
		if after, _ := decodedShape(out); !after.timestamp || !after.sequence || after.empty {
			t.Fatalf("%q spliced lacks a field: %q", line, out)
		}
	})
}

// decodedShape is scan by means of encoding/json.
func decodedShape(line []byte) (sh shape, valid bool) {
	if !json.Valid(line) || !bytes.HasPrefix(line, []byte("{")) {
		return shape{}, false
	}
	members := membersOf(line)
	sh.empty = len(members) == 0
	for _, m := range members {
		switch {
		case m.key == "@timestamp":
			sh.timestamp = true
		case below(m.key, "event.sequence"):
			sh.sequence = true
		case m.key == "event" && m.value[0] == '{':
			for _, inner := range membersOf(m.value) {
				sh.sequence = sh.sequence || below(inner.key, "sequence")
			}
		case m.key == "event" && string(m.value) != "null":
			sh.sequence = true
		}
	}
	return sh, true
}

func below(key, name string) bool { return key == name || strings.HasPrefix(key, name+".") }

type member struct {
	key   string
	value json.RawMessage
}

// membersOf keeps duplicate keys, which a map would hide.
func membersOf(object []byte) (out []member) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		panic(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			panic(err)
		}
		m := member{key: key.(string)}
		if err := dec.Decode(&m.value); err != nil && err != io.EOF {
			panic(err)
		}
		out = append(out, m)
	}
	return out
}
