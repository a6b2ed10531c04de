package e2e

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/spanlog/spanlog/elk/elktest"
)

// request is a JSON request.
func request(name, method, path, body string) contractCase {
	return contractCase{name: name, method: method, path: path, header: map[string]string{"Content-Type": "application/json"}, body: body}
}

// mappingCases: what becomes of values by the type of their field. The template maps event.sequence as long, ids as keyword.
func mappingCases() []contractCase {
	one := func(name, rest string) contractCase {
		return bulk("mapping: "+name, "", into("mapping", "m:"+name), `{`+moment+`,`+rest+`}`)
	}
	return []contractCase{
		one("digits in a string into a long", `"event.sequence":"10"`),
		one("fraction into a long", `"event.sequence":10.7`),
		one("empty string into a long", `"event.sequence":""`),
		one("object into a long", `"event.sequence":{"a":1}`),
		one("boolean into a long", `"event.sequence":true`),
		one("list of longs", `"event.sequence":[1,2]`),
		one("scalar where there is an object", `"trace":"x"`),
		one("null where there is an object", `"trace":null`),
		one("object into a text", `"message":{"a":1}`),
		one("number into a keyword", `"trace.id":7`),
		one("first use makes a boolean", `"flag":true`),
		one("text into that boolean", `"flag":"yes"`),
		one("first use makes a long", `"count":1`),
		one("text into that long", `"count":"many"`),
		one("first use makes a date", `"when":"2026-11-22T10:00:00Z"`),
		one("text into that date", `"when":"yesterday"`),
		one("first use makes an object", `"user":{"name":"a"}`),
		one("text into that object", `"user":"a"`),
		one("2^63 in a new field", `"big":9223372036854775808`),
		one("1e39 in a new field", `"large":1e39`),
		one("number of 1001 digits", `"digits":`+strings.Repeat("1", 1001)),
		one("keyword of 32767 bytes", `"trace.id":"`+strings.Repeat("x", 32767)+`"`),
		one("text of 40000 bytes", `"message":"`+strings.Repeat("x", 40000)+`"`),
		one("dots at the ends of a name", `".a":1`),
		one("empty name", `"":1`),
		one("metadata field", `"_id":"x"`),
	}
}

