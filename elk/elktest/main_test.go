package elktest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const good = `{"@timestamp":"2026-11-22T10:00:00.123456789Z","message":"a"}`

// start runs a server with a plain template for logs-* and without the built-in one, as the recorded servers had it.
func start(t *testing.T, options ...Option) *Server {
	t.Helper()
	s, err := New(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if len(options) == 0 {
		mustPut(t, s, "gt", `{"index_patterns":["logs-*"],"data_stream":{},"template":{"mappings":{"properties":{"level":{"type":"keyword"},"n":{"type":"long"},"txt":{"type":"text"}}}}}`)
	}
	return s
}

func mustPut(t *testing.T, s *Server, name, body string) {
	t.Helper()
	if a := send(t, s, "PUT", "/_index_template/"+name, body); a.status != 200 || a.body != `{"acknowledged":true}` {
		t.Fatalf("template %s: %d %s", name, a.status, a.body)
	}
}

type reply struct {
	status int
	body   string
	header http.Header
	items  []map[string]item
	errors bool
	closed bool // the server ends the connection
}

type item struct {
	Index  string          `json:"_index"`
	ID     *string         `json:"_id"`
	Status int             `json:"status"`
	Seq    *int            `json:"_seq_no"`
	Error  json.RawMessage `json:"error"`
	Cause  struct {
		Type, Reason string
	} `json:"-"`
}

// send makes one request with a JSON body; headers are name, value pairs.
func send(t *testing.T, s *Server, method, path, body string, headers ...string) reply {
	t.Helper()
	a, err := try(s, method, path, strings.NewReader(body), headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// took is how long an answer took: 0 ms for every test.
var took = regexp.MustCompile(`"took":\d+`)

func try(s *Server, method, path string, body io.Reader, headers ...string) (reply, error) {
	req, err := http.NewRequest(method, s.URL()+path, body)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	a := reply{status: resp.StatusCode, body: took.ReplaceAllString(string(b), `"took":0`), header: resp.Header, closed: resp.Close}
	var parsed struct {
		Errors bool
		Items  []map[string]item
	}
	if json.Unmarshal(b, &parsed) == nil {
		a.items, a.errors = parsed.Items, parsed.Errors
	}
	return a, err
}

// item returns the item i whatever its op is.
func (a reply) item(t *testing.T, i int) item {
	t.Helper()
	if i >= len(a.items) {
		t.Fatalf("no item %d in %d %s", i, a.status, a.body)
	}
	for _, it := range a.items[i] {
		_ = json.Unmarshal(it.Error, &it.Cause)
		return it
	}
	t.Fatalf("item %d is empty", i)
	return item{}
}

func pair(stream, id, doc string) string {
	if id != "" {
		id = `,"_id":"` + id + `"`
	}
	return `{"create":{"_index":"` + stream + `"` + id + "}}\n" + doc + "\n"
}

func zip(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}
