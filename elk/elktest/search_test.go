package elktest

import (
	"fmt"
	"strings"
	"testing"
)

// filled has three documents in two streams, spelled nested and dotted.
func filled(t *testing.T) *Server {
	t.Helper()
	s := start(t, WithLogsTemplate())
	body := pair("logs-a-x", "1", `{"@timestamp":"2026-11-22T10:00:00.300Z","trace":{"id":"t1"},"event":{"sequence":10}}`) +
		pair("logs-a-x", "2", `{"@timestamp":"2026-11-22T10:00:00.100Z","trace.id":"t1","event.sequence":20}`) +
		pair("logs-b-x", "3", `{"@timestamp":"2026-11-22T10:00:00.100Z","trace.id":"t1","event.sequence":5}`) +
		pair("logs-b-x", "4", `{"@timestamp":"2026-11-22T10:00:00.200Z","trace.id":"t2","message":"m","host":"h"}`)
	if a := send(t, s, "POST", "/_bulk", body); a.errors {
		t.Fatal(a.body)
	}
	return s
}

func TestSearch(t *testing.T) {
	s := filled(t)
	tests := []struct{ name, index, body, want string }{
		{"13.12 term, sorts", "logs-*", `{"query":{"term":{"trace.id":"t1"}},"sort":[{"@timestamp":"asc"},{"event.sequence":{"order":"asc"}}]}`, "3 2 1"},
		{"13.12 value in an object", "logs-a-x", `{"query":{"term":{"trace.id":{"value":"t1"}}},"sort":"@timestamp"}`, "2 1"},
		{"descending", "logs-*", `{"sort":[{"@timestamp":{"order":"desc"}}]}`, "1 4 2 3"},
		{"missing last", "logs-b-x", `{"sort":[{"event.sequence":{"order":"desc","unmapped_type":"long"}}]}`, "3 4"},
		{"unmapped type", "logs-*", `{"query":{"term":{"trace.id":"t1"}},"sort":[{"nosuch":{"unmapped_type":"long"}},{"event.sequence":"desc"}]}`, "2 1 3"},
		{"bool", "logs-*", `{"query":{"bool":{"filter":[{"term":{"trace.id":"t1"}},{"range":{"@timestamp":{"gte":"2026-11-22T10:00:00.200Z"}}}],"must":{"match_all":{}}}},"sort":"@timestamp"}`, "1"},
		{"range", "logs-*", `{"query":{"range":{"@timestamp":{"gt":"2026-11-22T10:00:00.100Z","lt":"2026-11-22T10:00:00.300Z"}}}}`, "4"},
		{"number", "logs-*", `{"query":{"term":{"event.sequence":20}},"sort":"@timestamp"}`, "2"},
		{"size and from", "logs-*", `{"sort":"@timestamp","size":2,"from":1}`, "3 4"},
		{"list", "logs-a-x,logs-b-x", `{"sort":"@timestamp"}`, "2 3 4 1"},
		{"backing index", ".ds-logs-b-x-*", `{"sort":"@timestamp"}`, "3 4"},
		{"13.19 wildcard without match", "none-*", `{"sort":"@timestamp"}`, ""},
		{"no such field", "logs-*", `{"query":{"term":{"nosuch":"x"}},"sort":"@timestamp"}`, ""},
		{"all", "logs-a-x", ``, "1 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, s, "POST", "/"+tt.index+"/_search?filter_path=hits.hits._id", tt.body)
			var ids []string
			for part := range strings.SplitSeq(a.body, `"_id":"`) {
				ids = append(ids, part[:1])
			}
			if got := strings.Join(ids[1:], " "); a.status != 200 || got != tt.want {
				t.Errorf("got %d %q, want %q: %s", a.status, got, tt.want, a.body)
			}
		})
	}
}

