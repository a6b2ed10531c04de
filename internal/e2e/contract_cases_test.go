package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spanlog/spanlog/elk/elktest"
)

// contractCase is one request.
type contractCase struct {
	name, method, path string
	header             map[string]string
	body               string
	writeIndex         string // the stream whose write index takes the place of WRITE-INDEX in the path
	chunked            bool   // sent without its length
	shares             string // the stream of which a row says how much of the body it holds afterwards

	// maySeeNothing: the server answers and ends the connection while the client still writes, so that the client may
	// not see the answer; it is asked again until it does.
	maySeeNothing bool
	documented    string // the page that elktest's answer comes from, where no server gives it
	beyondElktest []elktest.Profile
}

const (
	bulkPath = "/_bulk"
	moment   = `"@timestamp":"2026-11-22T10:00:00.123456789Z"`
)

var (
	ndjson  = map[string]string{"Content-Type": "application/x-ndjson"}
	gzipped = map[string]string{"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
)

// bulk is a POST of lines, each ended by a newline, to /_bulk with a query.
func bulk(name, query string, lines ...string) contractCase {
	return contractCase{name: name, method: http.MethodPost, path: bulkPath + query, header: ndjson, body: strings.Join(lines, "\n") + "\n"}
}

// into is the action line that creates a document in a stream of that data set; id "" leaves it to the server.
func into(dataset, id string) string {
	if id == "" {
		return fmt.Sprintf(`{"create":{"_index":"logs-%s-default"}}`, dataset)
	}
	return fmt.Sprintf(`{"create":{"_index":"logs-%s-default","_id":"%s"}}`, dataset, id)
}

// good is a document with a message.
func good(message string) string { return fmt.Sprintf(`{%s,"message":"%s"}`, moment, message) }

// contractCases are performed in order; each uses streams of its own unless it says so.
func contractCases() []contractCase {
	return slices.Concat(
		createCases(), documentCases(), mappingCases(), timestampCases(), requestCases(), parameterCases(), targetCases(), gzipCases(),
		otherCases(), idCases(), rolloverCases(), blockCases(), templateCases(), largeCases(),
	)
}

func createCases() []contractCase {
	return []contractCase{
		bulk("create, automatic id", "", into("first", ""), good("a")),
		bulk("create, ids", "", into("ids", "one"), good("a"), into("ids", "two"), good("b")),
		bulk("create, known id", "", into("ids", "one"), good("a"), into("ids", "three"), good("c")),
		bulk("create, id twice in one request", "", into("ids", "four"), good("a"), into("ids", "four"), good("b")),
		bulk("create, empty id", "", `{"create":{"_index":"logs-ids-default","_id":""}}`, good("a")),
		bulk("create, null id", "", `{"create":{"_index":"logs-ids-default","_id":null}}`, good("a")),
		bulk("create, id of 512 bytes", "?filter_path=errors,items.*.status", into("ids", strings.Repeat("x", 512)), good("a")),
		bulk("create, id of 513 bytes", "", into("ids", strings.Repeat("x", 513)), good("a")),
		bulk("stream in the path", "", into("first", ""), good("a")).at("/logs-first-default/_bulk"),
		bulk("stream in the path alone", "", `{"create":{}}`, good("a")).at("/logs-first-default/_bulk"),
		bulk("index, update, delete on a stream", "", `{"index":{"_index":"logs-ids-default"}}`, good("a"),
			`{"update":{"_index":"logs-ids-default","_id":"one"}}`, `{"doc":{"message":"x"}}`, `{"delete":{"_index":"logs-ids-default","_id":"one"}}`),
		bulk("filter_path of the shipper", "?filter_path=errors,took,items.*.status,items.*.error,items.*._id", into("ids", "five"), good("a"), into("ids", "one"), good("b")),
		bulk("filter_path without status", "?filter_path=errors,items.*.error", into("ids", "six"), good("a"), into("ids", "one"), good("b")),
		bulk("filter_path that keeps nothing", "?filter_path=nosuch", into("ids", "seven"), good("a")),
		bulk("include_source_on_error", "?include_source_on_error=false", into("ids", "eight"), `{`+moment+`,"a":1,"a":2}`),
	}
}

// at sends the case to another path.
func (c contractCase) at(path string) contractCase {
	c.path = path
	return c
}

// from marks a case that the reduced servers cannot answer, with the page that says what a full one answers.
func (c contractCase) from(page string) contractCase {
	c.documented = page
	return c
}

// beyond marks the case as one that elktest must refuse, under a type of its own, because it does not know what these
// servers answer: such a refusal cannot be taken for an answer of theirs. None means all.
func (c contractCase) beyond(profiles ...elktest.Profile) contractCase {
	c.beyondElktest = profiles
	if len(profiles) == 0 {
		c.beyondElktest = []elktest.Profile{elktest.Elasticsearch8, elktest.Elasticsearch9, elktest.OpenSearch3}
	}
	return c
}

// documentCases refuse one document and store its neighbours.
func documentCases() []contractCase {
	var cases []contractCase
	for _, c := range [][2]string{
		{"no @timestamp", `{"message":"a"}`},
		{"null @timestamp", `{"@timestamp":null}`},
		{"duplicate key", `{` + moment + `,"message":"a","message":"b"}`},
		{"duplicate @timestamp", `{` + moment + `,` + moment + `}`},
		{"duplicate key, nested", `{` + moment + `,"a":{"b":{"c":1,"c":2}}}`},
		{"one field as a dotted key and as an object", `{` + moment + `,"trace":{"id":"x"},"trace.id":"y"}`},
		{"invalid UTF-8", `{` + moment + `,"message":"` + "\xff" + `"}`},
		{"truncated UTF-8", `{` + moment + `,"message":"` + "\xe2\x82" + `"}`},
		{"control character", `{` + moment + `,"message":"` + "\x01" + `"}`},
		{"escaped NUL", `{` + moment + `,"message":"\u0000"}`},
		{"lone surrogate", `{` + moment + `,"message":"\ud800"}`},
		{"array", `[1]`},
		{"string", `"a"`},
		{"number", `1`},
		{"null", `null`},
		{"empty object", `{}`},
		{"empty line", ``},
		{"two objects", `{` + moment + `}{}`},
		{"number behind the object", `{` + moment + `} 1`},
		{"text behind the object", `{` + moment + `}x`},
		{"brace behind the object", `{` + moment + `}}`},
		{"trailing comma", `{` + moment + `,}`},
		{"cut", `{` + moment + `,"message":"a`},
		{"NaN", `{` + moment + `,"n":NaN}`},
		{"string into a long", `{` + moment + `,"event.sequence":"ten"}`},
		{"object into a keyword", `{` + moment + `,"trace.id":{"a":1}}`},
	} {
		cases = append(cases, bulk("document: "+c[0], "", into("docs", ""), good("before"), into("docs", "bad"), c[1], into("docs", ""), good("after")).unique(len(cases)))
	}
	return cases
}

// unique gives the documents of a case ids of their own, where it repeats those of another.
func (c contractCase) unique(n int) contractCase {
	c.body = strings.ReplaceAll(c.body, `"_id":"bad"`, fmt.Sprintf(`"_id":"bad-%d"`, n))
	return c
}

// timestampCases: one request, one item for each form.
func timestampCases() []contractCase {
	var lines []string
	for n, form := range []string{
		`"2026-11-22T10:00:00Z"`, `"2026-11-22T10:00:00.1Z"`, `"2026-11-22T10:00:00.123456789Z"`, `"2026-11-22T10:00:00,5Z"`,
		`"2026-11-22T10:00:00+02:00"`, `"2026-11-22T10:00:00+0200"`, `"2026-11-22T10:00:00"`, `"2026-11-22T10:00"`, `"2026-11-22"`, `"2026"`,
		`1795341600100`, `"1795341600100"`, `["2026-11-22T10:00:00Z"]`, `-1`,
		`"2026-11-22 10:00:00"`, `"2026-11-22T10:00:00z"`, `"2026-11-22T24:00:00Z"`, `"2026-11-22T10:00:60Z"`, `"2026-02-30T10:00:00Z"`,
		`"2026-11-22T10:00:00.1234567891Z"`, `"12026-11-22T10:00:00Z"`, `"2026-11-22T10:00:00 Z"`, `"Sun, 22 Nov 2026 10:00:00 GMT"`,
		`""`, `"yesterday"`, `true`, `{"a":1}`, `["2026-11-22T10:00:00Z","2026-11-22T10:00:01Z"]`,
	} {
		lines = append(lines, into("time", fmt.Sprintf("t%d:%s", n, strings.ReplaceAll(form, `"`, ""))), `{"@timestamp":`+form+`}`)
	}
	return []contractCase{bulk("@timestamp forms", "", slices.Clip(lines)...)}
}

// requestCases are refused as a whole, or nearly.
func requestCases() []contractCase {
	pair := into("req", "") + "\n" + good("a") + "\n"
	post := func(name, contentType, body string) contractCase {
		c := contractCase{name: name, method: http.MethodPost, path: bulkPath, body: body}
		if contentType != "" {
			c.header = map[string]string{"Content-Type": contentType}
		}
		return c
	}
	const nd = "application/x-ndjson"
	const compatible = "application/vnd.elasticsearch+x-ndjson;compatible-with=8"
	both := post("content type and accept compatible-with=8", compatible, pair)
	both.header["Accept"] = "application/vnd.elasticsearch+json;compatible-with=8"
	return []contractCase{
		post("malformed action", nd, pair+"garbage\n"+good("b")+"\n"),
		post("action cut after a key", nd, `{"create"`+"\n"+good("a")+"\n"),
		post("action cut in a string", nd, `{"create":{"_index":"logs-re`+"\n"+good("a")+"\n"),
		post("no newline at the end", nd, strings.TrimSuffix(pair, "\n")),
		post("empty body", nd, ""),
		post("one newline", nd, "\n"),
		post("empty lines before actions", nd, "\n"+pair+"\n"+pair),
		post("no content type", "", pair),
		post("content type text/plain", "text/plain", pair),
		post("content type application/json", "application/json", pair),
		post("content type compatible-with=8 alone", compatible, pair),
		both,
		post("unknown action", nd, `{"insert":{"_index":"logs-req-default"}}`+"\n"+good("a")+"\n"),
		post("unknown metadata", nd, `{"create":{"_index":"logs-req-default","nosuch":1}}`+"\n"+good("a")+"\n"),
		post("metadata of another type", nd, `{"create":"x"}`+"\n"+good("a")+"\n"),
		post("empty action", nd, "{}\n"+good("a")+"\n"),
		post("action is an array", nd, "[]\n"+good("a")+"\n"),
		post("no index", nd, `{"create":{}}`+"\n"+good("a")+"\n"),
		post("dangling action alone", nd, into("req", "")+"\n"),
		post("dangling action after a pair", nd, pair+into("req", "")+"\n"),
		post("document missing in the middle", nd, into("req", "")+"\n"+pair),
		bulk("unknown parameter", "?nosuchparam=1", into("req", ""), good("a")),
		bulk("refresh=perhaps", "?refresh=perhaps", into("req", ""), good("a")),
	}
}

func targetCases() []contractCase {
	const nomatch = `{"create":{"_index":"nomatch-a","_id":"n"}}`
	cases := []contractCase{
		bulk("require_data_stream, template", "?require_data_stream=true", into("target", "t"), good("a")),
		bulk("require_data_stream, no template", "?require_data_stream=true", nomatch, good("a"), into("target", "u"), good("b")),
		bulk("require_data_stream on the action", "", `{"create":{"_index":"nomatch-b","_id":"n","require_data_stream":true}}`, good("a")),
	}
	for _, name := range []string{"logs-Upper-default", "logs-a:b-default", "logs-a b-default", "logs-a,b-default", "logs-a*-default", "logs-a#-default", "logs-" + strings.Repeat("x", 255) + "-d"} {
		cases = append(cases, bulk(fmt.Sprintf("bad name %.20s", name), "", `{"create":{"_index":"`+name+`"}}`, good("a")))
	}
	return cases
}

// zipped compresses text; what was flushed before a mark can be cut there.
func zipped(texts ...string) (body string, marks []int) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for _, text := range texts {
		w.Write([]byte(text)) // a bytes.Buffer takes everything
		w.Flush()
		marks = append(marks, b.Len())
	}
	w.Close()
	return b.String(), marks
}

