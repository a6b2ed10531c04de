package elk

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func manyFields(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("labels.l%d", i)] = "x"
	}
	return m
}

// TestEnrichment: constant fields are added to the lines that lack them,
// whichever way a line may have them.
func TestEnrichment(t *testing.T) {
	const stamp = `"@timestamp":1,"event.sequence":7`
	f := newFields(Config{HostName: "web-1", Fields: map[string]string{
		"service.name": "sh\"op", "service.node.name": "a", "host.name": "not me", "data_stream": "nor me", "tag": "<x>",
	}}, "shop", "prod")
	const streamFields = `"data_stream.type":"logs","data_stream.dataset":"shop","data_stream.namespace":"prod",`
	const host, name, node, tag = `"host.name":"web-1",`, `"service.name":"sh\"op",`, `"service.node.name":"a",`, `"tag":"<x>",`
	for _, tt := range []struct{ has, want string }{
		{"", streamFields + host + name + node + tag},
		{`"service.name":"own"`, streamFields + host + node + tag},
		{`"service":{"name":"own"}`, streamFields + host + node + tag},
		{`"service":{"version":"1"}`, streamFields + host + name + node + tag},
		{`"service":{"node":{"name":"own"}}`, streamFields + host + name + tag},
		{`"service":{"node":{"id":"1"}}`, streamFields + host + name + node + tag},
		{`"service":{"node.name":"own"}`, streamFields + host + name + tag},
		{`"service.node":{"name":"own"}`, streamFields + host + name + tag},
		{`"service":{"node":"text"}`, streamFields + host + name + tag},
		{`"service":"text"`, streamFields + host + tag},
		{`"service":[{"name":"own"}]`, streamFields + host + tag},
		{`"service":null`, streamFields + host + name + node + tag},
		{`"service.name":null`, streamFields + host + node + tag},
		{`"service.name.first":"x"`, streamFields + host + node + tag},
		{`"services":{"name":"x"}`, streamFields + host + name + node + tag},
		{`"x":{"service":{"name":"x"},"host.name":1}`, streamFields + host + name + node + tag},
		{`"host":{"name":"own"},"tag":1`, streamFields + name + node},
		{`"host":"own"`, streamFields + name + node + tag},
		{`"data_stream":{"dataset":"own"}`, `"data_stream.type":"logs","data_stream.namespace":"prod",` + host + name + node + tag},
		{`"data_stream.type":"metrics"`, strings.TrimPrefix(streamFields, `"data_stream.type":"logs",`) + host + name + node + tag},
		{`"\u0068ost.name":"own"`, streamFields + name + node + tag},
	} {
		line := "{" + stamp + "}"
		if tt.has != "" {
			line = "{" + stamp + "," + tt.has + "}"
		}
		b, d := spliced(t, line, lineInfo{seq: 1}, f)
		_, got, _ := strings.Cut(string(b.body(d)), "\n")
		if want := "{" + tt.want + line[1:] + "\n"; got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", line, got, want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s is not valid", got)
		}
	}
}

// TestEveryFieldOfAFullList, the last bit of the mask too.
func TestEveryFieldOfAFullList(t *testing.T) {
	f := newFields(Config{HostName: "h", Fields: manyFields(maxFields)}, "d", "n")
	b, d := spliced(t, `{"labels":{"l49":"own","l7":"own"}}`, lineInfo{seq: 1}, f)
	var got map[string]any
	_, document, _ := strings.Cut(string(b.body(d)), "\n")
	if err := json.Unmarshal([]byte(document), &got); err != nil {
		t.Fatal(err)
	}
	// 48 labels, the object, 3 of the stream, host, time, sequence.
	if len(got) != 48+1+3+1+2 || got["labels.l49"] != nil || got["labels.l48"] != "x" {
		t.Errorf("%d members: %s", len(got), document)
	}
}

// TestNoHostName, and what stands in the stored document.
func TestNoHostName(t *testing.T) {
	for name, want := range map[string]string{NoHostName: "", "": hostName(), "web-1": "web-1"} {
		srv := startServer(t)
		c := quick(srv.URL())
		c.HostName, c.Fields = name, map[string]string{"service.name": "shop"}
		s := openShipper(t, c)
		c.Fields["service.name"] = "changed later"
		mustWrite(t, s, "{}")
		closeWell(t, s)
		var got struct {
			Host    string `json:"host.name"`
			Service string `json:"service.name"`
			Dataset string `json:"data_stream.dataset"`
		}
		docs := srv.Documents(stream)
		if len(docs) != 1 || json.Unmarshal(docs[0].Source, &got) != nil {
			t.Fatalf("stored: %v", docs)
		}
		if got.Host != want || got.Service != "shop" || got.Dataset != "generic" {
			t.Errorf("HostName %q: %+v", name, got)
		}
	}
}

// TestWrap: a line that is not JSON is found as a message.
func TestWrap(t *testing.T) {
	for _, line := range []string{
		"panic: oh no", "[1,2]", `{"a":"b`, `{"a":1}{"b":2}`, "tab\there \"quoted\" back\\slash", "bell \x07 null \x00 \x7f \u2028 é 😀", `"text"`, "null",
	} {
		srv := startServer(t)
		s := openShipper(t, quick(srv.URL()))
		mustWrite(t, s, line+"\n")
		stats := closeWell(t, s)
		docs := srv.Documents(stream)
		if len(docs) != 1 {
			t.Fatalf("%q became %d documents: %+v", line, len(docs), stats)
		}
		var got struct {
			Time     string   `json:"@timestamp"`
			Message  string   `json:"message"`
			Tags     []string `json:"tags"`
			Sequence int      `json:"event.sequence"`
			Dataset  string   `json:"data_stream.dataset"`
		}
		if err := json.Unmarshal(docs[0].Source, &got); err != nil {
			t.Fatal(err)
		}
		if got.Message != line || len(got.Tags) != 1 || got.Tags[0] != "not_json" || got.Time == "" || got.Sequence != 1 || got.Dataset != "generic" {
			t.Errorf("%q is stored as %s", line, docs[0].Source)
		}
		if stats.Wrapped != 1 || stats.Delivered != 1 {
			t.Errorf("stats = %+v", stats)
		}
	}
}

// TestWrappedLineKeepsItsBytes when the server refuses it, and gets no field
// twice.
func TestWrappedLineKeepsItsBytes(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(1, refuse(all, `{"create":{"status":400,"error":{"type":"t","reason":"r"}}}`, true)))
	dead := &buffer{}
	c := quick(srv.URL())
	c.DeadLetter, c.Fields = dead, map[string]string{"message": "no", "tags": "no"}
	s := openShipper(t, c)
	mustWrite(t, s, "plain \"text\"\n")
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, s, "more\n")
	closeWell(t, s)
	if got := letters(t, dead); len(got) != 1 || got[0].Document != `plain "text"` {
		t.Errorf("dead letters = %+v", got)
	}
	if docs := srv.Documents(stream); len(docs) != 1 || !strings.Contains(string(docs[0].Source), `"message":"more"`) {
		t.Errorf("stored: %v", docs)
	}
}
