package elktest

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func today() string { return time.Now().UTC().Format("2006.01.02") }

// TestRecordedBodies compares whole answers with those of reference/elasticsearch-answers.md, apart from dates, ids and uuids.
func TestRecordedBodies(t *testing.T) {
	const ts = `"@timestamp":"2026-11-22T10:00:00.123456789Z"`
	backing := `.ds-logs-gt-default-` + today() + `-000001`
	doc := func(rest string) string { return "{" + ts + rest + "}" }
	failure := func(id, problem string) string {
		return `{"errors":true,"took":0,"items":[{"create":{"_index":"` + backing + `","_id":"` + id + `","status":400,"error":` + problem + `}}]}`
	}
	tests := []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"1.1 created", "/_bulk", pair("logs-gt-default", "a1", good), 200, `{"errors":false,"took":0,"items":[{"create":{"_index":"` + backing + `","_id":"a1","_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}]}`},
		{"1.2 filter_path", "/_bulk?filter_path=errors,took,items.*.status,items.*.error,items.*._id", pair("logs-gt-default", "a2", good), 200, `{"errors":false,"took":0,"items":[{"create":{"_id":"a2","status":201}}]}`},
		{"1.6 known id", "/_bulk", pair("logs-gt-default", "id-2", good) + pair("logs-gt-default", "id-2", good), 200, `{"errors":true,"took":0,"items":[{"create":{"_index":"` + backing + `","_id":"id-2","_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}},{"create":{"_index":"` + backing + `","_id":"id-2","status":409,"error":{"type":"version_conflict_engine_exception","reason":"[id-2]: version conflict, document already exists (current version [1])","index_uuid":"UUID","shard":"0","index":"` + backing + `"}}}]}`},
		{"1.21 no index", "/_bulk", `{"create":{}}` + "\n" + good + "\n", 400, `{"error":{"root_cause":[{"type":"action_request_validation_exception","reason":"Validation Failed: 1: index is missing;"}],"type":"action_request_validation_exception","reason":"Validation Failed: 1: index is missing;"},"status":400}`},
		{"1.25 parameter", "/_bulk?nosuchparam=1", pair("logs-gt-default", "", good), 400, `{"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [nosuchparam]"}],"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [nosuchparam]"},"status":400}`},
		{"1.33 capitals", "/_bulk", pair("logs-gtUpper-default", "", good), 200, `{"errors":true,"took":0,"items":[{"create":{"_index":"logs-gtUpper-default","_id":null,"status":400,"error":{"type":"illegal_argument_exception","reason":"data_stream [logs-gtUpper-default] must be lowercase"}}}]}`},
		{"2.1 index op", "/_bulk", `{"index":{"_index":"logs-gt2a-default"}}` + "\n" + good + "\n", 200, `{"errors":true,"took":0,"items":[{"index":{"_index":"logs-gt2a-default","_id":null,"status":400,"error":{"type":"illegal_argument_exception","reason":"only write ops with an op_type of create are allowed in data streams","caused_by":{"type":"index_not_found_exception","reason":"no such index [logs-gt2a-default]","resource.type":"index_or_alias","excluded_ds":"true","resource.id":"logs-gt2a-default","index_uuid":"_na_","index":"logs-gt2a-default"}}}}]}`},
		{"2.6 no timestamp", "/_bulk", pair("logs-gt-default", "x", `{"message":"x"}`), 200, failure("x", `{"type":"document_parsing_exception","reason":"[1:15] failed to parse: data stream timestamp field [@timestamp] is missing","caused_by":{"type":"illegal_argument_exception","reason":"data stream timestamp field [@timestamp] is missing"}}`)},
		{"2.12 bad timestamp", "/_bulk", pair("logs-gt-default", "bad-1", `{"@timestamp":"yesterday"}`), 200, failure("bad-1", `{"type":"document_parsing_exception","reason":"[1:15] failed to parse field [@timestamp] of type [date] in document with id 'bad-1'. Preview of field's value: 'yesterday'","caused_by":{"type":"illegal_argument_exception","reason":"failed to parse date field [yesterday] with format [strict_date_optional_time||epoch_millis]","caused_by":{"type":"date_time_parse_exception","reason":"Failed to parse with all enclosed parsers"}}}`)},
		{"3.1 string into long", "/_bulk", pair("logs-gt-default", "c1", doc(`,"message":"m","n":"ten"`)), 200, failure("c1", `{"type":"document_parsing_exception","reason":"[1:66] failed to parse field [n] of type [long] in document with id 'c1'. Preview of field's value: 'ten'","caused_by":{"type":"illegal_argument_exception","reason":"For input string: \"ten\""}}`)},
		{"3.6 object into keyword", "/_bulk", pair("logs-gt-default", "c6", doc(`,"message":"m","level":{"name":"info"}`)), 200, failure("c6", `{"type":"document_parsing_exception","reason":"[1:84] failed to parse field [level] of type [keyword] in document with id 'c6'. Preview of field's value: '{name=info}'","caused_by":{"type":"illegal_argument_exception","reason":"Expected text at 1:70 but found START_OBJECT"}}`)},
		{"3.28 duplicate key", "/_bulk", pair("logs-gt-default", "c28-0", doc(`,"message":"a","message":"b"`)), 200, failure("c28-0", `{"type":"document_parsing_exception","reason":"[1:58] failed to parse: [1:71] Duplicate field 'message'\n at [Source: (byte[])\"{\"@timestamp\":\"2026-11-22T10:00:00.123456789Z\",\"message\":\"a\",\"message\":\"b\"}\"; line: 1, column: 71]","caused_by":{"type":"x_content_parse_exception","reason":"[1:71] Duplicate field 'message'\n at [Source: (byte[])\"{\"@timestamp\":\"2026-11-22T10:00:00.123456789Z\",\"message\":\"a\",\"message\":\"b\"}\"; line: 1, column: 71]","caused_by":{"type":"json_parse_exception","reason":"Duplicate field 'message'\n at [Source: (byte[])\"{\"@timestamp\":\"2026-11-22T10:00:00.123456789Z\",\"message\":\"a\",\"message\":\"b\"}\"; line: 1, column: 71]"}}}`)},
		{"3.30 array", "/_bulk", pair("logs-gt-default", "c30-0", `[1]`), 200, failure("c30-0", `{"type":"document_parsing_exception","reason":"Malformed content, must start with an object"}`)},
		{"3.33 empty line", "/_bulk", pair("logs-gt-default", "c33", ``), 200, failure("c33", `{"type":"document_parsing_exception","reason":"[0:0] failed to parse, document is empty"}`)},
		{"4.1 malformed action", "/_bulk", "garbage\n", 400, `{"error":{"root_cause":[{"type":"x_content_parse_exception","reason":"[1:8] Unrecognized token 'garbage': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (byte[])\"garbage\"; line: 1, column: 8]"}],"type":"x_content_parse_exception","reason":"[1:8] Unrecognized token 'garbage': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (byte[])\"garbage\"; line: 1, column: 8]","caused_by":{"type":"json_parse_exception","reason":"Unrecognized token 'garbage': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (byte[])\"garbage\"; line: 1, column: 8]"}},"status":400}`},
		{"4.5 no newline", "/_bulk", strings.TrimSuffix(pair("logs-gt-default", "", good), "\n"), 400, `{"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"The bulk request must be terminated by a newline [\\n]"}],"type":"illegal_argument_exception","reason":"The bulk request must be terminated by a newline [\\n]"},"status":400}`},
		{"4.8 no document", "/_bulk", `{"create":{"_index":"logs-gt-default"}}` + "\n", 400, `{"error":{"root_cause":[{"type":"action_request_validation_exception","reason":"Validation Failed: 1: no requests added;"}],"type":"action_request_validation_exception","reason":"Validation Failed: 1: no requests added;"},"status":400}`},
		{"4.10 action twice", "/_bulk", `{"create":{"_index":"logs-gt-default"}}` + "\n" + pair("logs-gt-default", "", good), 400, `{"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"Malformed action/metadata line [3], expected field [create], [delete], [index] or [update] but found [@timestamp]"}],"type":"illegal_argument_exception","reason":"Malformed action/metadata line [3], expected field [create], [delete], [index] or [update] but found [@timestamp]"},"status":400}`},
		{"4.12 empty body", "/_bulk", "", 400, `{"error":{"root_cause":[{"type":"parse_exception","reason":"request body is required"}],"type":"parse_exception","reason":"request body is required"},"status":400}`},
		{"5.3 no template", "/_bulk?require_data_stream=true", pair("nomatch-gt5", "r3", good), 200, `{"errors":true,"took":0,"items":[{"create":{"_index":"nomatch-gt5","_id":"r3","status":404,"error":{"type":"index_not_found_exception","reason":"no such index [nomatch-gt5] and the index creation request requires a data stream, but no matching index template with data stream template was found for it","index_uuid":"_na_","index":"nomatch-gt5"}}}]}`},
		{"6.6 pipeline", "/_bulk?pipeline=nosuch", pair("logs-gt6a-default", "p1", good), 200, `{"errors":true,"took":0,"items":[{"create":{"_index":"logs-gt6a-default","_id":"p1","status":400,"error":{"type":"illegal_argument_exception","reason":"pipeline with id [nosuch] does not exist"}}}]}`},
	}
	uuid := regexp.MustCompile(`"index_uuid":"[A-Za-z0-9_-]{22}"`)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, start(t), "POST", tt.path, tt.body)
			got := uuid.ReplaceAllString(a.body, `"index_uuid":"UUID"`)
			if a.status != tt.status || got != tt.want {
				t.Errorf("got  %d %s\nwant %d %s", a.status, got, tt.status, tt.want)
			}
			if a.header.Get("X-Elastic-Product") != "Elasticsearch" || a.header.Get("Date") != "" {
				t.Errorf("headers %v", a.header)
			}
		})
	}
}

