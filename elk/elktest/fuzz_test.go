package elktest

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzBulk holds that the parser never panics and that whatever is stored is a line of the body: one valid JSON object.
func FuzzBulk(f *testing.F) {
	for _, seed := range []string{pair("logs-f", "1", good), "garbage\n", "{\"create\":{}}\n\n", "\n", pair("logs-f", "", `{"a":{"b":[1,2.5,"x",null,true,{}]},"a.b":"\ud83d\ude00"}`),
		pair("logs-f", "", "{\"@timestamp\":1e400}"), `{"create":{"_index":"logs-f","nosuch":1}}` + "\n" + good + "\n", `{"delete":{"_index":"logs-f","_id":"1"}}` + "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newStore()
		s.templates["logs"] = &template{patterns: []string{"logs-*"}, stream: true, mapping: newMapping()}
		actions, err := (&bulkReader{rest: body}).parseBulk(defaults{index: "logs-f", quote: true}, math.MaxInt)
		if err != nil || validate(actions) != nil {
			return
		}
		for _, a := range actions {
			r := s.write(a, true)
			if !json.Valid(appendJSON(nil, r.object(false, Elasticsearch8))) {
				t.Errorf("the item is not JSON: %s", appendJSON(nil, r.object(false, Elasticsearch8)))
			}
			if r.status == 201 && (a.op != "create" || !lenient(a.source) && (!json.Valid(a.source) || !utf8.Valid(a.source)) || !bytes.Contains(a.source, []byte("{"))) {
				t.Errorf("stored %s %q", a.op, a.source)
			}
		}
		for _, d := range s.documents("") {
			if !bytes.Contains(body, d.Source) || !strings.HasPrefix(d.Stream, "logs-") {
				t.Errorf("stored %+v, which was not sent", d)
			}
		}
	})
}

// lenient reports whether a text may be JSON to the servers only: it has a comment, or an overlong form in UTF-8.
func lenient(text []byte) bool {
	return bytes.Contains(text, []byte("/*")) || bytes.IndexByte(text, 0xc0) >= 0 || bytes.IndexByte(text, 0xc1) >= 0
}

// FuzzJSON compares the scanner with encoding/json: it accepts nothing that the standard library refuses, but for comments, and of
// what that accepts it refuses only duplicate keys, invalid UTF-8, deep nesting and long numbers.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0.5e+3,"\u00e9\n",true,null]}`, `[01]`, `{"a":1,"a":2}`, `"\ud800\udc00"`, `[1,]`, ` {} `, "\"\xff\"", `-`, `1.`, `tru`, `0/**/`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, end, err := parseJSON(data)
		accepted := err == nil && n != nil && end == len(data)
		if accepted && !lenient(data) && !json.Valid(data) {
			t.Fatalf("accepted %q", data)
		}
		if accepted && !json.Valid(appendJSON(nil, n.tree())) {
			t.Errorf("%q becomes %s", data, appendJSON(nil, n.tree()))
		}
		if !accepted && json.Valid(data) && utf8.Valid(data) && !strings.Contains(err.Error(), "Duplicate") && !strings.Contains(err.Error(), "maximum allowed") {
			t.Errorf("refused %q: %v", data, err)
		}
	})
}
