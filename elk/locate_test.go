package elk

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestIndexIsNamedWhileARequestWaits: the first answer of a stream is lost,
// and while its document waits for the next try another answer names the
// index. The document is looked up before it leaves.
func TestIndexIsNamedWhileARequestWaits(t *testing.T) {
	var mu sync.Mutex
	var calls []string
	c := Config{BatchWait: time.Millisecond, BackoffMin: 1000 * time.Hour, BackoffMax: 1000 * time.Hour, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		body := readBody(r)
		call := "B"
		switch {
		case len(body) == 1:
			return respond(http.StatusBadRequest, nil, noParam), nil
		case isLookup(r):
			call = "lookup in " + r.URL.Path
		case strings.Contains(body, `"n":"A"`):
			call = "A"
		}
		mu.Lock()
		calls = append(calls, call)
		mu.Unlock()
		switch call {
		case "A":
			time.Sleep(time.Second)
			return respond(http.StatusBadGateway, nil, ""), nil
		case "B":
			time.Sleep(2 * time.Second)
			return respond(http.StatusOK, nil, `{"items":[{"create":{"status":201,"_index":".ds-x-1"}}]}`), nil
		}
		id, _, _ := strings.Cut(body[strings.Index(body, `["`)+2:], `"`)
		return respond(http.StatusOK, nil, `{"docs":[{"_id":"`+id+`","found":true}]}`), nil
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, `{"n":"A"}`)
		time.Sleep(100 * time.Millisecond) // it has left
		mustWrite(t, s, `{"n":"B"}`)
		time.Sleep(2000 * time.Hour)
		if stats := s.Stats(); stats.Delivered != 1 || stats.Duplicate != 1 {
			t.Errorf("stats = %+v, want one delivered and one found", stats)
		}
	})
	if got := strings.Join(calls, ", "); got != "A, B, lookup in /.ds-x-1/_mget" {
		t.Errorf("calls: %s", got)
	}
}

// TestKnock: what a reply says of the road.
func TestKnock(t *testing.T) {
	for _, tt := range []struct {
		r    reply
		want bool
	}{
		{reply{status: 400, body: []byte(noParam)}, true},
		{reply{status: 200}, true},
		{reply{status: 403, body: []byte(html)}, true}, // of a firewall, to requests without documents
		{reply{status: 403, body: []byte(denied)}, false},
		{reply{status: 401}, false},
		{reply{status: 429}, false},
		{reply{status: 500}, false},
		{reply{status: 503}, false},
		{reply{err: errUnreached}, false},
		{reply{status: 400, err: errUnreached}, false},
	} {
		if got := tt.r.passes(); got != tt.want {
			t.Errorf("%d, %v: %t, want %t", tt.r.status, tt.r.err, got, tt.want)
		}
	}
}
