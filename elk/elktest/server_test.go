package elktest

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRoutesAndMedia(t *testing.T) {
	s := start(t)
	tests := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		has                      string
	}{
		{"13.7 unknown path", "GET", "/nosuch/path/at/all", "", nil, 400, `{"error":"no handler found for uri [/nosuch/path/at/all] and method [GET]"}`},
		{"405", "GET", "/x/_bulk", "", nil, 405, `{"error":"Incorrect HTTP method for uri [/x/_bulk] and method [GET], allowed: [POST, PUT]","status":405}`},
		{"405 without a name", "GET", "/_bulk", "", nil, 405, `{"error":"Incorrect HTTP method for uri [/_bulk] and method [GET], allowed: [POST, PUT]","status":405}`},
		{"known elsewhere", "DELETE", "/_index_template/gt", "", nil, 400, "no handler found"},
		{"root", "GET", "/", "", nil, 200, `"number":"8.19.16"`},
		{"health", "GET", "/_cluster/health?wait_for_status=yellow&timeout=1s", "", nil, 200, `"status":"green"`},
		{"health level", "GET", "/_cluster/health?level=indices", "", nil, 400, `unrecognized parameter: [level]`},
		{"two parameters", "GET", "/?b=1&a=1", "", nil, 400, `unrecognized parameters: [a], [b]`},
		{"4.16 no content type", "POST", "/_bulk", "x\n", []string{"Content-Type", ""}, 406, `{"error":"Content-Type header [] is not supported","status":406}`},
		{"4.17 text", "POST", "/_bulk", "x\n", []string{"Content-Type", "text/plain"}, 406, `{"error":"Content-Type header [text/plain] is not supported","status":406}`},
		{"4.17 ndjson", "POST", "/_bulk", "x\n", []string{"Content-Type", "application/ndjson"}, 406, `406`},
		{"4.17 unparsable", "POST", "/_bulk", "x\n", []string{"Content-Type", "garbage"}, 400, `media_type_header_exception`},
		{"1.26 compatible with 8", "POST", "/_bulk", pair("logs-m", "", good), []string{"Content-Type", "application/vnd.elasticsearch+x-ndjson;compatible-with=8", "Accept", "application/vnd.elasticsearch+json;compatible-with=8"}, 200, `"status":201`},
		{"compatible body alone", "POST", "/_bulk", pair("logs-m", "", good), []string{"Content-Type", "application/vnd.elasticsearch+x-ndjson;compatible-with=8"}, 400, `[Content-Type, Accept]`},
		{"compatible answer alone", "POST", "/_bulk", pair("logs-m", "", good), []string{"Accept", "application/vnd.elasticsearch+json;compatible-with=8"}, 400, `[Content-Type, Accept]`},
		{"1.27 compatible with 9", "POST", "/_bulk", pair("logs-m", "", good), []string{"Content-Type", "application/vnd.elasticsearch+x-ndjson;compatible-with=9"}, 400, `media_type_header_exception`},
		{"charset", "POST", "/_bulk", pair("logs-m", "", good), []string{"Content-Type", "application/x-ndjson; charset=UTF-8"}, 200, `"status":201`},
		{"accept", "GET", "/", "", []string{"Accept", "application/vnd.elasticsearch+json;compatible-with=7"}, 400, `[Accept]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, s, tt.method, tt.path, tt.body, tt.headers...)
			if a.status != tt.status || !strings.Contains(a.body, tt.has) || a.header.Get("X-Elastic-Product") != "Elasticsearch" {
				t.Errorf("got %d %s %v, want %d %s", a.status, a.body, a.header, tt.status, tt.has)
			}
		})
	}
	a := send(t, s, "GET", "/", "", "Accept-Encoding", "gzip")
	if a.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(a.body, "\x1f\x8b") {
		t.Errorf("13.1: %v %q", a.header, a.body)
	}
}

func TestTemplates(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		has        string
	}{
		{"replace", `{"index_patterns":"logs-*","data_stream":{}}`, 200, `{"acknowledged":true}`},
		{"mappings", `{"index_patterns":["x-*"],"priority":5,"data_stream":{},"template":{"settings":{"index":{"mapping":{"ignore_malformed":true}},"number_of_replicas":0},"mappings":{"date_detection":false,"dynamic_templates":[{"s":{"match_mapping_type":"string","mapping":{"type":"keyword"}}}],"properties":{"@timestamp":{"type":"date"},"trace":{"properties":{"id":{"type":"keyword","ignore_above":100}}},"trace.id2":{"type":"keyword"}}}}}`, 200, `true`},
		{"no patterns", `{"data_stream":{}}`, 400, `index_patterns`},
		{"empty body", ``, 400, `request body is required`},
		{"unknown key", `{"index_patterns":"x","nosuch":[]}`, 400, `[index_template] unknown field [nosuch]`},
		{"hidden", `{"index_patterns":"x","data_stream":{"hidden":true}}`, 400, `elktest does not know [data_stream: {hidden=true}]`},
		{"aliases", `{"index_patterns":"x","template":{"aliases":{}}}`, 400, `elktest does not know [aliases: {}]`},
		{"type", `{"index_patterns":"x","template":{"mappings":{"properties":{"a":{"type":"constant_keyword"}}}}}`, 400, `The mapper type [constant_keyword] declared on field [a] does not exist.`},
		{"no type", `{"index_patterns":"x","template":{"mappings":{"properties":{"a":{}}}}}`, 400, `No type specified for field [a]`},
		{"strict", `{"index_patterns":"x","template":{"mappings":{"dynamic":"runtime"}}}`, 400, `elktest does not know [dynamic: runtime]`},
		{"timestamp", `{"index_patterns":"x","template":{"mappings":{"properties":{"@timestamp":{"type":"keyword"}}}}}`, 400, `[date,date_nanos] is expected`},
		{"priority", `{"index_patterns":"x","priority":-1}`, 400, `priority`},
		{"limit", `{"index_patterns":"x","template":{"settings":{"index.mapping.total_fields.limit":"x"}}}`, 400, `total_fields.limit`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, start(t), "PUT", "/_index_template/gt", tt.body)
			if a.status != tt.status || !strings.Contains(a.body, tt.has) {
				t.Errorf("got %d %s, want %d %s", a.status, a.body, tt.status, tt.has)
			}
		})
	}
	s := start(t)
	if a := send(t, s, "PUT", "/_index_template/other", `{"index_patterns":["logs-x-*"],"data_stream":{}}`); a.status != 400 || !strings.Contains(a.body, "same priority [0]") {
		t.Errorf("same priority: %d %s", a.status, a.body)
	}
	mustPut(t, s, "plain", `{"index_patterns":["logs-plain-*"],"priority":1}`)
	if a := send(t, s, "POST", "/_bulk", pair("logs-plain-1", "", good)); !strings.Contains(a.body, "elktest does not know plain indices") {
		t.Errorf("9.18: %s", a.body)
	}
}

func TestFieldLimit(t *testing.T) {
	s := start(t)
	mustPut(t, s, "lim", `{"index_patterns":["logs-lim"],"priority":1,"data_stream":{},"template":{"settings":{"index.mapping.total_fields.limit":8}}}`)
	a := send(t, s, "POST", "/_bulk", pair("logs-lim", "l-0", `{"@timestamp":"2026","a":1,"b":1,"c":1}`)+pair("logs-lim", "l-1", `{"@timestamp":"2026","d":1,"e":1,"f":1,"g":1,"h":1,"i":1}`)+pair("logs-lim", "l-2", `{"@timestamp":"2026","a":2}`))
	want := `failed to parse: Limit of total fields [8] has been exceeded while adding new fields [6]","caused_by":{"type":"illegal_argument_exception","reason":"Limit of total fields [8] has been exceeded while adding new fields [6]"}`
	if !strings.Contains(a.body, want) || a.item(t, 1).Status != 400 || a.item(t, 2).Status != 201 {
		t.Errorf("3.41: %s", a.body)
	}
}

// TestLogsTemplate holds what the built-in template does otherwise than plain dynamic mapping.
func TestLogsTemplate(t *testing.T) {
	s := start(t, WithLogsTemplate())
	docs := []struct {
		doc    string
		status int
	}{
		{`{"@timestamp":"2026","n":1,"d":"2026-11-22","trace.id":"t"}`, 201},
		{`{"@timestamp":"2026","n":"ten","d":"soon"}`, 201}, // 3.51: ignore_malformed, no date detection
		{`{"@timestamp":"soon"}`, 400},                      // 3.51: never for @timestamp
		{`{"@timestamp":"2026","n":{"a":1}}`, 400},
		{`{"@timestamp":"2026","trace":"t"}`, 400},
	}
	for _, d := range docs {
		if a := send(t, s, "POST", "/_bulk", pair("logs-a-b", "", d.doc)); a.item(t, 0).Status != d.status {
			t.Errorf("%s: %s, want %d", d.doc, a.body, d.status)
		}
	}
	if a := send(t, s, "POST", "/_bulk?require_data_stream=true", pair("other", "", good)); a.item(t, 0).Status != 404 {
		t.Errorf("other name: %s", a.body)
	}
}

func TestTimestampForms(t *testing.T) {
	f := newForms()
	accepted := map[string]int64{
		"2026-11-22T10:00:00Z": 1795341600000, "2026-11-22T10:00:00.123456789Z": 1795341600123, "2026-11-22T10:00:00,1Z": 1795341600100,
		"2026-11-22T10:00:00+02:00": 1795334400000, "2026-11-22T10:00:00+0200": 1795334400000, "2026-11-22T10:00:00Europe/Berlin": 1795338000000,
		"2026-11-22T10:00:00": 1795341600000, "2026-11-22T10:00": 1795341600000, "2026-11-22T10": 1795341600000, "2026-11-22": 1795305600000,
		"2026-11": 1793491200000, "2026": 1767225600000, "1763805600": 1763805600, "1763805600000.5": 1763805600000, "-1": -1,
	}
	for text, want := range accepted {
		if got, ok := f.parse(text, true); !ok || got != want {
			t.Errorf("%s: got %d %v, want %d", text, got, ok, want)
		}
	}
	refused := []string{"2026-11-22 10:00:00", "2026-11-22T10:00:00z", "2026-11-22T24:00:00Z", "2026-11-22T10:00:60Z", "2026-02-30", "12026-11-22", "+12026-11-22",
		"2026-11-22T10:00:00.1234567890Z", "2026-11-22T10:00:00 Z", "Sun, 22 Nov 2026 10:00:00 GMT", "", "2026-00-01", "2026-13-01", "2026-11-22T10:00:00Local", "2026-11-22T10:00:00../x"}
	for _, text := range refused {
		if got, ok := f.parse(text, true); ok {
			t.Errorf("%q is accepted as %d", text, got)
		}
	}
	if _, ok := f.parse("1763805600000", false); ok {
		t.Error("milliseconds are a date for date detection")
	}
}

func TestConcurrentBulks(t *testing.T) {
	s := start(t)
	const writers, rounds = 8, 20
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range rounds {
				body := pair("logs-c", fmt.Sprintf("own-%d-%d", w, i), good) + pair("logs-c", fmt.Sprintf("shared-%d", i), good)
				if a, err := try(s, "POST", "/_bulk", strings.NewReader(body)); err != nil || a.status != 200 {
					t.Errorf("%d %v", a.status, err)
				}
				_, _ = try(s, "POST", "/logs-c/_search", strings.NewReader(`{"sort":"@timestamp"}`))
				s.Documents("")
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, d := range s.Documents("logs-c") {
		if seen[d.ID] {
			t.Errorf("%s is stored twice", d.ID)
		}
		seen[d.ID] = true
	}
	if len(seen) != writers*rounds+rounds || s.Requests() != writers*rounds {
		t.Errorf("%d documents, %d requests", len(seen), s.Requests())
	}
}

func TestIntercept(t *testing.T) {
	s := start(t)
	s.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/_bulk" {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	if a := send(t, s, "POST", "/_bulk", pair("logs-i", "", good)); a.status != 429 {
		t.Errorf("got %d", a.status)
	}
	if a := send(t, s, "GET", "/", ""); a.status != 200 {
		t.Errorf("got %d", a.status)
	}
	s.Intercept(nil)
	if a := send(t, s, "POST", "/_bulk", pair("logs-i", "", good)); a.status != 200 {
		t.Errorf("got %d", a.status)
	}
	if s.Requests() != 2 || len(s.Documents("logs-i")) != 1 {
		t.Errorf("%d requests, %d documents", s.Requests(), len(s.Documents("logs-i")))
	}
}

// TestHangUp sends part of a body and closes: nothing may be stored, compressed or not (4.59 to 4.61).
func TestHangUp(t *testing.T) {
	s := start(t)
	for _, body := range []string{pair("logs-h", "", good), string(zip(pair("logs-h", "", good)))} {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		encoding := ""
		if body[0] != '{' {
			encoding = "Content-Encoding: gzip\r\n"
		}
		fmt.Fprintf(c, "POST /_bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", encoding, len(body)+10, body)
		c.Close()
	}
	waitFor(func() bool { return s.Requests() >= 2 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Documents("")); n != 0 || s.Requests() != 2 {
		t.Errorf("%d documents of %d requests", n, s.Requests())
	}
}

// TestClose closes while a bulk waits for shards.
func TestClose(t *testing.T) {
	s := start(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = try(s, "POST", "/_bulk?wait_for_active_shards=2", strings.NewReader(pair("logs-c", "", good)))
	}()
	for s.Requests() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	<-done
	if _, err := try(s, "GET", "/", strings.NewReader("")); err == nil {
		t.Error("a closed server answers")
	}
}

// TestCloseWaits holds that no handler runs on after Close.
func TestCloseWaits(t *testing.T) {
	s := start(t)
	entered, ended := make(chan struct{}), false
	s.Intercept(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(entered)
			<-r.Context().Done()
			time.Sleep(20 * time.Millisecond)
			ended = true
		})
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = try(s, "GET", "/", strings.NewReader(""))
	}()
	<-entered
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !ended {
		t.Error("Close returned before the handler")
	}
	<-done
}
