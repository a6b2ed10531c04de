package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// logsTemplate makes data streams of the names logs-*-*, as a user's template would: ids and names are keywords, so
// that a term query finds them, and everything else is mapped by its first document.
const logsTemplate = `{
  "index_patterns": ["logs-*-*"],
  "data_stream": {},
  "priority": 200,
  "template": {"mappings": {"properties": {
    "@timestamp": {"type": "date"},
    "message": {"type": "text"},
    "log.level": {"type": "keyword"},
    "service.name": {"type": "keyword"},
    "trace.id": {"type": "keyword"},
    "span.id": {"type": "keyword"},
    "event.sequence": {"type": "long"}
  }}}
}`

// putLogsTemplate installs logsTemplate on the server at url.
func putLogsTemplate(t *testing.T, url string) {
	t.Helper()
	call(t, http.MethodPut, url+"/_index_template/logs-e2e", logsTemplate, nil)
}

// client gives up on a server that hangs.
var client = http.Client{Timeout: 30 * time.Second}

// call sends a JSON request, fails the test unless the answer is 200, and decodes the answer into into unless nil.
func call(t *testing.T, method, url, body string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: status %d: %s", method, url, resp.StatusCode, bytes.TrimSpace(data))
	}
	if into == nil {
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s %s: %v: %s", method, url, err, data)
	}
}

// document is a hit of a search.
type document struct {
	ID     string          `json:"_id"`
	Source json.RawMessage `json:"_source"`
}

// readBack makes everything searchable in the stream and returns its documents, at most 10,000, sorted by sort.
func readBack(t *testing.T, url, stream, sort string) []document {
	t.Helper()
	call(t, http.MethodPost, url+"/"+stream+"/_refresh", "", nil)
	var answer struct {
		Hits struct {
			Hits []document `json:"hits"`
		} `json:"hits"`
	}
	call(t, http.MethodPost, url+"/"+stream+"/_search", `{"size":10000,"query":{"match_all":{}},"sort":`+sort+`}`, &answer)
	return answer.Hits.Hits
}
