package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// row is what of an answer two servers must agree on: one row per bulk item, or one for the whole answer.
type row struct {
	status     string // of the answer; "closed" when the connection ended without one
	item       string // verb of the item
	itemStatus string
	errorType  string // of the item, or of the whole answer
	rest       string // forms of index and id, flags, hits, count
}

func (r row) String() string {
	return strings.Join(strings.Fields(fmt.Sprint(r.status, " ", r.item, " ", r.itemStatus, " ", r.errorType, " ", r.rest)), " ")
}

// send performs the case against the server at url.
func (c contractCase) send(t *testing.T, url string) []row {
	t.Helper()
	path := c.path
	if c.writeIndex != "" {
		path = strings.Replace(path, "WRITE-INDEX", writeIndex(t, url, c.writeIndex), 1)
	}
	req, err := http.NewRequestWithContext(t.Context(), c.method, url+path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.chunked {
		req.ContentLength = -1
	}
	for key, value := range c.header {
		req.Header.Set(key, value)
	}
	// A connection per case, closed after it: one that a server has closed is never met again.
	client := http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	rows := perform(&client, req)
	for range 20 {
		if !c.maySeeNothing || rows[0].status != "closed" {
			break
		}
		again := req.Clone(t.Context())
		again.Body, _ = req.GetBody()
		rows = perform(&client, again)
	}
	if c.shares == "" {
		return rows
	}
	// A client that still writes may or may not see the answer, so that only what is stored counts.
	return []row{{status: "refused", rest: "stored: " + storedShare(t, url, c.shares, strings.Count(c.body, "\n")/2)}}
}

func perform(client *http.Client, req *http.Request) []row {
	resp, err := client.Do(req)
	if err != nil {
		return []row{{status: "closed"}}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return []row{{status: "closed"}}
	}
	product := "product=" + resp.Header.Get("X-Elastic-Product") + resp.Header.Get("X-Opensearch-Version")
	return rowsOf(fmt.Sprint(resp.StatusCode), product, body)
}

// writeIndex is the name of the last backing index of a stream.
func writeIndex(t *testing.T, url, stream string) string {
	t.Helper()
	var a answer
	call(t, http.MethodGet, url+"/_resolve/index/"+stream, "", &a)
	return a.Streams[0].Indices[len(a.Streams[0].Indices)-1]
}

// storedShare says how much of a bulk of n documents a stream holds.
func storedShare(t *testing.T, url, stream string, n int) string {
	t.Helper()
	call(t, http.MethodPost, url+"/"+stream+"*/_refresh", "", nil)
	var a answer
	call(t, http.MethodGet, url+"/"+stream+"*/_count", "", &a)
	switch {
	case *a.Count == 0:
		return "none"
	case *a.Count == n:
		return "all"
	case *a.Count > n/2 && *a.Count < n:
		return "the first part"
	}
	return fmt.Sprint(*a.Count)
}

// answer has the parts of every answer that the cases look at.
type answer struct {
	Error  json.RawMessage   `json:"error"`
	Errors *bool             `json:"errors"`
	Items  []map[string]item `json:"items"`
	Count  *int              `json:"count"`
	Docs   []struct {
		Index string          `json:"_index"`
		ID    string          `json:"_id"`
		Found bool            `json:"found"`
		Error json.RawMessage `json:"error"`
	} `json:"docs"`
	Streams []struct {
		Name    string   `json:"name"`
		Indices []string `json:"backing_indices"`
	} `json:"data_streams"`
	Indices []struct {
		Name   string `json:"name"`
		Stream string `json:"data_stream"`
	} `json:"indices"`
	Acknowledged *bool  `json:"acknowledged"`
	OldIndex     string `json:"old_index"`
	NewIndex     string `json:"new_index"`
	Templates    []struct {
		Name string `json:"name"`
	} `json:"index_templates"`
	Hits *struct {
		Total json.RawMessage `json:"total"`
		Hits  []struct {
			ID     string          `json:"_id"`
			Index  string          `json:"_index"`
			Sort   json.RawMessage `json:"sort"`
			Source map[string]any  `json:"_source"`
		} `json:"hits"`
	} `json:"hits"`
}

type item struct {
	Index  string          `json:"_index"`
	ID     *string         `json:"_id"`
	Status *int            `json:"status"`
	Result string          `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func rowsOf(status, product string, body []byte) []row {
	if len(body) == 0 {
		return []row{{status: status, rest: product + " empty"}}
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return []row{{status: status, rest: fmt.Sprintf("%s, not JSON: %.80q", product, body)}}
	}
	whole := row{status: status, errorType: errorType(a.Error), rest: product + wholeOf(a)}
	rows := []row{whole}
	for _, one := range a.Items {
		for verb, it := range one {
			rows = append(rows, row{status, verb, pointee(it.Status), errorType(it.Error), itemRest(it)})
		}
	}
	return rows
}

func wholeOf(a answer) string {
	rest := ""
	if a.Errors != nil {
		rest += fmt.Sprintf(" errors=%v items=%d", *a.Errors, len(a.Items))
	}
	if a.Count != nil {
		rest += fmt.Sprintf(" count=%d", *a.Count)
	}
	rest += placesOf(a)
	if a.Hits != nil {
		rest += fmt.Sprintf(" total=%s", a.Hits.Total)
		for _, h := range a.Hits.Hits {
			rest += fmt.Sprintf(" [%s %s %s %v]", h.ID, indexForm(h.Index), h.Sort, h.Source)
		}
	}
	return rest
}

// placesOf shows documents by id, streams, indices and templates.
func placesOf(a answer) string {
	rest := ""
	for _, d := range a.Docs {
		rest += fmt.Sprintf(" [%s %s found=%v %s]", indexForm(d.Index), d.ID, d.Found, errorType(d.Error))
	}
	for _, s := range a.Streams {
		for i, index := range s.Indices {
			s.Indices[i] = indexForm(index)
		}
		rest += fmt.Sprintf(" stream %s %v", s.Name, s.Indices)
	}
	for _, index := range a.Indices {
		rest += fmt.Sprintf(" index %s of %s", indexForm(index.Name), index.Stream)
	}
	for _, template := range a.Templates {
		rest += " template " + template.Name
	}
	if a.Acknowledged != nil {
		rest += fmt.Sprintf(" acknowledged=%v", *a.Acknowledged)
	}
	if a.NewIndex != "" {
		rest += fmt.Sprintf(" %s to %s", indexForm(a.OldIndex), indexForm(a.NewIndex))
	}
	return rest
}

func itemRest(it item) string {
	return strings.TrimSpace(fmt.Sprintf("%s id=%s %s", indexForm(it.Index), idForm(it.ID), it.Result))
}

// errorType is the type of an error object, or the text of an error string, or "".
func errorType(raw json.RawMessage) string {
	var object struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(raw, &object) == nil {
		return object.Type
	}
	return string(raw)
}

var backing = regexp.MustCompile(`^\.ds-(.+)-\d{4}\.\d\d\.\d\d-(\d{6})$`)

// indexForm replaces the date in the name of a backing index.
func indexForm(name string) string { return backing.ReplaceAllString(name, ".ds-$1-DATE-$2") }

var automatic = regexp.MustCompile(`^[A-Za-z0-9_-]{20}$`)

// idForm replaces an automatic id.
func idForm(id *string) string {
	switch {
	case id == nil:
		return "null"
	case automatic.MatchString(*id):
		return "AUTOMATIC"
	}
	return *id
}

func pointee(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}
