//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

func TestConvert(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	tests := []struct{ line, want string }{
		{`{`, ``},
		{`{}`, ``},
		{`{"a":1}`, `a=1:INT64`},
		{` { "a" : 1 , "b" : "x" } `, `a=1:INT64 | b=x`},
		{`{"a":9007199254740993`, `a=9007199254740993:INT64`},
		{`{"a":-9223372036854775808`, `a=-9223372036854775808:INT64`},
		{`{"a":9223372036854775808`, `a=9223372036854775808`},
		{`{"a":123456789012345678901234567890`, `a=123456789012345678901234567890`},
		{`{"a":1.0,"b":-2.5e3,"c":1e400,"d":-0`, `a=1:FLOAT64 | b=-2500:FLOAT64 | c=1e400 | d=0:INT64`},
		{`{"a":true,"b":false,"c":null`, `a=true:BOOL | b=false:BOOL | c=null`},
		{`{"a":"\"\\\/\b\f\n\r\t"`, "a=\"\\/\b\f\n\r\t"},
		{`{"a":"\n"`, "a=\n"},
		{`{"a":"b\\"`, `a=b\`},
		{`{"a":"\u00e9\ud83d\ude00"`, "a=\u00e9\U0001F600"},
		{`{"a":"\ud83d","b":"\ude00x","c":"\ud83d\u0041","d":"\ud83d\ud83d\ude00"`, "a=\ufffd | b=\ufffdx | c=\ufffdA | d=\ufffd\U0001F600"},
		{"{\"a\":\"\xff\xfeb\"", "a=\ufffd\ufffdb"},
		{`{"\u0061\n":1`, "a\n=1:INT64"},
		{`{"":1`, `_=1:INT64`},
		{`{"d":{}`, `d={}`},
		{`{"d":{"a":{"b":[{"c":1}]},"e":[]}`, `d.a.b=[{"c":1}] | d.e=[]`},
		{`{"d":{"trace_id":"x"}`, `d.trace_id=x`},
		{`{"a":["x","\u0041"],"b":[1,2],"c":[1,0.5],"d":[true,false],"e":[null],"f":[1,"x"],"g":[[1]]`,
			`a=["x","A"]:STRINGSLICE | b=[1,2]:INT64SLICE | c=[1,0.5]:FLOAT64SLICE | d=[true,false]:BOOLSLICE | e=[null] | f=[1,"x"] | g=[[1]]`},
		{`{"a":[1,18446744073709551615],"b":[9007199254740993,0.5],"c":[1e999]`, `a=[1,18446744073709551615] | b=[9007199254740993,0.5] | c=[1e999]`},
		{`{"a":1,"a":2`, `a=1:INT64 | a=2:INT64`},
		{`{"level":"info","level":"mine","time":"now","a":1`, `level=mine | a=1:INT64`},
		{`{"a":1,"level":"mine"`, `a=1:INT64 | level=mine`},
		{`{"trace_id":"x","span_id":1,"trace_flags":{},"a":1`, `a=1:INT64`},
		{`{"caller":"/a/b.go:12"`, `code.file.path=/a/b.go | code.line.number=12:INT64`},
		{`{"caller":"b.go"`, `caller=b.go`},
		{`{"caller":7`, `caller=7:INT64`},
		{`{"a":bad,"b":2`, `a=!ERROR:invalid JSON: bad | b=2:INT64`},
		{`{"a":{"x":1,"b":2`, `a=!ERROR:invalid JSON: {"x":1 | b=2:INT64`},
		{`{"a":{bad},"b":2`, `a=!ERROR:invalid JSON: {bad} | b=2:INT64`},
		{`{"a":,"b":2`, `a=!ERROR:invalid JSON:  | b=2:INT64`},
		{`{"a":1,2,"b":3`, `a=!ERROR:invalid JSON: 1,2 | b=3:INT64`},
		{`{"a":01,"b":2`, `a=!ERROR:invalid JSON: 01 | b=2:INT64`},
		{`{"a":1},"b":2`, `a=!ERROR:invalid JSON: 1} | b=2:INT64`},
		{`{"a":"open,"b":2`, `a=!ERROR:invalid JSON: "open | b=2:INT64`},
		{`{"a":`, `a=!ERROR:invalid JSON: `},
		{`{"a"`, ``},
		{`{"a`, ``},
		{`{1`, ``},
		{`[1]`, ``},
		{``, ``},
		{"\xbf\x61a", ``},
		{`{"d":` + deep, "d" + strings.Repeat(".a", 32) + "=" + strings.Repeat(`{"a":`, 8) + "1" + strings.Repeat("}", 8)},
		{`{"a":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `,"b":1`, `a=` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + ` | b=1:INT64`},
	}
	for _, tt := range tests {
		t.Run(tt.line[:min(len(tt.line), 40)], func(t *testing.T) {
			if got := show(converted(tt.line, zerolog.InfoLevel)); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.line, got, tt.want)
			}
		})
	}
}

// Many broken values end in one that takes the rest, instead of being looked through again and again.
func TestManyBrokenValues(t *testing.T) {
	line := "{" + strings.TrimPrefix(strings.Repeat(`,"a":{`, 20000), ",")
	if got := len(converted(line, zerolog.InfoLevel)); got != maxRepairs {
		t.Errorf("got %d attributes, want %d", got, maxRepairs)
	}
}

func TestLongString(t *testing.T) {
	got := converted(`{"a":"`+strings.Repeat("\u00e9", 64<<10)+`"`, zerolog.InfoLevel)[0].Value.AsString()
	if len(got) > 64<<10 || !strings.HasSuffix(got, "\u00e9\u2026") {
		t.Errorf("got %d bytes ending in %q", len(got), got[len(got)-8:])
	}
}

func seed(f *testing.F) {
	for _, line := range []string{
		`{"level":"info","amount":42,"s":"a\u00e9\ud83d\ude00\n","f":1.5e-3,"u":18446744073709551615,"message":"m"}`,
		`{"d":{"a":{"b":null}},"e":{},"x":[1,2.5,"y",{"z":[]}],"trace_id":"x","t":true}`,
		`{"trace_id":"x"}`, `{"trace_id":1,"span_id":{"a":1}}`, `{"a":1,"trace_id":"x","trace_id":"y","b":2}`,
		`{"@timestamp":"t","trace.id":"x","ecs.version":"1","message":"m"}`, `{"error":"a","error":"b","caller":"a:1","service":1}`,
		`{"a":{"x":1,"b":2`, `{"a":bad,"b":`, "{\"a\":\"\xff\"}", `{}`, ``,
	} {
		f.Add(line)
	}
}

// FuzzConvert: the attributes of a line are those that encoding/json finds on it, whether its end is there or not.
func FuzzConvert(f *testing.F) {
	seed(f)
	f.Add(`{"d":{"":1,"x":"_","\u005f":2}}`)
	f.Add(`{"` + strings.Repeat("k", 1200) + `":{"a":1}}`)
	f.Add(`{"d":{"error":"in","e":{"error":"deeper"}},"error":{"a":1}}`)
	f.Add(`{"d":{"error":1,"err\u006fr":""},"a":[0.5,1,-0]}`)
	f.Add(`{"time":1,"caller":"/a:b.go:12","event.name":null,"event.name":{ },"event.name":"n","\u0074race_id":1}`)
	f.Add(`{"caller":"` + strings.Repeat("f", 70000) + `:1","s":"` + strings.Repeat("\xff", 40000) + `","a":["` + strings.Repeat("é", 40000) + `"]}`)
	f.Add(`{"x":[` + strings.Repeat("0.5,", 20000) + `null],"error":[` + strings.Repeat("1,", 40000) + `1]}`)
	f.Add(`{"error":"e"` + strings.Repeat(`,"a":1`, 125) + `}`)
	f.Add(`{"error":"e"` + strings.Repeat(`,"a":1`, 126) + `}`)
	f.Add(strings.Repeat(`{"a":`, 40) + `{"error":"too deep"}` + strings.Repeat("}", 40))
	f.Fuzz(func(t *testing.T, line string) {
		got := show(converted(line, zerolog.NoLevel))
		if !json.Valid([]byte(line)) || strings.Count(line, "{")+strings.Count(line, "[") > maxDepth {
			return
		}
		want := show(expected(t, line))
		if got != want {
			t.Errorf("%q\n got %s\nwant %s", line, got, want)
		}
		if line, ok := strings.CutSuffix(strings.TrimRight(line, blanks), "}"); ok {
			if got := show(converted(line, zerolog.NoLevel)); got != want {
				t.Errorf("without its end: %q\n got %s\nwant %s", line, got, want)
			}
		}
	})
}

// model makes attributes of a line in JSON by means of encoding/json.
type model struct {
	*testing.T
	kvs     []attribute.KeyValue
	message string // of the first error
	told    bool
}

// expected is what the attributes of a line in JSON are to be.
func expected(t *testing.T, line string) []attribute.KeyValue {
	m := model{T: t}
	if strings.HasPrefix(strings.TrimLeft(line, blanks), "{") {
		for _, one := range m.members(line) {
			m.root(one.key, one.raw)
		}
	}
	if !m.told {
		return m.kvs
	}
	exception := attribute.String("exception.message", m.message)
	if len(m.kvs)+2 > 128 { // with the severity more than the SDK keeps
		return append([]attribute.KeyValue{exception}, m.kvs...)
	}
	return append(m.kvs, exception)
}

type rawMember struct {
	key string
	raw json.RawMessage
}

// members are those of an object, in their order.
func (m *model) members(object string) (all []rawMember) {
	d := json.NewDecoder(strings.NewReader(object))
	if _, err := d.Token(); err != nil {
		m.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			m.Fatal(err)
		}
		one := rawMember{key: key.(string)}
		if err := d.Decode(&one.raw); err != nil {
			m.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// root adds a member of the line itself, where some keys have a meaning.
func (m *model) root(key string, raw json.RawMessage) {
	switch key {
	case "time", "trace_id", "span_id", "trace_flags":
		return
	case "caller":
		if file, line, ok := source(m.text(raw)); ok {
			m.kvs = append(m.kvs, attribute.String("code.file.path", spanstate.Cut(file, maxText)), attribute.Int("code.line.number", line))
			return
		}
	case "error":
		m.error(raw)
	case "event.name":
		if v := expectScalar(m.T, raw); v.Type() == attribute.STRING && v.AsString() != "" && (raw[0] != '{' || len(m.members(string(raw))) == 0) {
			return // it is the event's
		}
	}
	m.value("", key, raw, 0)
}

// text is that of a string, and empty for any other value.
func (m *model) text(raw json.RawMessage) (text string) {
	_ = json.Unmarshal(raw, &text)
	return text
}

func (m *model) error(raw json.RawMessage) {
	if m.told {
		return
	}
	m.told, m.message = true, string(raw)
	if raw[0] == '"' {
		m.message = m.text(raw)
	}
	m.message = spanstate.Cut(m.message, maxText)
}

// value adds a value under a key behind the path of its groups.
func (m *model) value(path, key string, raw json.RawMessage, depth int) {
	if raw[0] == '{' && depth < maxFlat {
		inner := m.members(string(raw))
		for _, one := range inner {
			if one.key == "error" && one.raw[0] == '"' {
				m.error(one.raw)
			}
			m.value(path+key+".", one.key, one.raw, depth+1)
		}
		if len(inner) > 0 {
			return
		}
	}
	name := path + key
	if name == "" {
		name = "_"
	}
	name = spanstate.Cut(name, 1<<10)
	m.kvs = append(m.kvs, attribute.KeyValue{Key: attribute.Key(name), Value: expectScalar(m.T, raw)})
}

func expectScalar(t *testing.T, raw json.RawMessage) attribute.Value {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	asText := attribute.StringValue(spanstate.Cut(string(raw), maxText))
	switch x := v.(type) {
	case string:
		return attribute.StringValue(spanstate.Cut(x, maxText))
	case bool:
		return attribute.BoolValue(x)
	case json.Number:
		return expectNumber(string(x))
	case []any:
		return expectArray(x, asText)
	}
	return asText
}

func expectNumber(s string) attribute.Value {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return attribute.Int64Value(n)
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.ContainsAny(s, ".eE") {
		return attribute.Float64Value(f)
	}
	return attribute.StringValue(spanstate.Cut(s, maxText))
}

func expectArray(xs []any, asText attribute.Value) attribute.Value {
	var ss []string
	var bs []bool
	var is []int64
	var fs []float64
	for _, x := range xs {
		switch x := x.(type) {
		case string:
			ss = append(ss, spanstate.Cut(x, maxText))
		case bool:
			bs = append(bs, x)
		case json.Number:
			v := expectNumber(string(x))
			switch v.Type() {
			case attribute.INT64:
				is = append(is, v.AsInt64())
				if f, _ := x.Float64(); f > -maxExact && f < maxExact { // -0 has a sign
					fs = append(fs, f)
				}
			case attribute.FLOAT64:
				fs = append(fs, v.AsFloat64())
			}
		}
	}
	switch n := len(xs); {
	case n == 0:
		return asText
	case len(ss) == n:
		return attribute.StringSliceValue(ss)
	case len(bs) == n:
		return attribute.BoolSliceValue(bs)
	case len(is) == n:
		return attribute.Int64SliceValue(is)
	case len(fs) == n:
		return attribute.Float64SliceValue(fs)
	}
	return asText
}

func FuzzRewrite(f *testing.F) {
	seed(f)
	f.Add(`{ "@timestamp": {"":1,"":2},"a":{"b":1,"b":2}}`)
	f.Add(`{"@timestamp":{"":1,"":2},"a":{"b":1,"b":2},"error":{"a":1,"a":2},"log.level":{"a":1,"a":2}}`)
	r := newRewriter((&events.Policy{Schema: events.ECS}).Rules())
	f.Fuzz(func(t *testing.T, line string) {
		x := new(rewritten)
		if !x.read([]byte(line)) {
			if json.Valid([]byte(line)) && strings.HasPrefix(strings.TrimSpace(line), "{") && len(line) < maxDepth {
				t.Errorf("not read: %q", line)
			}
			return
		}
		r.rewrite(x, zerolog.InfoLevel)
		if !json.Valid([]byte(line)) {
			return
		}
		if !json.Valid(x.out) {
			t.Fatalf("%q became %q", line, x.out)
		}
		once(t, string(x.out), x.ours[0] == x.ours[1]) // what has the mark of ours is written as it is
	})
}

// once fails for a key that stands twice in an object, or, where it is asked for, in one inside it, but for those in arrays.
func once(t *testing.T, object string, inside bool) {
	t.Helper()
	known := map[string]bool{}
	for _, one := range (&model{T: t}).members(object) {
		if known[one.key] {
			t.Fatalf("%q stands twice in %q", one.key, object)
		}
		if known[one.key] = true; inside && one.raw[0] == '{' {
			once(t, string(one.raw), inside)
		}
	}
}

func FuzzClear(f *testing.F) {
	seed(f)
	f.Add("{\"trace_id\" \t:1,\"a\":{\"span_id\":2},\"trace_flags\"\r\n:{}}")
	f.Add(`{"\u0074race_id":1,"span\u005Fid":2,"a":"trace_id"}`)
	h := newHook((*events.Policy)(nil).Rules())
	f.Fuzz(func(t *testing.T, line string) {
		line, whole := strings.CutSuffix(line, "}")
		whole = whole && strings.HasPrefix(line, "{") && json.Valid([]byte(line+"}"))
		line = strings.TrimRight(line, " \t\r\n") // zerolog puts no space there
		b := []byte(line)
		h.clear(b, true, true)
		if !whole {
			return
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		got := string(b) + `"trace_id":1,"span_id":2,"trace_flags":3}`
		if !json.Valid([]byte(got)) {
			t.Fatalf("%q became %q", line, got)
		}
		before, _ := rootKeys(line + "}")
		before = slices.DeleteFunc(before, h.rules.IsID)
		after, _ := rootKeys(got)
		if want := append(before, "trace_id", "span_id", "trace_flags"); !slices.Equal(after, want) {
			t.Errorf("%q became %q: keys %q, want %q", line, got, after, want)
		}
	})
}

// FuzzRawJSON: whatever is given for raw JSON, the line is JSON with its neighbours and ids, and says what was wrong.
func FuzzRawJSON(f *testing.F) {
	for _, raw := range append(invalid, "{", "\f0", "{\n}", "\"\xa7\"\n", `0,"" :`, "[1, 2]", `"\u00e9"`, "\"\u00e9\"") {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, p := range []*events.Policy{nil, {Schema: events.ECS}} {
			var b bytes.Buffer
			l := New(&b, p)
			l.Info().Ctx(fixed(0, false)).Int("a", 1).RawJSON("raw", []byte(raw)).Int("b", 2).Msg("m")
			line := b.Bytes()
			if !valid(line) || bytes.IndexByte(line, '\n') != len(line)-1 {
				t.Fatalf("%q became %q", raw, line)
			}
			if line[0] == '{' && wellFormed(line) != valid(line) && bytes.IndexByte(line, '\t') < 0 && strings.Count(raw, "{")+strings.Count(raw, "[") < 60 && !strings.Contains(raw, "\r") {
				t.Fatalf("%q is valid and not seen to be well-formed", line)
			}
			var got struct {
				A, B int
				Raw  any
			}
			if strings.HasSuffix(raw, "{") { // zerolog leaves out the comma behind it
				continue
			}
			err := json.Unmarshal(line, &got)
			if asIs := strings.ReplaceAll(raw, "\n", " "); p == nil && valid([]byte(raw)) && !bytes.Contains(line, []byte(`,"raw":`+asIs+`,"b":2`)) {
				t.Fatalf("%q became %q", raw, line)
			}
			if text, _ := got.Raw.(string); !valid([]byte(raw)) && (err != nil || got.A != 1 || got.B != 2 || !strings.Contains(text, notJSON)) && !strings.Contains(strings.Join(strings.Fields(raw), ""), `":`) {
				t.Fatalf("%q became %s", raw, line)
			}
		}
	})
}

// FuzzWellFormed: what is seen to be well-formed is JSON in UTF-8.
func FuzzWellFormed(f *testing.F) {
	seed(f)
	f.Add(`{"a":"\u00e`)
	f.Add(`{"a":[{},[],{"b":[1,{"c":null}]}],"d":-1.5e+3}`)
	f.Fuzz(func(t *testing.T, line string) {
		line += "\n"
		if wellFormed([]byte(line)) && !valid([]byte(line)) {
			t.Fatalf("%q is no JSON", line)
		}
		if !wellFormed([]byte(line)) && strings.HasPrefix(line, "{") && valid([]byte(line)) && !strings.ContainsAny(line[:len(line)-1], "\n\t\r") &&
			!strings.HasSuffix(line, " \n") && strings.Count(line, "{")+strings.Count(line, "[") < 60 {
			t.Fatalf("%q is JSON", line)
		}
	})
}
