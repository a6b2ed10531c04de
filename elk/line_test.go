package elk

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

const (
	stampBit    = 1 << atTimestamp
	sequenceBit = 1 << atSequence
)

// plainFields adds nothing constant.
func plainFields() *fields {
	f := &fields{list: []field{{path: "@timestamp"}, {path: "event.sequence"}}, prefix: prefixBytes}
	f.first['@'], f.first['e'] = true, true
	return f
}

func TestScan(t *testing.T) {
	f := plainFields()
	for _, tt := range []struct {
		line string
		want shape
		ok   bool
	}{
		{`{}`, shape{empty: true}, true},
		{`{ }`, shape{empty: true}, true},
		{`{"a":1}`, shape{}, true},
		{`{"@timestamp":"x"}`, shape{present: stampBit}, true},
		{`{"a":{"@timestamp":"x"}}`, shape{}, true},
		{`{"a":"\"@timestamp\":1","b":[{"@timestamp":1}],"@timestamp":null}`, shape{present: stampBit}, true},
		{`{"\u0040timestamp":1}`, shape{present: stampBit}, true},
		{`{"a":"\\","@timestamp":1}`, shape{present: stampBit}, true},
		{`{"a":"\\\"","@timestamp":1}`, shape{present: stampBit}, true},
		{`{"event.sequence":7}`, shape{present: sequenceBit}, true},
		{`{"event.sequence.x":7}`, shape{present: sequenceBit}, true},
		{`{"event.sequences":7}`, shape{}, true},
		{`{"event":{"sequence":7}}`, shape{present: sequenceBit}, true},
		{`{"event":{"a":{"sequence":7}}}`, shape{}, true},
		{`{"event":{}}`, shape{}, true},
		{`{"event":{"kind":"event"},"x":1}`, shape{}, true},
		{`{"event":null}`, shape{}, true},
		{`{"event":"login"}`, shape{present: sequenceBit}, true},
		{`{"event":[{"a":1}]}`, shape{present: sequenceBit}, true},
		{`{"event":5,"@timestamp":1}`, shape{present: stampBit | sequenceBit}, true},
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
		got, ok := scan([]byte(tt.line), f)
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
		b, d := spliced(t, tt.line, lineInfo{seq: 42, at: at}, plainFields())
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
func spliced(t *testing.T, line string, info lineInfo, f *fields) (*batch, *document) {
	t.Helper()
	r := newRing(1 << 20)
	b := &batch{target: &target{fields: f, road: r.open()}}
	info.full = len(line)
	r.push(b.target.road, 0, info, []byte(line))
	b.take(r.oldest(b.target.road), &r, b.target.road)
	if reason := b.splice(&b.docs[0], "id"); reason != "" {
		t.Fatalf("splice(%s): %s", line, reason)
	}
	return b, &b.docs[0]
}

func TestPrefixFits(t *testing.T) {
	long := strings.Repeat("x", 100)
	for name, f := range map[string]*fields{
		"plain": plainFields(),
		"all":   newFields(Config{HostName: long, Fields: map[string]string{"a." + long: long, "b": "\x01\x02\u2028"}}, long, long),
	} {
		longest := appendPrefix(nil, newID(), lineInfo{seq: 1<<64 - 1, at: 1<<63 - 1}, shape{}, f)
		if len(longest) > f.prefix {
			t.Errorf("%s: prefix has %d bytes, room for %d", name, len(longest), f.prefix)
		}
	}
}

// FuzzScan: whatever encoding/json takes for one object is one for scan, with
// the same root keys, and is one after splicing too.
func FuzzScan(fuzz *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `{"@timestamp":"x","event":{"sequence":1}}`, `{"a":"\\\"","b":[{"c":"}"}]}`,
		`{"event.sequence":1,"\u0040timestamp":2}`, `{"service":{"name":1},"a":{"b":{"c":1}},"host":null,"data_stream.type":1}`, `{"a.b":{"c":2},"a":{"b.c":1},"plain":{}}`, `{"a":1}{"b":2}`, `[1]`, `{"a":"\ud800"}`, "{\"\x80\":1}",
	} {
		fuzz.Add([]byte(seed))
	}
	f := newFields(Config{HostName: "h", Fields: map[string]string{"service.name": "s", "a.b.c": "x", "plain": "y"}}, "d", "n")
	fuzz.Fuzz(func(t *testing.T, line []byte) {
		line = trimSpace(line)
		got, ok := scan(line, f)
		want, valid := decodedShape(line, f)
		if !valid {
			return
		}
		if !ok || got != want {
			t.Fatalf("scan(%q) = %+v, %t, want %+v", line, got, ok, want)
		}
		out := append(appendFields([]byte{'{'}, lineInfo{seq: 1}, got, f), line[1:]...)
		if !json.Valid(out) {
			t.Fatalf("%q spliced is not valid: %q", line, out)
		}
		if after, _ := decodedShape(out, f); after.present != f.all() || after.empty {
			t.Fatalf("%q spliced lacks a field: %q", line, out)
		}
	})
}

// decodedShape is scan by means of encoding/json.
func decodedShape(line []byte, f *fields) (sh shape, valid bool) {
	if !json.Valid(line) || !bytes.HasPrefix(line, []byte("{")) {
		return shape{}, false
	}
	sh.empty = len(membersOf(line)) == 0
	for i, one := range f.list {
		if has(line, one.path) {
			sh.present |= 1 << i
		}
	}
	return sh, true
}

// has reports whether an object has the field, or what conflicts with it.
func has(object []byte, path string) bool {
	for _, m := range membersOf(object) {
		rest, deeper := strings.CutPrefix(path, m.key+".")
		switch {
		case below(m.key, path):
			return true
		case deeper && m.value[0] == '{':
			if has(m.value, rest) {
				return true
			}
		case deeper && string(m.value) != "null":
			return true
		}
	}
	return false
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
