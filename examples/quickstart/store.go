package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/elk/elktest"
)

const (
	stream     = "logs-" + dataset + "-default"
	maxHits    = 1000             // lines of one trace that are read
	patience   = 15 * time.Second // for delivery, and for documents to become visible
	bodyInHelp = 200              // bytes of an unexpected answer that are shown
)

// store is the Elasticsearch that gets the lines, seen from the other side: it is asked what it holds.
type store struct {
	url    string
	apiKey string
	client *http.Client
	embed  *elktest.Server // nil: a real one

	mu     sync.Mutex
	alarms []string
}

// connect starts the in-process server, or finds out whether the real one answers.
func connect(ctx context.Context, c config) (*store, error) {
	client := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if len(c.elasticsearch) == 0 {
		embed, err := elktest.New(elktest.WithLogsTemplate())
		if err != nil {
			return nil, err
		}
		return &store{url: embed.URL(), client: client, embed: embed}, nil
	}
	defer client.CloseIdleConnections()
	var err error
	for _, address := range c.elasticsearch {
		s := &store{url: address, apiKey: c.apiKey, client: client}
		if err = s.check(ctx); err == nil {
			return s, nil
		}
	}
	return nil, err
}

// check asks the server for its health, which the least of them has, and says in one sentence what is wrong.
func (s *store) check(ctx context.Context) error {
	u, err := url.Parse(s.url)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("ELASTICSEARCH_URL holds %q, which is no address: it must begin with http:// or https://", s.name())
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	status, body, err := s.ask(ctx, http.MethodGet, "/_cluster/health", nil)
	switch {
	case err != nil:
		return fmt.Errorf("no Elasticsearch answers at %s: start one there, or unset ELASTICSEARCH_URL to use the built-in one", s.name())
	case status == http.StatusUnauthorized:
		return fmt.Errorf("the Elasticsearch at %s wants credentials: set ELASTICSEARCH_API_KEY", s.name())
	case status == http.StatusForbidden && json.Valid(body): // a key that may only write
	case status != http.StatusOK || !bytes.Contains(body, []byte(`"cluster_name"`)):
		return fmt.Errorf("what answers at %s is no Elasticsearch (status %d, %s): check ELASTICSEARCH_URL", s.name(), status, beginning(body))
	}
	return nil
}

// name is the address as it may be shown: without a password.
func (s *store) name() string {
	if s.embed != nil {
		return "built in"
	}
	u, err := url.Parse(s.url)
	if err != nil {
		return "(not an address)"
	}
	return u.Redacted()
}

func (s *store) close() {
	s.client.CloseIdleConnections()
	if s.embed != nil {
		_ = s.embed.Close()
	}
}

func (s *store) alarm(a elk.Alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms = append(s.alarms, a.Message)
}

// deliver waits until every line has a verdict.
func (s *store) deliver(ctx context.Context, shipper *elk.Shipper) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := shipper.Flush(ctx)
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Errorf("the Elasticsearch at %s did not take the lines: %w; %s", s.name(), err, strings.Join(s.alarms, "; "))
}

// ask sends a request and returns status and body of the answer.
func (s *store) ask(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.apiKey != "" {
		req.Header.Set("Authorization", "ApiKey "+s.apiKey)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	return resp.StatusCode, answer, err
}

// documents returns what the store holds of a trace, in order of time across the services. It asks again until there
// are as many as expected or its patience ends: a document can be searched only after a refresh.
func (s *store) documents(ctx context.Context, traceID string, expected int) ([]line, error) {
	_, _, _ = s.ask(ctx, http.MethodPost, "/"+stream+"/_refresh", nil) // not every key may do this
	for deadline := time.Now().Add(patience / 3); ; {
		found, err := s.search(ctx, traceID)
		if err != nil || len(found) >= expected || s.embed != nil || time.Now().After(deadline) {
			return found, err
		}
		work(ctx, 200*time.Millisecond)
	}
}

func (s *store) search(ctx context.Context, traceID string) ([]line, error) {
	query := fmt.Sprintf(`{"size":%d,"query":{"term":{"trace.id":%q}},"sort":[{"@timestamp":"asc"},{"event.sequence":"asc"}]}`, maxHits, traceID)
	status, body, err := s.ask(ctx, http.MethodPost, "/"+stream+"/_search", []byte(query))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("the Elasticsearch at %s answered a search with %d: %s", s.name(), status, beginning(body))
	}
	var answer struct {
		Hits struct {
			Hits []struct {
				Source json.RawMessage `json:"_source"`
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	var found []line
	for _, hit := range answer.Hits.Hits {
		found = append(found, parse(hit.Source))
	}
	return found, nil
}

func (l line) time() time.Time {
	t, _ := time.Parse(time.RFC3339Nano, l.get("@timestamp"))
	return t
}

func beginning(body []byte) string {
	text := strings.Join(strings.Fields(string(body)), " ")
	if len(text) > bodyInHelp {
		text = text[:bodyInHelp] + "…"
	}
	return text
}