// parameterCases are parameters of the request and of the action.
func parameterCases() []contractCase {
	return []contractCase{
		bulk("timeout without unit", "?timeout=1", into("param", ""), good("a")),
		bulk("timeout=-1", "?timeout=-1", into("param", ""), good("a")),
		bulk("timeout=100ms", "?timeout=100ms", into("param", ""), good("a")),
		bulk("refresh=wait_for", "?refresh=wait_for", into("param", ""), good("a")),
		bulk("copies that are not there", "?wait_for_active_shards=2&timeout=100ms", into("param", "w"), good("a"), into("param", "v"), good("a")),
		bulk("version on create", "", `{"create":{"_index":"logs-param-default","_id":"x","version":1,"version_type":"external"}}`, good("a")),
		bulk("if_seq_no on create", "", `{"create":{"_index":"logs-param-default","_id":"x","if_seq_no":1,"if_primary_term":1}}`, good("a")),
		bulk("index with op_type create", "", `{"index":{"_index":"logs-param-default","op_type":"create","_id":"op"}}`, good("a")),
		bulk("number as id", "", `{"create":{"_index":"logs-param-default","_id":7}}`, good("a")),
		bulk("_type", "", `{"create":{"_index":"logs-param-default","_type":"_doc"}}`, good("a")),
		bulk("JSON of several lines", "", "{", `"create":{}}`, good("a")),
		bulk("line ends with \\r\\n", "", into("param", "")+"\r", good("a")+"\r"),
		bulk("value behind an action", "", into("param", "")+" 1", good("a")).beyond(elktest.Elasticsearch8, elktest.Elasticsearch9),
		bulk("comment in an action", "", "/* why */ "+into("param", "commented"), good("a")),
		bulk("open comment in a document", "", into("param", ""), `{`+moment+`/* why}`),
		bulk("comment between key and value", "", into("param", ""), `{`+moment+`,"a"/**/:/***/1}`),
		bulk("overlong UTF-8 in a key, twice", "", into("param", ""), `{`+moment+`,"`+"\xc1\xa1"+`":1,"a":2}`),
		bulk("continuation byte missing", "", into("param", ""), `{`+moment+`,"message":"`+"\xc0"+`x"}`),
		bulk("comment in a document", "", into("param", ""), `{`+moment+`/* why */}`),
		bulk("overlong UTF-8", "", into("param", ""), `{`+moment+`,"message":"`+"\xc0\xaf"+`"}`),
		bulk("text behind an action", "", into("param", "")+" x", good("a")),
		bulk("two actions in one object", "", `{"create":{"_index":"logs-param-default"},"index":{}}`, good("a")),
		bulk("plain index", "", `{"create":{"_index":"nomatch-plain"}}`, good("a")).beyond(),
		withHeaders("compatible-with=9", "application/vnd.elasticsearch+x-ndjson;compatible-with=9", "application/vnd.elasticsearch+json;compatible-with=9"),
		withHeaders("accept text/html", "application/x-ndjson", "text/html"),
		withHeaders("accept text/plain", "application/x-ndjson", "text/plain"),
		withHeaders("accept what is no media type", "application/x-ndjson", "garbage"),
		withHeaders("accept compatible-with=7", "application/x-ndjson", "application/vnd.elasticsearch+json;compatible-with=7"),
		withHeaders("accept compatible-with=8 alone", "application/x-ndjson", "application/vnd.elasticsearch+json;compatible-with=8"),
		withHeaders("octet-stream", "application/octet-stream", ""),
	}
}

func withHeaders(name, contentType, accept string) contractCase {
	c := bulk(name, "", into("param", ""), good("a"))
	c.header = map[string]string{"Content-Type": contentType}
	if accept != "" {
		c.header["Accept"] = accept
	}
	return c
}

// idCases find documents by their ids.
func idCases() []contractCase {
	multi := func(name, index string) contractCase {
		c := request(name, http.MethodPost, "/"+index+"/_mget", `{"ids":["a","none"]}`)
		c.writeIndex = "logs-byid-default"
		return c
	}
	onIndex := request("search by ids in the backing index", http.MethodPost, "/WRITE-INDEX/_search", `{"_source":false,"query":{"ids":{"values":["a","none"]}}}`)
	onIndex.writeIndex = "logs-byid-default"
	resolved := request("resolve a backing index", http.MethodGet, "/_resolve/index/WRITE-INDEX", "")
	resolved.writeIndex = "logs-byid-default"
	return []contractCase{
		bulk("store for ids", "?refresh=true", into("byid", "a"), good("a"), into("byid", "b"), good("b")),
		multi("_mget in the backing index", "WRITE-INDEX"),
		multi("_mget in the stream", "logs-byid-default"),
		multi("_mget where nothing is", "logs-nosuch-default"),
		onIndex,
		request("search by ids in the stream", http.MethodPost, "/logs-byid-default/_search", `{"query":{"ids":{"values":["b"]}}}`),
		request("search by ids, none", http.MethodPost, "/logs-byid-default/_search", `{"query":{"ids":{"values":[]}}}`),
		request("search by ids, malformed", http.MethodPost, "/logs-byid-default/_search", `{"query":{"ids":{"nosuch":[]}}}`),
		request("resolve a stream", http.MethodGet, "/_resolve/index/logs-byid-default", ""),
		request("resolve a pattern", http.MethodGet, "/_resolve/index/logs-byid*", ""),
		request("resolve nothing", http.MethodGet, "/_resolve/index/logs-nosuch-default", ""),
		request("resolve a pattern without a match", http.MethodGet, "/_resolve/index/logs-nosuch*", ""),
		resolved,
	}
}

