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
	req, err := http.NewRequestWithContext(t.Context(), c.method, url+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range c.header {
		req.Header.Set(key, value)
	}
	// A connection per case, closed after it: one that a server has closed is never met again.
	client := http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	resp, err := client.Do(req)
	if err != nil {
		return []row{{status: "closed"}}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return []row{{status: "closed"}}
	}
	product := "product=" + resp.Header.Get("X-Elastic-Product")
	return rowsOf(fmt.Sprint(resp.StatusCode), product, body)
}

// answer has the parts of every answer that the cases look at.
type answer struct {
	Error  json.RawMessage   `json:"error"`
	Errors *bool             `json:"errors"`
	Items  []map[string]item `json:"items"`
	Count  *int              `json:"count"`
	Hits   *struct {
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
	if a.Hits != nil {
		rest += fmt.Sprintf(" total=%s", a.Hits.Total)
		for _, h := range a.Hits.Hits {
			rest += fmt.Sprintf(" [%s %s %s %v]", h.ID, indexForm(h.Index), h.Sort, h.Source)
		}
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