// TestItems holds the verdicts that were recorded without a body: status, error type and index of the last item.
func TestItems(t *testing.T) {
	const ts = `"@timestamp":"2026-11-22T10:00:00Z"`
	backing := `.ds-logs-gt-default-` + today() + `-000001`
	const stream = "logs-gt-default"
	type want struct {
		status        int
		kind, index   string
		reasonHas, id string
	}
	parsing := func(reason string) want { return want{400, "document_parsing_exception", backing, reason, ""} }
	created := want{201, "", backing, "", ""}
	two := func(a, b string) string { return pair(stream, "1", "{"+ts+a+"}") + pair(stream, "2", "{"+ts+b+"}") }
	one := func(a string) string { return pair(stream, "1", "{"+ts+a+"}") }
	tests := []struct {
		name, body string
		want       want
	}{
		{"1.16 id of 512 bytes", pair(stream, strings.Repeat("i", 512), good), created},
		{"1.18 empty id", `{"create":{"_index":"logs-gt-default","_id":""}}` + "\n" + good + "\n", want{400, "illegal_argument_exception", stream, "must not be empty", ""}},
		{"1.19 number as id", `{"create":{"_index":"logs-gt-default","_id":7}}` + "\n" + good + "\n", want{201, "", backing, "", "7"}},
		{"1.20 null as id", `{"create":{"_index":"logs-gt-default","_id":null}}` + "\n" + good + "\n", created},
		{"1.34 colon", pair("logs-a:b", "", good), want{400, "illegal_argument_exception", "logs-a:b", "must not contain ':'", ""}},
		{"1.34 space", pair("logs-a b", "", good), want{400, "illegal_argument_exception", "logs-a b", "must not contain the following", ""}},
		{"1.34 comma", pair("logs-a,b", "", good), want{400, "illegal_argument_exception", "logs-a,b", "must not contain the following", ""}},
		{"1.34 star", pair("logs-a*", "", good), want{400, "illegal_argument_exception", "logs-a*", "must not contain the following", ""}},
		{"1.34 hash", pair("logs-a#", "", good), want{400, "illegal_argument_exception", "logs-a#", "must not contain '#'", ""}},
		{"1.34 256 bytes", pair("logs-"+strings.Repeat("a", 251), "", good), want{400, "illegal_argument_exception", "logs-" + strings.Repeat("a", 251), "256 > 255", ""}},
		{"2.2 update op", `{"update":{"_index":"logs-gt-default","_id":"u"}}` + "\n{\"doc\":{}}\n", want{400, "illegal_argument_exception", stream, "only write ops", "u"}},
		{"2.3 delete op", one("") + `{"delete":{"_index":"logs-gt-default","_id":"u"}}` + "\n", want{400, "illegal_argument_exception", stream, "only write ops", "u"}},
		{"2.4 index with op_type create", `{"index":{"_index":"logs-gt-default","op_type":"create"}}` + "\n" + good + "\n", created},
		{"2.7 null timestamp", pair(stream, "", `{"@timestamp":null}`), parsing("data stream timestamp field [@timestamp] is missing")},
		{"2.8 two timestamps", pair(stream, "", `{"@timestamp":["2026-11-22","2026-11-23"]}`), parsing("encountered multiple values")},
		{"2.9 array of one", pair(stream, "", `{"@timestamp":["2026-11-22"]}`), created},
		{"2.13 true", pair(stream, "", `{"@timestamp":true}`), parsing("of type [date]")},
		{"2.13 object", pair(stream, "", `{"@timestamp":{"a":1}}`), parsing("of type [date]")},
		{"3.2 object into long", one(`,"n":{"a":1}`), parsing("failed to parse field [n] of type [long]")},
		{"3.3 digits into long", one(`,"n":["10",10.7,"10.7",""]`), created},
		{"3.5 null into object", two(`,"error":{"type":"x"}`, `,"error":null`), created},
		{"3.4 concrete value", one(`,"error":{"type":"x"}`) + pair(stream, "c4", `{"@timestamp":"2026-11-22T10:00:00.123456789Z","message":"m","error":"x"}`), parsing("[1:70] object mapping for [error] tried to parse field [error] as object, but found a concrete value")},
		{"3.4 concrete value in an array", two(`,"error":{"type":"x"}`, `,"error":[null,"x"]`), parsing("object mapping for [error] tried")},
		{"3.4 nested concrete value", two(`,"a":{"b":{"c":1}}`, `,"a.b":1`), parsing("object mapping for [a.b] tried to parse field [b] as object")},
		{"3.9 object into text", one(`,"txt":{"a":1}`), parsing("failed to parse field [txt] of type [text]")},
		{"3.9 dots into text", one(`,"txt.a":1`), parsing("failed to parse field [txt] of type [text]")},
		{"3.11 both spellings", one(`,"trace.id":"a","trace":{"id":"b"}`), created},
		{"3.14 date frozen", two(`,"d":"2026-11-22T10:00:00Z"`, `,"d":"soon"`), parsing("of type [date]")},
		{"3.15 long frozen", two(`,"l":1`, `,"l":"x"`), parsing("of type [long]")},
		{"3.16 boolean frozen", two(`,"b":true`, `,"b":"yes"`), parsing("of type [boolean]")},
		{"3.16 boolean as text", two(`,"b":true`, `,"b":"false"`), created},
		{"3.17 2^63", one(`,"l":9223372036854775808`), parsing("failed to parse")},
		{"3.18 1e39", one(`,"f":1e39`), parsing("of type [float]")},
		{"3.18 1001 digits", one(`,"f":` + strings.Repeat("1", 1001)), parsing("failed to parse")},
		{"3.19 NaN", one(`,"f":NaN`), parsing("failed to parse")},
		{"3.19 Infinity", one(`,"f":-Infinity`), parsing("failed to parse")},
		{"3.21 long keyword", one(`,"level":"` + strings.Repeat("x", 32767) + `"`), parsing("of type [keyword]")},
		{"3.22 long string", one(`,"s":"` + strings.Repeat("x", 40000) + `","txt":"` + strings.Repeat("x", 40000) + `"`), created},
		{"3.24 0xff", one(",\"s\":\"\xff\""), parsing("failed to parse")},
		{"3.24 Latin-1", one(",\"s\":\"caf\xe9\""), parsing("failed to parse")},
		{"3.26 escaped NUL", one(`,"s\u0000":"\u0000"`), created},
		{"3.26 raw TAB", one(",\"s\":\"\t\""), parsing("failed to parse")},
		{"3.26 raw NUL", one(",\"s\":\"\x00\""), parsing("failed to parse")},
		{"3.26 raw 0x7f", one(",\"s\":\"\x7f\""), created},
		{"3.27 lone surrogate", one(`,"s":"\ud800","\udc00":1`), created},
		{"3.28 nested duplicate", one(`,"a":[{"b":{"c":1,"c":2}}]`), parsing("Duplicate field 'c'")},
		{"3.28 escaped duplicate", one(`,"a":1,"\u0061":2`), parsing("Duplicate field 'a'")},
		{"3.28 timestamp twice", one(`,"@timestamp":"2026"`), parsing("Duplicate field '@timestamp'")},
		{"3.29 empty object", pair(stream, "", `{}`), parsing("[1:2] failed to parse: data stream timestamp field")},
		{"3.31 string", pair(stream, "", `"x"`), parsing("must start with an object")},
		{"3.31 null", pair(stream, "", `null`), parsing("must start with an object")},
		{"3.32 two objects", pair(stream, "", good+good), want{400, "illegal_argument_exception", backing, "found extra data after parsing: START_OBJECT", ""}},
		{"3.32 text behind the object", pair(stream, "", good+"x"), parsing("Unrecognized token 'x'")},
		{"3.32 trailing comma", pair(stream, "", `{"@timestamp":1,}`), parsing("failed to parse")},
		{"3.32 truncated", pair(stream, "", good[:20]), parsing("failed to parse")},
		{"3.34 neighbours of an empty line", pair(stream, "a", "") + pair(stream, "b", good), created},
		{"empty name", one(`,"":1`), parsing("field name cannot be an empty string")},
		{"dot at the end", one(`,"a.":1`), parsing("makes object resolution ambiguous")},
		{"metadata field", one(`,"_id":"x"`), parsing("is a metadata field")},
		{"4.9 dangling action", pair(stream, "", good) + `{"create":{"_index":"logs-gt-default"}}` + "\n", created},
		{"4.15 empty lines before actions", "\n\n" + pair(stream, "", good), created},
		{"carriage returns", strings.ReplaceAll(pair(stream, "", good), "\n", "\r\n"), created},
		{"5.8 plain index", pair("nomatch", "", good), want{400, "elktest_unknown", "nomatch", "elktest does not know plain indices", ""}},
		{"backing index", one("") + pair(backing, "", good), want{400, "illegal_argument_exception", backing, "targeting backing indices is disallowed", ""}},
		{"metadata require_data_stream", `{"create":{"_index":"nomatch","require_data_stream":true}}` + "\n" + good + "\n", want{404, "index_not_found_exception", "nomatch", "", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := send(t, start(t), "PUT", "/_bulk", tt.body)
			if a.status != 200 {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			it := a.item(t, len(a.items)-1)
			if it.Status != tt.want.status || it.Index != tt.want.index || it.Cause.Type != tt.want.kind || !strings.Contains(it.Cause.Reason, tt.want.reasonHas) {
				t.Errorf("got %s\nwant %+v", a.body, tt.want)
			}
			if tt.want.id != "" && (it.ID == nil || *it.ID != tt.want.id) {
				t.Errorf("got id %v, want %s", it.ID, tt.want.id)
			}
			if a.errors != strings.Contains(a.body, `"error":`) {
				t.Errorf("errors is %v in %s", a.errors, a.body)
			}
		})
	}
}

// TestRefusedRequests holds what refuses a whole request; nothing of it may be stored.
func TestRefusedRequests(t *testing.T) {
	line := func(action string) string { return pair("logs-gt-default", "", good) + action + "\n" + good + "\n" }
	tests := []struct {
		name, path, body, kind string
	}{
		{"1.17 id of 513 bytes", "/_bulk", pair("logs-gt-default", strings.Repeat("i", 513), good), "action_request_validation_exception"},
		{"1.36 version", "/_bulk", line(`{"create":{"_index":"logs-gt-default","version":3}}`), "action_request_validation_exception"},
		{"1.36 if_seq_no", "/_bulk", line(`{"create":{"_index":"logs-gt-default","if_seq_no":3}}`), "action_request_validation_exception"},
		{"4.2 malformed later action", "/_bulk", line(`{"create"`), "x_content_e_o_f_exception"},
		{"4.14 one newline", "/_bulk", "\n", "action_request_validation_exception"},
		{"4.18 unknown action", "/_bulk", line(`{"upsert":{}}`), "illegal_argument_exception"},
		{"4.20 unknown metadata", "/_bulk", line(`{"create":{"_index":"logs-gt-default","nosuch":1}}`), "illegal_argument_exception"},
		{"4.21 _type", "/_bulk", line(`{"create":{"_index":"logs-gt-default","_type":"_doc"}}`), "illegal_argument_exception"},
		{"4.22 empty action", "/_bulk", line(`{}`), "illegal_argument_exception"},
		{"4.23 array", "/_bulk", line(`[]`), "illegal_argument_exception"},
		{"4.24 pretty-printed", "/_bulk", line("{\n\"create\":{}}"), "x_content_e_o_f_exception"},
		{"4.27 text behind", "/_bulk", line(`{"create":{}} x`), "x_content_parse_exception"},
		{"value behind", "/_bulk", line(`{"create":{}} 1`), "elktest_unknown"},
		{"metadata twice", "/_bulk", line(`{"create":{"_id":"a","_id":"b"}}`), "x_content_parse_exception"},
		{"6.9 refresh", "/_bulk?refresh=maybe", line(`{"create":{}}`), "illegal_argument_exception"},
		{"6.10 timeout without unit", "/_bulk?timeout=1", line(`{"create":{}}`), "illegal_argument_exception"},
		{"routing is not known", "/_bulk?routing=1", line(`{"create":{}}`), "illegal_argument_exception"},
		{"flag", "/_bulk?require_data_stream=maybe", line(`{"create":{}}`), "illegal_argument_exception"},
		{"filter_path with an exclusion", "/_bulk?filter_path=-took", line(`{"create":{}}`), "elktest_unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t)
			a := send(t, s, "POST", tt.path, tt.body)
			if a.status != 400 || !strings.Contains(a.body, `{"error":{"root_cause":[{"type":"`+tt.kind+`"`) || !strings.HasSuffix(a.body, `"status":400}`) {
				t.Errorf("got %d %s, want 400 %s", a.status, a.body, tt.kind)
			}
			if n := len(s.Documents("")); n != 0 {
				t.Errorf("%d documents are stored", n)
			}
		})
	}
}