// rolloverCases: ids are known within one backing index only.
func rolloverCases() []contractCase {
	const stream = "/logs-roll-default"
	return []contractCase{
		bulk("store before a rollover", "?refresh=true", into("roll", "a"), good("a")),
		bulk("again before the rollover", "", into("roll", "a"), good("a")),
		request("rollover", http.MethodPost, stream+"/_rollover", ""),
		bulk("again after the rollover", "?refresh=true", into("roll", "a"), good("a")),
		bulk("twice after the rollover", "", into("roll", "a"), good("a")),
		request("count after the rollover", http.MethodGet, stream+"/_count", ""),
		request("rollover with an empty body", http.MethodPost, stream+"/_rollover", "{}"),
		request("resolve after rollovers", http.MethodGet, "/_resolve/index/logs-roll-default", ""),
		request("rollover of nothing", http.MethodPost, "/logs-nosuch-default/_rollover", ""),
	}
}

// blockCases block the write index and take the block away again.
func blockCases() []contractCase {
	settings := func(name, body string) contractCase {
		return request(name, http.MethodPut, "/logs-block-default/_settings", body)
	}
	return []contractCase{
		bulk("store before a block", "", into("block", ""), good("a")),
		settings("block writing", `{"index.blocks.write":true}`),
		bulk("write blocked, another stream in the bulk", "", into("block", "b"), good("a"), into("free", "f"), good("b")),
		bulk("write blocked, malformed document", "", into("block", "b"), "x"),
		settings("unblock writing", `{"index":{"blocks.write":null}}`),
		settings("flood stage", `{"index":{"blocks":{"read_only_allow_delete":true}}}`),
		bulk("disk full", "", into("block", "b"), good("a")),
		settings("end of flood stage", `{"index.blocks.read_only_allow_delete":null}`),
		settings("read only", `{"index.blocks.read_only":true}`),
		bulk("index read only", "", into("block", "b"), good("a")),
		settings("end of read only", `{"index.blocks.read_only":false}`),
		bulk("after all blocks", "", into("block", "b"), good("a")),
		settings("unknown setting", `{"index.nosuch":true}`),
		settings("setting with a wrong value", `{"index.blocks.write":"perhaps"}`),
		request("settings of nothing", http.MethodPut, "/logs-nosuch-default/_settings", `{"index.blocks.write":true}`),
	}
}

