package elktest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// startProfile runs a server of that profile with a template for logs-*.
func startProfile(t *testing.T, p Profile, options ...Option) *Server {
	t.Helper()
	s := start(t, append([]Option{WithProfile(p)}, options...)...)
	mustPut(t, s, "gt", `{"index_patterns":["logs-*"],"data_stream":{},"template":{"mappings":{"properties":{"level":{"type":"keyword"},"n":{"type":"long"}}}}}`)
	return s
}

// TestOpenSearchBodies compares whole answers with those of OpenSearch in reference/elasticsearch-answers.md.
func TestOpenSearchBodies(t *testing.T) {
	const ts = `"@timestamp":"2026-11-22T10:00:00.123456789Z"`
	const index = ".ds-logs-gt-default-000001"
	failure := func(id, problem string) string {
		return `{"took":0,"errors":true,"items":[{"create":{"_index":"` + index + `","_id":"` + id + `","status":400,"error":` + problem + `}}]}`
	}
	for _, tt := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"1.1 created", "/_bulk", pair("logs-gt-default", "a1", good), 200, `{"took":0,"errors":false,"items":[{"create":{"_index":"` + index + `","_id":"a1","_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}]}`},
		{"2.6 no timestamp", "/_bulk", pair("logs-gt-default", "x", `{"message":"x"}`), 200, failure("x", `{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{"type":"illegal_argument_exception","reason":"documents must contain a single-valued timestamp field '@timestamp' of date type"}}`)},
		{"3.1 string into long", "/_bulk", pair("logs-gt-default", "c1", "{"+ts+`,"n":"ten"}`), 200, failure("c1", `{"type":"mapper_parsing_exception","reason":"failed to parse field [n] of type [long] in document with id 'c1'. Preview of field's value: 'ten'","caused_by":{"type":"illegal_argument_exception","reason":"For input string: \"ten\""}}`)},
		{"5.3 require_data_stream", "/_bulk?require_data_stream=true", pair("logs-gt-default", "", good), 400, `{"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [require_data_stream] -> did you mean [require_alias]?"}],"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [require_data_stream] -> did you mean [require_alias]?"},"status":400}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, startProfile(t, OpenSearch3), "POST", tt.path, tt.body)
			if a.status != tt.status || a.body != tt.want {
				t.Errorf("got  %d %s\nwant %d %s", a.status, a.body, tt.status, tt.want)
			}
			if a.header.Get("X-Elastic-Product") != "" || a.header.Get("X-Opensearch-Version") != "OpenSearch/3.8.0 (opensearch)" {
				t.Errorf("headers %v", a.header)
			}
		})
	}
}

func TestProfileOfGet(t *testing.T) {
	for p, want := range map[Profile]string{Elasticsearch8: `"number":"8.19.16"`, Elasticsearch9: `"number":"9.2.4"`, OpenSearch3: `"distribution":"opensearch","number":"3.8.0"`} {
		if a := send(t, start(t, WithProfile(p)), "GET", "/", ""); !strings.Contains(a.body, want) {
			t.Errorf("%v: got %s, want %s in it", p, a.body, want)
		}
	}
}

// many is a bulk of n documents, and the documents' bytes together.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(pair("logs-gt-default", fmt.Sprint(i), good))
	}
	return b.String()
}

// TestStreamedParts: what Elasticsearch 9 has stored of a request that fails, and that a repeat completes it without duplicates.
func TestStreamedParts(t *testing.T) {
	body := many(100)
	part := len(many(10)) // 10 documents
	for _, tt := range []struct {
		name    string
		profile Profile
		send    func(s *Server) error
		least   int
	}{
		{"malformed end, 9", Elasticsearch9, func(s *Server) error { return refused(s, strings.NewReader(body+"garbage\n"), 400) }, 90},
		{"malformed end, 8", Elasticsearch8, func(s *Server) error { return refused(s, strings.NewReader(body+"garbage\n"), 400) }, 0},
		{"malformed end, OpenSearch", OpenSearch3, func(s *Server) error { return refused(s, strings.NewReader(body+"garbage\n"), 400) }, 0},
		{"chunked over the limit, 9", Elasticsearch9, func(s *Server) error { return refused(s, io.MultiReader(strings.NewReader(body+body)), 413) }, 90},
		{"chunked over the limit, 8", Elasticsearch8, func(s *Server) error { return refused(s, io.MultiReader(strings.NewReader(body+body)), 413) }, 0},
		{"client hangs up, 9", Elasticsearch9, func(s *Server) error { return refused(s, &hangsUp{text: body}, 0) }, 50},
		{"client hangs up, 8", Elasticsearch8, func(s *Server) error { return refused(s, &hangsUp{text: body}, 0) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startProfile(t, tt.profile, WithStreamedPart(part), WithMaxContentLength(len(body)+100))
			if err := tt.send(s); err != nil {
				t.Fatal(err)
			}
			waitFor(func() bool { return len(s.Documents("")) >= tt.least })
			if n := len(s.Documents("")); n < tt.least || tt.least == 0 && n > 0 {
				t.Fatalf("stored %d, want at least %d, and none where that is 0", n, tt.least)
			}
			send(t, s, "POST", "/_bulk", body)
			if n := len(s.Documents("")); n != 100 {
				t.Errorf("stored %d after the repeat, want 100", n)
			}
		})
	}
}

// refused sends a body; status 0 is an answer that never comes.
func refused(s *Server, body io.Reader, status int) error {
	a, err := try(s, "POST", "/_bulk", body)
	switch {
	case status == 0 && err == nil:
		return fmt.Errorf("got %d, want no answer", a.status)
	case status == 0:
		return nil
	case err != nil:
		return err
	case a.status != status:
		return fmt.Errorf("got %d %s, want %d", a.status, a.body, status)
	}
	return nil
}

// hangsUp is a body that ends with an error.
type hangsUp struct{ text string }

func (h *hangsUp) Read(p []byte) (int, error) {
	if h.text == "" {
		return 0, io.ErrClosedPipe
	}
	n := copy(p, h.text)
	h.text = h.text[n:]
	return n, nil
}

// TestCutGzip: 9 takes the whole lines of a stream that ends inside a document, the others refuse the request.
func TestCutGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, many(2)[:len(many(2))-20])
	z.Flush() // and no end
	for p, want := range map[Profile]int{Elasticsearch8: 400, Elasticsearch9: 200, OpenSearch3: 400} {
		s := startProfile(t, p)
		a := send(t, s, "POST", "/_bulk", packed.String(), "Content-Encoding", "gzip")
		if a.status != want || want == 200 && len(a.items) != 1 || len(s.Documents("")) != len(a.items) {
			t.Errorf("%v: got %d %s, want %d", p, a.status, a.body, want)
		}
	}
}

func TestRollover(t *testing.T) {
	for _, p := range []Profile{Elasticsearch8, Elasticsearch9, OpenSearch3} {
		t.Run(p.String(), func(t *testing.T) {
			s := startProfile(t, p)
			send(t, s, "POST", "/_bulk", pair("logs-gt-default", "a", good))
			if a := send(t, s, "POST", "/logs-gt-default/_rollover", ""); a.status != 200 || !strings.Contains(a.body, `"new_index":"`+p.indexName("logs-gt-default", 2)+`"`) {
				t.Fatalf("rollover: %d %s", a.status, a.body)
			}
			a := send(t, s, "POST", "/_bulk", pair("logs-gt-default", "a", good)+pair("logs-gt-default", "a", good))
			if a.items[0]["create"].Status != 201 || a.items[0]["create"].Index != p.indexName("logs-gt-default", 2) || a.items[1]["create"].Status != 409 {
				t.Errorf("after the rollover: %s, want 201 in the new index, then 409", a.body)
			}
			if got := send(t, s, "GET", "/logs-gt-default/_count", "").body; !strings.HasPrefix(got, `{"count":2,`) {
				t.Errorf("count: %s, want 2", got)
			}
			found := send(t, s, "POST", "/"+p.indexName("logs-gt-default", 1)+"/_mget", `{"ids":["a","b"]}`).body
			if strings.Count(found, `"found":true`) != 1 || strings.Count(found, `"found":false`) != 1 {
				t.Errorf("_mget in the first index: %s", found)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	s := startProfile(t, Elasticsearch8)
	send(t, s, "POST", "/_bulk", pair("logs-gt-default", "a", good))
	set := func(body string) {
		t.Helper()
		if a := send(t, s, "PUT", "/logs-gt-default/_settings", body); a.status != 200 {
			t.Fatalf("%s: %d %s", body, a.status, a.body)
		}
	}
	for _, tt := range []struct {
		set    string
		status int
		text   string
	}{
		{`{"index.blocks.write":true}`, 403, "blocked by: [FORBIDDEN/8/index write (api)];"},
		{`{"index":{"blocks":{"write":null,"read_only_allow_delete":true}}}`, 429, "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark"},
		{`{"blocks.read_only_allow_delete":false}`, 201, ""},
	} {
		set(tt.set)
		a := send(t, s, "POST", "/_bulk", pair("logs-gt-default", "", "no json")+pair("logs-gt-other", "", good)+pair("logs-gt-default", "", good))
		if got := a.items[2]["create"]; got.Status != tt.status || !strings.Contains(string(got.Error), tt.text) || a.items[1]["create"].Status != 201 {
			t.Errorf("%s: %s, want %d %s beside 201", tt.set, a.body, tt.status, tt.text)
		}
	}
}

func TestDynamicTemplates(t *testing.T) {
	s := start(t, WithProfile(Elasticsearch8))
	mustPut(t, s, "d", `{"index_patterns":["logs-*"],"data_stream":{},"template":{"mappings":{"date_detection":false,"dynamic_templates":[`+
		`{"ip":{"match":"*_ip","match_mapping_type":"string","mapping":{"type":"ip"}}},`+
		`{"labels":{"path_match":"labels.*","path_unmatch":"labels.free.*","mapping":{"type":"keyword"}}},`+
		`{"rest":{"match_mapping_type":"string","mapping":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}}}]}}}`)
	doc := func(rest string) string { return `{"@timestamp":"2026-11-22T10:00:00Z",` + rest + `}` }
	for _, tt := range []struct {
		name, rest string
		status     int
	}{
		{"an ip by its name", `"source_ip":"10.0.0.1"`, 201},
		{"no ip", `"source_ip":"here"`, 400},
		{"a label from a number", `"labels":{"n":1}`, 201},
		{"the same label from a text", `"labels.n":"x"`, 201},
		{"outside the labels", `"labels.free.n":1`, 201},
		{"where a long came first", `"labels.free.n":"x"`, 400},
		{"text", `"note":"a b"`, 201},
	} {
		a := send(t, s, "POST", "/_bulk", pair("logs-d", "", doc(tt.rest)))
		if got := a.items[0]["create"].Status; got != tt.status {
			t.Errorf("%s: %s, want %d", tt.name, a.body, tt.status)
		}
	}
	for field, want := range map[string]string{"source_ip": "10.0.0.1", "labels.n": "1", "note.keyword": "a b"} {
		got := send(t, s, "GET", "/logs-d/_count", fmt.Sprintf(`{"query":{"term":{%q:%q}}}`, field, want)).body
		if !strings.HasPrefix(got, `{"count":1,`) {
			t.Errorf("%s: %s, want one document", field, got)
		}
	}
}

func TestTypesOfProfiles(t *testing.T) {
	for _, tt := range []struct {
		profile Profile
		mapping string
		status  int
		text    string
	}{
		{Elasticsearch8, `{"type":"flattened"}`, 200, ""},
		{OpenSearch3, `{"type":"flattened"}`, 400, "No handler for type [flattened] declared on field [f]"},
		{Elasticsearch9, `{"type":"match_only_text"}`, 400, "The mapper type [match_only_text] declared on field [f] does not exist."},
		{OpenSearch3, `{"type":"match_only_text"}`, 200, ""},
		{OpenSearch3, `{"type":"constant_keyword"}`, 400, "Field [f] is missing required parameter [value]"},
		{Elasticsearch8, `{"type":"keyword","nosuch":1}`, 400, "unknown parameter [nosuch] on mapper [f] of type [keyword]"},
	} {
		a := send(t, start(t, WithProfile(tt.profile)), http.MethodPut, "/_index_template/t", `{"index_patterns":["x-*"],"data_stream":{},"template":{"mappings":{"properties":{"f":`+tt.mapping+`}}}}`)
		if a.status != tt.status || !strings.Contains(a.body, tt.text) {
			t.Errorf("%v, %s: got %d %s, want %d %s", tt.profile, tt.mapping, a.status, a.body, tt.status, tt.text)
		}
	}
}

// waitFor waits as long as it takes, up to what no machine needs.
func waitFor(done func() bool) {
	for end := time.Now().Add(time.Minute); !done() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// TestMappingsOfTemplates: what a template's mappings do to documents.
func TestMappingsOfTemplates(t *testing.T) {
	s := start(t, WithProfile(Elasticsearch8))
	mustPut(t, s, "m", `{"index_patterns":["logs-*"],"data_stream":{},"template":{"mappings":{"dynamic":false,"properties":{`+
		`"@timestamp":{"type":"date_nanos","ignore_malformed":false},"n":{"type":"long","ignore_malformed":true},"strict":{"type":"short"},"ip":{"type":"ip"},"flat":{"type":"flattened"}}}}}`)
	at := func(time, rest string) string { return `{"@timestamp":"` + time + `"` + rest + `}` }
	const now = "2026-11-22T10:00:00Z"
	for _, tt := range []struct {
		name, doc string
		status    int
	}{
		{"nanoseconds, later", at("2026-11-22T10:00:00.000000002Z", ""), 201},
		{"nanoseconds, earlier", at("2026-11-22T10:00:00.000000001Z", ""), 201},
		{"before 1970", at("1969-12-31T23:59:59Z", ""), 400},
		{"after 2262", at("2300-01-01T00:00:00Z", ""), 400},
		{"a new field that changes its type", at(now, `,"new":1`) + "\n" + `{"create":{}}` + "\n" + at(now, `,"new":{"a":[{}]}`), 201},
		{"malformed and ignored", at(now, `,"n":"ten"`), 201},
		{"malformed", at(now, `,"strict":"ten"`), 400},
		{"out of range", at(now, `,"strict":32768`), 400},
		{"no ip", at(now, `,"ip":"here"`), 400},
		{"flattened", at(now, `,"flat":{"a":{"b":1},"c":"x"},"flat.d":[true]`), 201},
		{"scalar where it is flattened", at(now, `,"flat":1`), 400},
	} {
		a := send(t, s, "POST", "/logs-m/_bulk", pair("logs-m", "", tt.doc))
		for i := range a.items {
			if got := a.item(t, i).Status; got != tt.status {
				t.Errorf("%s: %s, want %d", tt.name, a.body, tt.status)
			}
		}
	}
	found := send(t, s, "POST", "/logs-m/_search", `{"size":2,"sort":[{"@timestamp":"desc"}],"query":{"range":{"@timestamp":{"gt":"2026-11-22T10:00:00.000000000Z"}}}}`).body
	if !strings.Contains(found, `"sort":[1795341600000000002]`) || !strings.Contains(found, `"sort":[1795341600000000001]`) {
		t.Errorf("search by nanoseconds: %s", found)
	}
}

// TestTwoActionsOnALine: Elasticsearch 9 refuses them, the others look at the first alone; what follows an action is nothing
// to OpenSearch.
func TestTwoActionsOnALine(t *testing.T) {
	for _, tt := range []struct {
		profile Profile
		line    string
		stored  int
	}{
		{Elasticsearch8, `{"create":{"_index":"logs-a-b"},"index":{}}`, 1},
		{Elasticsearch9, `{"create":{"_index":"logs-a-b"},"index":{}}`, 0},
		{OpenSearch3, `{"create":{"_index":"logs-a-b"},"index":{}}`, 1},
		{Elasticsearch8, `{"create":{"_index":"logs-a-b"}} x`, 0},
		{OpenSearch3, `{"create":{"_index":"logs-a-b"}} x`, 1},
		{Elasticsearch8, `/* why */ {"create":{"_index":"logs-a-b"}}/**/`, 1},
	} {
		s := startProfile(t, tt.profile)
		send(t, s, "POST", "/_bulk", tt.line+"\n{\"@timestamp\":\"2026-11-22T10:00:00Z\"}\n")
		if n := len(s.Documents("")); n != tt.stored {
			t.Errorf("%s: %s: %d documents, want %d", tt.profile, tt.line, n, tt.stored)
		}
	}
}

// TestLenientText: comments and overlong forms are taken, as the servers do; overlong and plain are the same key.
func TestLenientText(t *testing.T) {
	for text, want := range map[string]string{
		`{"a"/* x */:/**/1}`:       "",
		"{\"\xc1\xa1\":1}":         "",
		"{\"a\":1,\"\xc1\xa1\":1}": "Duplicate field 'a'",
		`{"a":1/* x }`:             "Unexpected character ('/' (code 47))",
		`{"a":1/*/}`:               "Unexpected character ('/' (code 47))",
		`{"a":1// x`:               "Unexpected character ('/' (code 47))",
		"{\"a\":\"\xc0x\"}":        "Invalid UTF-8",
		"{\"a\":\"\xc0":            "Invalid UTF-8",
	} {
		_, _, err := parseJSON([]byte(text))
		if got := fmt.Sprint(err); err != nil && want == "" || err == nil && want != "" || err != nil && !strings.Contains(got, want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
