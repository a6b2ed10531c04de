package elk

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestItemVerdict(t *testing.T) {
	for _, tt := range []struct {
		item item
		want verdict
	}{
		{item{status: 201}, verdictDelivered},
		{item{status: 200}, verdictDelivered},
		{item{status: 201, failureStore: "used"}, verdictDiverted},
		{item{status: 201, failureStore: "not_enabled"}, verdictDelivered},
		{item{status: 409}, verdictDuplicate},
		{item{status: 429}, verdictRetry},
		{item{status: 500}, verdictRetry},
		{item{status: 503}, verdictRetry},
		{item{status: 403}, verdictRetry},
		{item{status: 404, cause: cause{Type: "index_not_found_exception"}}, verdictRetry},
		{item{status: 404, cause: cause{Type: "resource_not_found_exception"}}, verdictDead},
		{item{status: 400}, verdictDead},
		{item{status: 400, cause: cause{Type: "index_closed_exception", Reason: "closed"}}, verdictRetry},
		{item{status: 400, cause: cause{Type: "validation_exception", Reason: "Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [1000]/[1000] maximum shards open;"}}, verdictRetry},
		{item{status: 400, cause: cause{Type: "validation_exception", Reason: "Validation Failed: 1: type is wrong;"}}, verdictDead},
		{item{status: 400, cause: cause{Type: "illegal_argument_exception", Reason: "pipeline with id [nosuch] does not exist"}}, verdictRetry},
		{item{status: 400, cause: cause{Type: "illegal_argument_exception", Reason: "mapper [a] cannot be changed from type [long] to [text]"}}, verdictDead},
		{item{status: 400, cause: cause{Type: "document_parsing_exception", Reason: "failed to parse field [pipeline with id [x]"}}, verdictDead},
		{item{status: 413}, verdictDead},
		{item{status: 302}, verdictRetry},
	} {
		if got := tt.item.verdict(); got != tt.want {
			t.Errorf("%+v: verdict %d, want %d", tt.item, got, tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	two := answerOf(2)
	for _, tt := range []struct {
		name string
		r    reply
		want fate
	}{
		{"created", reply{status: 200, body: []byte(two)}, answered},
		{"took first, as OpenSearch has it", reply{status: 200, body: []byte(strings.Replace(two, `"errors":false,"took":0`, `"took":3,"errors":false`, 1))}, answered},
		{"other order and spaces", reply{status: 200, body: []byte(`{ "items" : [{"create":{"status":201}},{"create":{"status":400,"error":{}}}] }`)}, answered},
		{"error is a string", reply{status: 200, body: []byte(`{"items":[{"create":{"status":201}},{"create":{"status":400,"error":"x"}}]}`)}, answered},
		{"an item too few", reply{status: 200, body: []byte(answerOf(1))}, kept},
		{"an item too many", reply{status: 200, body: []byte(answerOf(3))}, kept},
		{"cut", reply{status: 200, body: []byte(two[:len(two)-1])}, kept},
		{"text behind", reply{status: 200, body: []byte(two + "x")}, kept},
		{"items empty", reply{status: 200, body: []byte(`{"errors":false,"took":0,"items":[]}`)}, kept},
		{"an item without status", reply{status: 200, body: []byte(`{"items":[{"create":{}},{"create":{"status":201}}]}`)}, kept},
		{"errors only", reply{status: 200, body: []byte(`{"errors":false}`)}, kept},
		{"null", reply{status: 200, body: []byte(`null`)}, kept},
		{"empty", reply{status: 200}, kept},
		{"202", reply{status: 202, body: []byte(two)}, kept},
		{"no answer", reply{err: errors.New("connection reset")}, kept},
		{"413", reply{status: 413}, refused},
		{"400 with a reason", reply{status: 400, body: []byte(`{"error":{"type":"x_content_parse_exception","reason":"r"},"status":400}`)}, refused},
		{"400 with a string", reply{status: 400, body: []byte(`{"error":"no handler found"}`)}, kept},
		{"400 of a parameter", reply{status: 400, body: []byte(noParam)}, kept},
		{"401", reply{status: 401}, kept},
		{"429", reply{status: 429}, kept},
		{"502", reply{status: 502}, kept},
		{"product check", reply{err: errors.New(productCheck + " and we do not support this unknown product")}, unknowable},
	} {
		if got := judge(tt.r, 2); got.fate != tt.want {
			t.Errorf("%s: fate %d, want %d (%s)", tt.name, got.fate, tt.want, got.detail)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "3": 3 * time.Second, " 3 ": 3 * time.Second, "-1": 0, "soon": 0,
		"86400": maxRetryAfter, "99999999999999999999": 0,
		"Sun, 22 Nov 2026 10:00:07 GMT":  7 * time.Second,
		"Sunday, 22-Nov-26 10:00:07 GMT": 7 * time.Second,
		"Sun Nov 22 10:00:07 2026":       7 * time.Second,
		"Sun, 22 Nov 2026 09:59:59 GMT":  0,
		"Sun, 22 Nov 2027 10:00:00 GMT":  maxRetryAfter,
		"Sun, 22 Nov 2026 10:00:07":      0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, testTime); got != want {
			t.Errorf("Retry-After %q = %s, want %s", value, got, want)
		}
	}
}

// FuzzJudge: no answer panics, and the quick look at an answer never sees
// what the thorough one does not.
func FuzzJudge(f *testing.F) {
	f.Add([]byte(answerOf(2)), 200)
	f.Add([]byte(`{"items":[{"create":{"status":429,"error":{"type":"t","reason":"r"}}},{"create":{"status":201}}]}`), 200)
	f.Add([]byte(`{"took":0,"errors":true,"items":[{"create":{"status":201}},{"create":{"status":201}}]}`), 200)
	f.Add([]byte(denied), 401)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		out := judge(reply{status: status, body: body}, 2)
		if out.fate == answered && out.items != nil && len(out.items) != 2 {
			t.Fatalf("%d items for 2 documents", len(out.items))
		}
		if !allCreated(body, 2) {
			return
		}
		items, _, err := readItems(bytes.NewReader(body), 2)
		if err != nil || len(items) != 2 || items[0].verdict() != verdictDelivered || items[1].verdict() != verdictDelivered {
			t.Fatalf("allCreated believes %q: %+v, %v", body, items, err)
		}
	})
}

func TestBackoff(t *testing.T) {
	b := newBackoff(100*time.Millisecond, time.Second)
	b.random = func(below time.Duration) time.Duration { return below - 1 }
	for i, want := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
		if got := b.next(0); got != want*time.Millisecond {
			t.Errorf("wait %d = %s, want %s", i, got, want*time.Millisecond)
		}
	}
	if got := b.next(3 * time.Second); got != 4*time.Second {
		t.Errorf("wait above a floor = %s, want 4s", got)
	}
	b.reset()
	if got := b.next(0); got != 100*time.Millisecond {
		t.Errorf("wait after progress = %s, want 100ms", got)
	}
	b.random = newBackoff(1, 1).random
	for range 1000 {
		if got := b.next(time.Second); got <= time.Second || got > 2*time.Second {
			t.Fatalf("wait %s is outside (floor, floor+ceiling]", got)
		}
	}
}
