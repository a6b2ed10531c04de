package elk

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spanlog/spanlog/elk/elktest"
)

func TestRepair(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"a":1,"a":2}`, `{"a":1,"a_2":2}`},
		{`{"a":1,"a":2,"a":3}`, `{"a":1,"a_2":2,"a_3":3}`},
		{`{"a":1,"a":2,"a_2":3}`, `{"a":1,"a_3":2,"a_2":3}`},
		{`{"a":1,"a_2":3,"a_2":4,"a":5}`, `{"a":1,"a_2":3,"a_2_2":4,"a_3":5}`},
		{`{"a":1,"\u0061":2}`, `{"a":1,"\u0061_2":2}`},
		{`{ "a" : 1 , "a" : { "b" : [ { "c" : "x , y" , "c" : null } ] } }`, `{"a":1,"a_2":{"b":[{"c":"x , y","c_2":null}]}}`},
		{`{"a":{"b":1},"a":{"b":2}}`, `{"a":{"b":1},"a_2":{"b":2}}`},
		{`{"@timestamp":"2026","@timestamp":"2027"}`, `{"@timestamp":"2026","@timestamp_2":"2027"}`},
		{`{"":1,"":2}`, `{"":1,"_2":2}`},
		{`{"a":1}`, ""},
		{`{"a":[1,2,{}]}`, ""},
		{`{"a":1,"a":` + strings.Repeat("[", 1100) + strings.Repeat("]", 1100) + `}`, ""},
	} {
		b, d := spliced(t, tt.line, lineInfo{seq: 42}, plainFields())
		ok := b.repair(d, flawDuplicateKey, "id")
		if ok != (tt.want != "") {
			t.Errorf("repair(%s) = %t", tt.line, ok)
			continue
		}
		action, document, _ := strings.Cut(string(b.body(d)), "\n")
		if ok && (!strings.HasSuffix(document, tt.want[1:]+"\n") || action != `{"create":{"_id":"id-42"}}`) {
			t.Errorf("repair(%s) = %s %s, want %s", tt.line, action, document, tt.want)
		}
		if got := string(b.original(d)); got != tt.line {
			t.Errorf("original = %s, want %s", got, tt.line)
		}
		if b.repair(d, flawDuplicateKey, "id") {
			t.Errorf("%s is repaired twice", tt.line)
		}
	}
}

// TestDuplicateKeysAreRepaired, once, and the line is stored under its id.
func TestDuplicateKeysAreRepaired(t *testing.T) {
	dead := &buffer{}
	srv := startServer(t)
	c := quick(srv.URL())
	c.DeadLetter = dead
	s := openShipper(t, c)
	writeLines(t, s, 0, 5)
	mustWrite(t, s, `{"number":5,"message":`+quoted(textNumber(5))+`,"message":"again","hash":"`+hashOf(textNumber(5))+`","x":{"y":1,"y":2}}`+"\n")
	mustWrite(t, s, `{"message":"a","message":"b","@timestamp":"yesterday"}`+"\n")
	writeLines(t, s, 6, 10)
	stats := closeWell(t, s)
	checkStored(t, srv, 10)
	if stats.Repaired != 2 || stats.Delivered != 10 || stats.DeadLettered.Refused != 1 {
		t.Errorf("stats = %+v, want 2 repaired, 10 delivered, 1 refused", stats)
	}
	for _, doc := range srv.Documents(stream) {
		if strings.Contains(string(doc.Source), `"again"`) && (!strings.HasSuffix(doc.ID, "-6") || !strings.Contains(string(doc.Source), `"message_2":"again"`) || !strings.Contains(string(doc.Source), `"y_2":2`)) {
			t.Errorf("%s is %s", doc.ID, doc.Source)
		}
	}
	if got := letters(t, dead); len(got) != 1 || got[0].Document != `{"message":"a","message":"b","@timestamp":"yesterday"}` {
		t.Errorf("dead letters = %+v, want the line as it was written", got)
	}
}

// TestOpenSearchsWordsForDuplicateKeys come in an inner error.
func TestOpenSearchsWordsForDuplicateKeys(t *testing.T) {
	const item = `{"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{"type":"json_parse_exception","reason":"Duplicate Object property \"a\" found"}}}}`
	var bodies []string
	c := Config{InFlight: 1, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		body := readBody(r)
		bodies = append(bodies, body)
		if strings.Contains(body, `"a":2`) {
			return respond(200, nil, `{"took":1,"errors":true,"items":[`+item+`]}`), nil
		}
		return respond(200, nil, answerOf(1)), nil
	})}
	bubble(t, c, func(s *Shipper) { mustWrite(t, s, `{"a":1,"a":2}`) })
	if len(bodies) != 2 || !strings.HasSuffix(bodies[1], `"a":1,"a_2":2}`+"\n") {
		t.Errorf("bodies = %q", bodies)
	}
}

// TestRepairOfManyEqualKeys takes work in proportion: each number that is
// tried for a key is an allocation.
func TestRepairOfManyEqualKeys(t *testing.T) {
	const keys = 2000
	line := []byte("{" + strings.Repeat(`"a":1,`, keys) + `"b":1}`)
	n := testing.AllocsPerRun(1, func() {
		r := repairer{scanner: scanner{data: line, fields: plainFields()}}
		if !r.object(0) || r.renamed != keys-1 {
			t.Errorf("%d keys renamed", r.renamed)
		}
	})
	if n > 20*keys {
		t.Errorf("%.0f allocations for %d equal keys", n, keys)
	}
}

// FuzzRepair: what comes out of a valid document in UTF-8 is valid, has no key
// twice, and as many members.
func FuzzRepair(f *testing.F) {
	for _, seed := range []string{`{"a":1,"a":2}`, `{"a":[{"b":1,"b":{"c":1,"c":2}}]}`, `{"\u0061":1,"a":"\"}"}`, `{"a":1,"a_2":1,"a":1}`, "{\"\xc5\":1,\"\xd2\":2}", `{"\ud83d":1,"\ude00":2,"�":3,"�_2":4}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		line = trimSpace(line)
		r := repairer{scanner: scanner{data: line, fields: plainFields()}}
		ok := r.object(0) && r.pos == len(line)
		if !json.Valid(line) || line[0] != '{' || !utf8.Valid(line) { // the last kind is refused before
			return
		}
		if !ok {
			if depthOf(line) <= maxDepth {
				t.Fatalf("repair refuses %q", line)
			}
			return
		}
		if !json.Valid(r.out) || hasDuplicate(r.out) {
			t.Fatalf("%q became %q", line, r.out)
		}
		if before, after := membersOf(line), membersOf(r.out); len(before) != len(after) {
			t.Fatalf("%q became %q: %d members of %d", line, r.out, len(after), len(before))
		}
	})
}