func TestParametersThatChangeNothing(t *testing.T) {
	for _, query := range []string{"refresh=false", "refresh=wait_for", "timeout=-1", "timeout=0", "timeout=100ms", "wait_for_active_shards=1", "wait_for_active_shards=all", "include_source_on_error=false", "require_data_stream=true", "require_data_stream"} {
		t.Run(query, func(t *testing.T) {
			a := send(t, start(t), "POST", "/logs-gt-default/_bulk?"+query, `{"create":{}}`+"\n"+good+"\n")
			if a.errors || a.item(t, 0).Status != 201 || strings.Contains(a.body, "forced_refresh") {
				t.Errorf("got %s", a.body)
			}
		})
	}
	a := send(t, start(t), "POST", "/logs-gt-default/_bulk?refresh=", `{"create":{}}`+"\n"+good+"\n")
	if !strings.Contains(a.body, `"result":"created","forced_refresh":true,"_shards"`) {
		t.Errorf("6.9 empty refresh: %s", a.body)
	}
}

func TestUnavailableShards(t *testing.T) {
	s := start(t)
	a := send(t, s, "POST", "/_bulk?wait_for_active_shards=2&timeout=10ms", pair("logs-gt6a-default", "w1", good)+pair("logs-gt6a-default", "", good))
	want := `"_index":"logs-gt6a-default","_id":"w1","status":503,"error":{"type":"unavailable_shards_exception","reason":"[.ds-logs-gt6a-default-` + today() + `-000001][0] Not enough active copies to meet shard count of [2] (have 1, needed 2). Timeout: [10ms], request: [BulkShardRequest [[.ds-logs-gt6a-default-` + today() + `-000001][0]] containing [2] requests]"}`
	if !strings.Contains(a.body, want) || a.item(t, 1).ID == nil || len(*a.item(t, 1).ID) != 20 {
		t.Errorf("6.11: got %s", a.body)
	}
	if len(s.Documents("")) != 0 {
		t.Error("a document is stored")
	}
}

