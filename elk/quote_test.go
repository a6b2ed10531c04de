package elk

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestUnquoted(t *testing.T) {
	for reason, want := range map[string]string{
		"": "",
		"mapper [a] cannot be changed from type [long] to [text]": "mapper [a] cannot be changed from type [long] to [text]",
		"[x][0] primary shard is not active Timeout: [1m], request: [BulkShardRequest [[x][0]] containing [index {[x][id], source[{\"card\":\"41\"}]}]]": "[x][0] primary shard is not active Timeout: [1m], request: [BulkShardRequest [[x][0]] containing [index {[x][id], …",
		"[1:66] failed to parse field [n] of type [long] in document with id 'c1'. Preview of field's value: 'ten'":                                      "[1:66] failed to parse field [n] of type [long] in document with id 'c1'. …",
		"[1:9] Unrecognized token 'secret': was expecting":                                                                                               "[1:9] …",
		"Unexpected character at [Source: (byte[])\"{\"a\": Preview of field's value\"; line: 1]":                                                        "Unexpected character at …",
		"Numeric value (12345678901234567890) out of range of long":                                                                                      " …",
	} {
		if want = strings.TrimLeft(want, " "); strings.TrimLeft(unquoted(reason), " ") != want {
			t.Errorf("%q: %q, want %q", reason, unquoted(reason), want)
		}
	}
}

// TestNoDocumentInAlarms, nor in Health: not what a server quotes of it, which
// only the dead letter keeps.
func TestNoDocumentInAlarms(t *testing.T) {
	const whole = `{"error":{"type":"parse_exception","reason":"broken at [Source: (byte[])\"{\"card\":\"SECRET-4111\"}\"]"},"status":%d}`
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"item 503":    {200, `{"items":[` + itemQuoting + `]}`},
		"item 400":    {200, `{"items":[` + itemPreview + `]}`},
		"request 400": {400, fmt.Sprintf(whole, 400)},
		"request 500": {500, fmt.Sprintf(whole, 500)},
		"request 429": {429, fmt.Sprintf(whole, 429)},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var told []string
			var kept buffer
			c := Config{DeadLetter: &kept, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				return respond(answer.status, nil, answer.body), nil
			}), OnAlarm: func(a Alarm) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, a.Message)
			}}
			bubble(t, c, func(s *Shipper) {
				mustWrite(t, s, `{"card":"SECRET-4111"}`)
				time.Sleep(time.Minute)
				mu.Lock()
				defer mu.Unlock()
				told = append(told, s.Health().Message)
			})
			if all := strings.Join(told, "\n"); strings.Contains(all, "SECRET") || !strings.Contains(all, "status ") || !strings.Contains(all, "_exception: ") {
				t.Errorf("told:\n%s\nwant status and type, and nothing of the document", all)
			}
			if text := kept.String(); strings.HasSuffix(name, " 400") && strings.Count(text, "SECRET-4111") != 2 {
				t.Errorf("dead letter: %s\nwant the document, and the reason with its quote", text)
			}
		})
	}
}