func depthOf(line []byte) (deepest int) {
	d, depth := json.NewDecoder(bytes.NewReader(line)), 0
	for {
		token, err := d.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

func hasDuplicate(value []byte) bool {
	switch value[0] {
	case '{':
		seen := map[string]bool{}
		for _, m := range membersOf(value) {
			if seen[m.key] || hasDuplicate(m.value) {
				return true
			}
			seen[m.key] = true
		}
	case '[':
		var items []json.RawMessage
		_ = json.Unmarshal(value, &items)
		for _, item := range items {
			if hasDuplicate(item) {
				return true
			}
		}
	}
	return false
}

// TestRepairOfBigNumbers: they become strings where the server knew nothing
// of their field, together with keys that are there twice.
func TestRepairOfBigNumbers(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"a":9223372036854775807,"b":-9223372036854775808}`, ""},
		{`{"a":9223372036854775808,"b":[18446744073709551615,1]}`, `{"a":"9223372036854775808","b":["18446744073709551615",1]}`},
		{`{"a":{"b":-9223372036854775809}}`, `{"a":{"b":"-9223372036854775809"}}`},
		{`{"a":92233720368547758080.5,"b":9223372036854775808e1}`, ""},
		{`{"a":"9223372036854775808"}`, ""},
		{`{"a":1,"a":9223372036854775808}`, `{"a":1,"a_2":"9223372036854775808"}`},
	} {
		b, d := spliced(t, tt.line, lineInfo{seq: 42}, plainFields())
		b.repair(d, flawDuplicateKey, "id")
		ok := b.repair(d, flawBigNumber, "id")
		if ok != (tt.want != "") || ok && !strings.HasSuffix(string(b.body(d)), tt.want[1:]+"\n") {
			t.Errorf("repair(%s) = %t, %s, want %s", tt.line, ok, b.body(d), tt.want)
		}
		if b.repair(d, flawDuplicateKey, "id") || ok && b.repair(d, flawBigNumber, "id") || b.repair(d, flawNone, "id") {
			t.Errorf("%s is repaired again", tt.line)
		}
	}
}

// TestBigNumbersAreRepaired where a stream refuses them, and are dead letters
// where its field is a long.
func TestBigNumbersAreRepaired(t *testing.T) {
	srv, err := elktest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	put(t, srv.URL()+"/_index_template/logs", `{"index_patterns":["logs-*"],"data_stream":{},"template":{"mappings":{"properties":{"known":{"type":"long"}}}}}`)
	dead := &buffer{}
	c := quick(srv.URL())
	c.DeadLetter = dead
	s := openShipper(t, c)
	mustWrite(t, s, `{"big":18446744073709551615}`+"\n"+`{"list":[18446744073709551615,1],"list":2}`+"\n"+`{"known":18446744073709551615}`+"\n"+`{"known":"many"}`+"\n")
	stats := closeWell(t, s)
	if stats.Delivered != 2 || stats.Repaired != 3 || stats.DeadLettered.Refused != 2 {
		t.Errorf("stats = %+v, want 2 delivered, 3 repaired, 2 refused", stats)
	}
	for _, letter := range letters(t, dead) {
		if !strings.HasPrefix(letter.Document, `{"known":`) || strings.Contains(letter.Document, `"1844`) {
			t.Errorf("%+v, want the line as it was written", letter)
		}
	}
}

func put(t *testing.T, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("PUT %s: status %d", url, res.StatusCode)
	}
}