// templateCases install templates: what a server lacks it refuses.
func templateCases() []contractCase {
	n := 0
	put := func(name, template string) contractCase {
		n++
		body := fmt.Sprintf(`{"index_patterns":["t%d-*"],"data_stream":{},"template":%s}`, n, template)
		return request("template: "+name, http.MethodPut, fmt.Sprintf("/_index_template/t%d", n), body)
	}
	field := func(mapping string) contractCase {
		return put("field "+mapping, `{"mappings":{"properties":{"f":`+mapping+`}}}`)
	}
	var cases []contractCase
	for _, kind := range []string{
		"object", "keyword", "text", "long", "integer", "short", "byte", "float", "half_float", "double", "boolean", "date", "date_nanos", "ip",
		"flattened", "flat_object", "match_only_text", "wildcard", "constant_keyword", "nosuch",
	} {
		cases = append(cases, field(`{"type":"`+kind+`"}`))
	}
	for _, mapping := range []string{
		`{"type":"keyword","ignore_above":1024,"doc_values":false}`, `{"type":"long","ignore_malformed":true}`, `{"type":"keyword","index":false}`,
		`{"type":"text","norms":false,"fields":{"keyword":{"type":"keyword","ignore_above":256}}}`, `{"type":"keyword","nosuch":1}`, `{}`,
		`{"type":"object","dynamic":true}`, `{"properties":{"g":{"type":"keyword"}}}`, `{"type":"constant_keyword","value":"x"}`,
	} {
		cases = append(cases, field(mapping))
	}
	for _, settings := range []string{
		`"index.mode":"logsdb"`, `"index.codec":"best_compression"`, `"number_of_replicas":0`, `"index":{"refresh_interval":"5s"}`, `"index.lifecycle.name":"logs"`,
		`"index.mapping.total_fields.limit":2000`, `"index.mapping.total_fields.ignore_dynamic_beyond_limit":true`, `"index.mapping.ignore_malformed":true`, `"index.nosuch":1`,
	} {
		cases = append(cases, put("setting "+settings, `{"settings":{`+settings+`}}`))
	}
	cases = append(cases,
		put("lifecycle", `{"lifecycle":{"data_retention":"30d"}}`),
		put("failure store", `{"data_stream_options":{"failure_store":{"enabled":true}}}`),
		put("unknown key", `{"nosuch":1}`),
		put("unknown key in mappings", `{"mappings":{"nosuch":1}}`),
		put("dynamic template by path", `{"mappings":{"dynamic_templates":[{"a":{"path_match":"labels.*","mapping":{"type":"keyword"}}},{"b":{"match_mapping_type":"string","mapping":{"type":"keyword","ignore_above":100}}}]}}`),
		put("dynamic false", `{"mappings":{"dynamic":false}}`),
		put("subobjects", `{"mappings":{"subobjects":false}}`).beyond(elktest.Elasticsearch8, elktest.Elasticsearch9),
		request("template: unknown root key", http.MethodPut, "/_index_template/x1", `{"index_patterns":["x1-*"],"nosuch":1}`),
		request("template: missing component", http.MethodPut, "/_index_template/x2", `{"index_patterns":["x2-*"],"composed_of":["nosuch"]}`),
		request("template: no patterns", http.MethodPut, "/_index_template/x3", `{"data_stream":{}}`),
		request("template: read", http.MethodGet, "/_index_template/t1", ""),
		request("template: read none", http.MethodGet, "/_index_template/nosuch", ""),
		// what the templates do to documents
		request("template: strict", http.MethodPut, "/_index_template/strict", `{"index_patterns":["logs-strict-*"],"priority":500,"data_stream":{},"template":{"mappings":{"dynamic":"strict"}}}`),
		bulk("strict, new field", "", into("strict", "s"), `{`+moment+`,"new":1}`),
		bulk("strict, new object", "", into("strict", "s"), `{`+moment+`,"new":{"a":1}}`),
		bulk("strict, malformed", "", into("strict", "s"), `{`+moment),
		request("template: lenient", http.MethodPut, "/_index_template/lenient", `{"index_patterns":["logs-lenient-*"],"priority":500,"data_stream":{},"template":{"settings":{"index.mapping.ignore_malformed":true},"mappings":{"properties":{"n":{"type":"long"},"k":{"type":"keyword"},"i":{"type":"ip"},"s":{"type":"short"},"d":{"type":"date"}}}}}`),
		bulk("ignore_malformed, text into a long", "", into("lenient", "l1"), `{`+moment+`,"n":"ten"}`),
		bulk("ignore_malformed, object into a long", "", into("lenient", "l2"), `{`+moment+`,"n":{"a":1}}`),
		bulk("ignore_malformed, object into a keyword", "", into("lenient", "l3"), `{`+moment+`,"k":{"a":1}}`),
		bulk("ignore_malformed, text into an ip", "", into("lenient", "l4"), `{`+moment+`,"i":"here"}`),
		bulk("ignore_malformed, text into a date", "", into("lenient", "l5"), `{`+moment+`,"d":"today"}`),
		bulk("ignore_malformed, 2^64-1 in a new field", "", into("lenient", "l7"), `{`+moment+`,"big":18446744073709551615}`),
		bulk("ignore_malformed, 2^64-1 in a list in a new field", "", into("lenient", "l8"), `{`+moment+`,"bigs":[18446744073709551615]}`),
		bulk("ignore_malformed, 2^64-1 in a long", "", into("lenient", "l9"), `{`+moment+`,"n":18446744073709551615}`),
		bulk("ignore_malformed, text into what 2^64-1 made", "", into("lenient", "l10"), `{`+moment+`,"big":"many"}`),
		bulk("ignore_malformed, object into what 2^64-1 made", "", into("lenient", "l11"), `{`+moment+`,"big":{"a":1}}`),
		bulk("ignore_malformed, @timestamp", "", into("lenient", "l6"), `{"@timestamp":"today"}`),
		request("template: narrow", http.MethodPut, "/_index_template/narrow", `{"index_patterns":["logs-narrow-*"],"priority":500,"data_stream":{},"template":{"settings":{"index.mapping.total_fields.limit":5},"mappings":{"properties":{"i":{"type":"ip"},"s":{"type":"short"}}}}}`),
		bulk("limit of fields", "", into("narrow", "n1"), `{`+moment+`,"a":1,"b":2}`, into("narrow", "n2"), `{`+moment+`,"a":1,"b":2,"c":3,"d":4}`),
		bulk("out of a short's range", "", into("narrow", "n3"), `{`+moment+`,"s":40000}`),
		bulk("no ip", "", into("narrow", "n4"), `{`+moment+`,"i":"here"}`),
		request("template: nanoseconds", http.MethodPut, "/_index_template/nanos", `{"index_patterns":["logs-nanos-*"],"priority":500,"data_stream":{},"template":{"mappings":{"properties":{"@timestamp":{"type":"date_nanos","ignore_malformed":false}}}}}`),
		bulk("nanoseconds", "?refresh=true", into("nanos", "b"), `{"@timestamp":"2026-11-22T10:00:00.000000002Z"}`, into("nanos", "a"), `{"@timestamp":"2026-11-22T10:00:00.000000001Z"}`,
			into("nanos", "c"), `{"@timestamp":"1969-12-31T23:59:59Z"}`, into("nanos", "d"), `{"@timestamp":"2300-01-01T00:00:00Z"}`, into("nanos", "e"), `{"@timestamp":1795341600100}`),
		request("search by nanoseconds", http.MethodPost, "/logs-nanos-default/_search", `{"sort":["@timestamp"]}`),
		request("range of nanoseconds", http.MethodPost, "/logs-nanos-default/_search", `{"query":{"range":{"@timestamp":{"gte":"2026-11-22T10:00:00.000000002Z"}}},"sort":["@timestamp"]}`),
		bulk("an ip", "", into("narrow", "n5"), `{`+moment+`,"i":"::1","s":1}`),
	)
	return cases
}