func gzipCases() []contractCase {
	pair := into("gzip", "") + "\n" + good("a") + "\n"
	whole, marks := zipped(pair, pair)
	inside, insideMarks := zipped(pair+pair[:len(pair)-20], pair[len(pair)-20:])
	crc := []byte(whole)
	crc[len(crc)-8] ^= 0xff
	corrupt := []byte(whole)
	corrupt[12] ^= 0xff
	var cases []contractCase
	for _, c := range [][2]string{
		{"good", whole},
		{"two members", whole + whole},
		{"without its trailer", whole[:len(whole)-8]},
		{"cut after a pair", whole[:marks[0]]},
		{"cut inside a document", inside[:insideMarks[0]]},
		{"checksum wrong", string(crc)},
		{"corrupt", string(corrupt)},
		{"plain body", pair},
	} {
		cases = append(cases, contractCase{name: "gzip, " + c[0], method: http.MethodPost, path: bulkPath, header: gzipped, body: c[1]})
	}
	return cases
}

// otherCases read what the first of them stores, and meet what is not there.
func otherCases() []contractCase {
	line := func(sequence int, trace string) string {
		return fmt.Sprintf(`{"@timestamp":"2026-11-22T10:00:00.%dZ","message":"m","trace.id":"%s","event.sequence":%d}`, 100+sequence/2, trace, sequence)
	}
	get := func(name, method, path, body string) contractCase {
		return contractCase{name: name, method: method, path: path, header: map[string]string{"Content-Type": "application/json"}, body: body}
	}
	const byTrace = `"query":{"term":{"trace.id":"one"}}`
	const sorted = `"sort":[{"@timestamp":"asc"},{"event.sequence":"asc"}]`
	return []contractCase{
		bulk("store for the searches", "?refresh=true", into("read", "s3"), line(3, "one"), into("read", "s1"), line(1, "one"),
			into("read", "s2"), line(2, "one"), into("read", "s4"), line(4, "two")),
		get("search by term, sorted", http.MethodPost, "/logs-read-default/_search", `{`+byTrace+`,`+sorted+`}`),
		get("search, at most two", http.MethodPost, "/logs-read-default/_search", `{"size":2,`+byTrace+`,`+sorted+`}`),
		get("search, no hit", http.MethodPost, "/logs-read-default/_search", `{"query":{"term":{"trace.id":"none"}},`+sorted+`}`),
		get("search by pattern", http.MethodPost, "/logs-rea*-default/_search", `{`+byTrace+`,`+sorted+`}`),
		get("search, malformed", http.MethodPost, "/logs-read-default/_search", `{"query":`),
		get("search, unknown query", http.MethodPost, "/logs-read-default/_search", `{"query":{"nosuch":{}}}`),
		get("search, missing stream", http.MethodPost, "/logs-nosuch-default/_search", `{`+byTrace+`,`+sorted+`}`),
		get("search, pattern without a match", http.MethodPost, "/logs-nosuch*-default/_search", `{`+byTrace+`,`+sorted+`}`),
		get("search, sort by an unmapped field", http.MethodPost, "/logs-read-default/_search", `{"sort":["nosuch"]}`),
		get("search by term, scored", http.MethodPost, "/logs-read-default/_search", `{`+byTrace+`}`).beyond(),
		get("search, query_string", http.MethodPost, "/logs-read-default/_search", `{"query":{"query_string":{"query":"m"}},`+sorted+`}`).beyond(),
		get("search, aggregation", http.MethodPost, "/logs-read-default/_search", `{"size":0,"aggs":{"a":{"terms":{"field":"trace.id"}}}}`).beyond(),
		get("read a template", http.MethodGet, "/_index_template/logs-e2e", ``),
		get("count by term", http.MethodPost, "/logs-read-default/_count", `{`+byTrace+`}`),
		get("count all", http.MethodGet, "/logs-read-default/_count", ``),
		get("count, missing stream", http.MethodGet, "/logs-nosuch-default/_count", ``),
		get("root of the server", http.MethodGet, "/", "").from("https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-info"),
		get("unknown path", http.MethodGet, "/nosuch/path/at/all", ``),
		get("method GET on _bulk", http.MethodGet, "/_bulk", ``),
		get("method DELETE on _bulk", http.MethodDelete, "/_bulk", ``),
		get("refresh a missing stream", http.MethodPost, "/logs-nosuch-default/_refresh", ``),
	}
}