func TestSourceRedacted(t *testing.T) {
	s := start(t)
	for _, body := range []string{pair("logs-gt-default", "", `{"secret":"s3cret","secret":1}`), `{"s3cret` + "\n"} {
		if a := send(t, s, "POST", "/_bulk", body); !strings.Contains(a.body, "s3cret") {
			t.Errorf("6.1: source is not quoted: %s", a.body)
		}
		if a := send(t, s, "POST", "/_bulk?include_source_on_error=false", body); strings.Contains(a.body, "s3cret") || !strings.Contains(a.body, "REDACTED") {
			t.Errorf("6.2: source is quoted: %s", a.body)
		}
	}
	long := pair("logs-gt-default", "", `{"a":"`+strings.Repeat("x", 1000)+`","a":1}`)
	if a := send(t, s, "POST", "/_bulk", long); !strings.Contains(a.body, "[truncated 514 bytes]") {
		t.Errorf("6.1: source is not cut: %s", a.body)
	}
}

func TestAutomaticID(t *testing.T) {
	s := start(t)
	a := send(t, s, "POST", "/_bulk", pair("logs-gt-default", "", good)+pair("logs-gt-default", "", good))
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{20}$`)
	first, second := *a.item(t, 0).ID, *a.item(t, 1).ID
	if !form.MatchString(first) || first == second || *a.item(t, 1).Seq != 1 {
		t.Errorf("got %s", a.body)
	}
	docs := s.Documents("logs-gt-default")
	if len(docs) != 2 || docs[0].ID != first || string(docs[0].Source) != good || docs[0].Index != a.item(t, 0).Index {
		t.Errorf("got %+v", docs)
	}
	docs[0].Source[0] = 'x'
	if string(s.Documents("")[0].Source) != good {
		t.Error("the caller's copy is the stored document")
	}
}

func TestFilterPath(t *testing.T) {
	s := start(t)
	body := pair("logs-gt-default", "a", good) + pair("logs-gt-default", "a", good)
	tests := []struct{ name, filter, want string }{
		{"1.9 only errors", "items.*.error.type", `{"items":[{"create":{"error":{"type":"version_conflict_engine_exception"}}},{"create":{"error":{"type":"version_conflict_engine_exception"}}}]}`},
		{"1.12 nothing left", "items.*.failure_store", `{}`},
		{"1.12 no such key", "nosuch", `{}`},
		{"double star", "**._id,errors", `{"errors":true,"items":[{"create":{"_id":"a"}},{"create":{"_id":"a"}}]}`},
		{"part of a name", "items.c*e.stat*", `{"items":[{"create":{"status":409}},{"create":{"status":409}}]}`},
		{"whole items", "items.delete,took", `{"took":0}`},
	}
	send(t, s, "POST", "/_bulk", body)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := send(t, s, "POST", "/_bulk?filter_path="+tt.filter, body); a.body != tt.want {
				t.Errorf("got  %s\nwant %s", a.body, tt.want)
			}
		})
	}
	if a := send(t, s, "POST", "/_bulk?filter_path=items.*.error", pair("logs-gt-default", "z", good)+body); len(a.items) != 2 {
		t.Errorf("1.10: the item without an error must vanish: %s", a.body)
	}
	if a := send(t, s, "POST", "/_bulk?filter_path=took", "garbage\n"); !strings.Contains(a.body, "root_cause") {
		t.Errorf("an error is filtered: %s", a.body)
	}
}

func TestGzip(t *testing.T) {
	body := pair("logs-gt-default", "1", good) + pair("logs-gt-default", "2", good)
	half := pair("logs-gt-default", "1", good)
	whole := zip(body)
	broken := bytes.Clone(whole)
	broken[len(broken)-6] ^= 1
	cut := func(text string) []byte { b := zip(text); return b[:len(b)-8] }
	tests := []struct {
		name   string
		body   []byte
		status int // 0 is no answer
		items  int
	}{
		{"4.29 whole", whole, 200, 2},
		{"4.31 without trailer", cut(body), 200, 2},
		{"4.54 cut after a pair", cut(half), 200, 1},
		{"4.55 cut inside a document", cut(body[:len(body)-9]), 400, 0},
		{"4.32 wrong checksum", broken, 0, 0},
		{"4.33 corrupt", append(bytes.Clone(whole[:10]), 0xff, 0xff, 0xff, 0xff, 0xff), 0, 0},
		{"4.34 plain", []byte(body), 0, 0},
		{"4.36 two members", append(zip(half), zip(half)...), 200, 2},
		{"4.37 members split in a line", append(zip(half[:20]), zip(half[20:])...), 200, 1},
		{"4.38 trailing garbage", append(bytes.Clone(whole), "garbage after it"...), 200, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := try(start(t), "POST", "/_bulk", bytes.NewReader(tt.body), "Content-Encoding", "gzip")
			if (err != nil) != (tt.status == 0) || a.status != tt.status || len(a.items) != tt.items {
				t.Errorf("got %d %s %v, want %d with %d items", a.status, a.body, err, tt.status, tt.items)
			}
		})
	}
	a := send(t, start(t), "POST", "/_bulk", string(whole), "Content-Encoding", "GZIP")
	if len(a.items) != 2 {
		t.Errorf("4.41 GZIP: %d %s", a.status, a.body)
	}
	if a := send(t, start(t), "POST", "/_bulk", body, "Content-Encoding", "br"); len(a.items) != 2 {
		t.Errorf("4.41 br is ignored: %d %s", a.status, a.body)
	}
}

func TestTooLarge(t *testing.T) {
	s := start(t, WithMaxContentLength(1000), WithLogsTemplate())
	exact := pair("logs-gt-default", "", good)
	exact = strings.Repeat("\n", 1000-len(exact)) + exact
	tests := []struct {
		name    string
		body    []byte
		headers []string
		status  int
		closed  bool
	}{
		{"7.1 the limit itself", []byte(exact), nil, 200, false},
		{"7.1 content length", []byte("\n" + exact), nil, 413, false},
		{"7.2 the limit itself, gzip", zip(exact), []string{"Content-Encoding", "gzip"}, 200, false},
		{"7.4 gzip", zip("\n" + exact), []string{"Content-Encoding", "gzip"}, 413, true},
		{"7.8 expect", []byte("\n" + exact), []string{"Expect", "100-continue"}, 413, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := try(s, "POST", "/_bulk", bytes.NewReader(tt.body), tt.headers...)
			if err != nil || a.status != tt.status {
				t.Fatalf("got %d %s %v, want %d", a.status, a.body, err, tt.status)
			}
			if tt.status == 413 && (a.body != "" || a.header.Get("Content-Length") != "0" || a.header.Get("X-Elastic-Product") != "" || a.header.Get("Content-Type") != "") {
				t.Errorf("413 has %q %v", a.body, a.header)
			}
			if tt.status == 413 && a.closed != tt.closed {
				t.Errorf("connection closed: %v", a.closed)
			}
		})
	}
	chunked := struct{ *strings.Reader }{strings.NewReader("\n" + exact)}
	req, _ := http.NewRequest("POST", s.URL()+"/_bulk", chunked)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 413 || !resp.Close {
		t.Errorf("7.11 chunked: %d, close %v", resp.StatusCode, resp.Close)
	}
}