// contentLimit is http.max_content_length of the servers, in bytes.
const contentLimit = 40 << 20

// largeCases: the limit counts decompressed bytes, and Elasticsearch 9 stores the first part of what it then refuses.
func largeCases() []contractCase {
	document := `{` + moment + `,"message":"` + strings.Repeat("x", 10000) + `"}`
	many := func(stream string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s\n%s\n", into(stream, fmt.Sprint(i)), document)
		}
		return b.String()
	}
	streamed := func(name, stream, body string) contractCase {
		return contractCase{name: name, method: http.MethodPost, path: bulkPath, header: ndjson, body: body, chunked: true, shares: "logs-" + stream + "-default"}
	}
	packed, _ := zipped(strings.Repeat(" ", contentLimit+1))
	grows := contractCase{name: "gzip that grows over the limit", method: http.MethodPost, path: bulkPath, header: gzipped, body: packed}
	over := contractCase{name: "Content-Length over the limit", method: http.MethodPost, path: bulkPath, header: ndjson, body: strings.Repeat(" ", contentLimit+1), maySeeNothing: true}
	return []contractCase{
		over,
		grows,
		streamed("grows over the limit", "over", many("over", 4300)),
		streamed("malformed line behind 35 MB", "late", many("late", 3500)+"garbage\n"),
	}
}