func TestSearchBody(t *testing.T) {
	s := filled(t)
	a := send(t, s, "GET", "/logs-b-x/_search", `{"query":{"term":{"trace.id":"t1"}},"sort":["@timestamp",{"host":"asc"},{"event.sequence":"asc"}]}`)
	want := `{"took":0,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"max_score":null,"hits":[{"_index":".ds-logs-b-x-` + today() + `-000001","_id":"3","_score":null,"_source":{"@timestamp":"2026-11-22T10:00:00.100Z","trace.id":"t1","event.sequence":5},"sort":[1795341600100,null,5]}]}}`
	if a.body != want {
		t.Errorf("13.12\ngot  %s\nwant %s", a.body, want)
	}
	a = send(t, s, "GET", "/none-*/_search", ``)
	want = `{"took":0,"timed_out":false,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"max_score":0.0,"hits":[]}}`
	if a.body != want {
		t.Errorf("13.19\ngot  %s\nwant %s", a.body, want)
	}
	a = send(t, s, "GET", "/logs-a-x/_search?size=1", `{"_source":false}`)
	if !strings.Contains(a.body, `"max_score":1.0,"hits":[{"_index":".ds-logs-a-x-`+today()+`-000001","_id":"1","_score":1.0}]`) {
		t.Errorf("match_all: %s", a.body)
	}
	a = send(t, s, "GET", "/logs-nosuch-default/_search", ``)
	want = `{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [logs-nosuch-default]","resource.type":"index_or_alias","resource.id":"logs-nosuch-default","index_uuid":"_na_","index":"logs-nosuch-default"}],"type":"index_not_found_exception","reason":"no such index [logs-nosuch-default]","resource.type":"index_or_alias","resource.id":"logs-nosuch-default","index_uuid":"_na_","index":"logs-nosuch-default"},"status":404}`
	if a.status != 404 || a.body != want {
		t.Errorf("13.18\ngot  %d %s\nwant %s", a.status, a.body, want)
	}
}

func TestSearchRefused(t *testing.T) {
	s := filled(t)
	tests := []struct{ name, body, has string }{
		{"13.17 unmapped sort", `{"sort":"nosuch"}`, `"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query"`},
		{"13.17 reason", `{"sort":"nosuch"}`, `{"type":"query_shard_exception","reason":"No mapping found for [nosuch] in order to sort on"`},
		{"text sort", `{"sort":"message"}`, "Text fields are not optimised"},
		{"text term", `{"query":{"term":{"message":"m"}},"sort":"@timestamp"}`, "elktest does not know [term] on the [text] field"},
		{"bad number", `{"query":{"term":{"event.sequence":"x"}},"sort":"@timestamp"}`, "For input string"},
		{"unknown query", `{"query":{"nosuch":{"a":1}}}`, `"parsing_exception","reason":"unknown query [nosuch]"`},
		{"query that elktest does not know", `{"query":{"match":{"a":1}}}`, `"elktest_unknown","reason":"elktest does not know the query [match]"`},
		{"should", `{"query":{"bool":{"should":[]}}}`, "[bool] unknown field [should]"},
		{"unknown key", `{"nosuch":{}}`, "Unknown key for a START_OBJECT in [nosuch]."},
		{"aggregations", `{"aggs":{}}`, "elktest does not know [aggs: {}]"},
		{"_source list", `{"_source":["a"]}`, "elktest does not know [_source: [a]]"},
		{"score", `{"query":{"term":{"trace.id":"t1"}}}`, "elktest computes no scores"},
		{"window", `{"size":10001}`, "Result window is too large"},
		{"negative", `{"size":-1}`, "cannot be negative"},
		{"direction", `{"sort":{"@timestamp":"up"}}`, "No enum constant"},
		{"sort option", `{"sort":{"@timestamp":{"mode":"min"}}}`, "unknown field [mode]"},
		{"range elsewhere", `{"query":{"range":{"event.sequence":{"gt":1}}}}`, "elktest knows [range] on [@timestamp] only"},
		{"date arithmetic", `{"query":{"range":{"@timestamp":{"gt":"now-1h"}}}}`, "elktest does not know the date"},
		{"rounded date", `{"query":{"range":{"@timestamp":{"lte":"2026-11-22T10:00:00+02:00"}}}}`, "elktest does not know the date"},
		{"malformed", `{"query":}`, "x_content_parse_exception"},
		{"cut", `{"query":`, `"type":"x_content_e_o_f_exception","reason":"[1:10] Unexpected end of file"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, s, "POST", "/logs-b-x/_search", tt.body)
			if a.status != 400 || !strings.Contains(a.body, tt.has) || !strings.HasSuffix(a.body, `"status":400}`) {
				t.Errorf("got %d %s, want %q", a.status, a.body, tt.has)
			}
		})
	}
	a := send(t, s, "POST", "/logs-*/_search", `{"sort":"host"}`)
	if a.status != 200 || !strings.Contains(a.body, `"_shards":{"total":2,"successful":1,"skipped":0,"failed":1,"failures":[{"shard":0,"index":".ds-logs-a-x-`) {
		t.Errorf("one index of two fails: %d %s", a.status, a.body)
	}
	send(t, s, "POST", "/_bulk", pair("logs-c-x", "5", `{"@timestamp":"2026","event.sequence":1,"host":1}`))
	if a := send(t, s, "POST", "/logs-b-x,logs-c-x/_search", `{"sort":"host"}`); a.status != 400 || !strings.Contains(a.body, "incompatible sort types") {
		t.Errorf("mixed kinds: %d %s", a.status, a.body)
	}
}

func TestCountAndRefresh(t *testing.T) {
	s := filled(t)
	tests := []struct {
		name, path, body string
		status           int
		has              string
	}{
		{"count", "/logs-*/_count", `{"query":{"term":{"trace.id":"t1"}}}`, 200, `{"count":3,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0}}`},
		{"count all", "/logs-a-x/_count", ``, 200, `{"count":2,`},
		{"count nothing", "/none-*/_count", ``, 200, `{"count":0,`},
		{"count missing", "/none/_count", ``, 404, `index_not_found_exception`},
		{"ignore_unavailable", "/none,logs-a-x/_count?ignore_unavailable=true", ``, 200, `{"count":2,`},
		{"count key", "/logs-*/_count", `{"size":1}`, 400, `request does not support [size]`},
		{"refresh", "/logs-*/_refresh", ``, 200, `{"_shards":{"total":2,"successful":2,"failed":0}}`},
		{"refresh missing", "/none/_refresh", ``, 404, `index_not_found_exception`},
		{"refresh with a body", "/logs-*/_refresh", `{}`, 400, `does not support having a body`},
		{"exclusion", "/logs-*,-logs-a-x/_count", ``, 400, `elktest does not know the index expression`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := send(t, s, "POST", tt.path, tt.body); a.status != tt.status || !strings.Contains(a.body, tt.has) {
				t.Errorf("got %d %s, want %d %s", a.status, a.body, tt.status, tt.has)
			}
		})
	}
}

func TestDynamicStringsAndKeywords(t *testing.T) {
	s := start(t)
	long := strings.Repeat("x", 257)
	send(t, s, "POST", "/_bulk", pair("logs-k", "1", `{"@timestamp":"2026","s":"A b"}`)+pair("logs-k", "2", `{"@timestamp":"2026","s":"`+long+`"}`))
	for value, want := range map[string]int{"A b": 1, "a": 0, long: 0} {
		a := send(t, s, "POST", "/logs-k/_count", `{"query":{"term":{"s.keyword":"`+value+`"}}}`)
		if !strings.HasPrefix(a.body, fmt.Sprintf(`{"count":%d,`, want)) {
			t.Errorf("%.5q: %s", value, a.body)
		}
	}
}

func TestTotals(t *testing.T) {
	s := start(t)
	send(t, s, "POST", "/_bulk", strings.Repeat(pair("logs-k", "", `{"@timestamp":"2026"}`), maxTotal+1))
	for body, want := range map[string]string{`{}`: `{"value":10000,"relation":"gte"}`, `{"track_total_hits":true}`: `{"value":10001,"relation":"eq"}`} {
		if a := send(t, s, "POST", "/logs-k/_search?filter_path=hits.total", body); a.body != `{"hits":{"total":`+want+`}}` {
			t.Errorf("%s: %s", body, a.body)
		}
	}
}
