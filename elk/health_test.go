package elk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestHealth(t *testing.T) {
	var answer atomic.Pointer[func(*http.Request) (*http.Response, error)]
	say := func(f func(*http.Request) (*http.Response, error)) { answer.Store(&f) }
	status := func(code int) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) { return respond(code, nil, "{}"), nil }
	}
	c := Config{RingBytes: 4 << 10, Client: clientFunc(func(r *http.Request) (*http.Response, error) { return (*answer.Load())(r) })}
	say(created)
	bubble(t, c, func(s *Shipper) {
		if h := s.Health(); !h.OK || h.Reason != "" || !h.LastSuccess.IsZero() {
			t.Errorf("new: %+v, want OK", h)
		}
		mustWrite(t, s, "{}")
		time.Sleep(time.Minute)
		stored := time.Now().Add(time.Second - time.Minute)
		if h := s.Health(); !h.OK || !h.LastSuccess.Equal(stored) {
			t.Errorf("after a delivery: %+v, want OK, last success %s", h, stored)
		}

		say(status(http.StatusForbidden))
		mustWrite(t, s, "{}")
		time.Sleep(time.Second)
		synctest.Wait()
		since := time.Now()
		time.Sleep(time.Hour)
		if h := s.Health(); h.OK || h.Reason != "unauthorized" || !h.Since.Equal(since) || h.Pending != 1 || !strings.Contains(h.Message, "403") {
			t.Errorf("after an hour of 403: %+v, want unauthorized since %s", h, since)
		}
		say(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })
		time.Sleep(time.Hour)
		if h := s.Health(); h.OK || h.Reason != "unreachable" || !h.Since.Equal(since) {
			t.Errorf("then no connection: %+v, want unreachable since %s", h, since)
		}
		say(created)
		time.Sleep(time.Minute)
		if h := s.Health(); !h.OK || h.Pending != 0 {
			t.Errorf("after that: %+v, want OK", h)
		}

		say(status(http.StatusServiceUnavailable))
		for s.Stats().Dropped.RingFull == 0 { // workers may take some meanwhile
			mustWrite(t, s, "{}")
		}
		say(created)
		_ = s.Flush(context.Background())
		if h := s.Health(); h.OK || h.Reason != "ring_full" {
			t.Errorf("with lines dropped: %+v, want ring_full", h)
		}
		time.Sleep(passing)
		if h := s.Health(); !h.OK {
			t.Errorf("a minute later: %+v, want OK", h)
		}
		_ = s.Close()
		if h := s.Health(); h.OK || h.Reason != "closed" {
			t.Errorf("closed: %+v", h)
		}
	})
}

// TestHealthOfWaitingDocuments: the server answers, and some get nowhere.
func TestHealthOfWaitingDocuments(t *testing.T) {
	c := Config{Client: clientFunc(func(*http.Request) (*http.Response, error) {
		return respond(http.StatusOK, nil, `{"items":[{"create":{"status":403,"error":{"type":"security_exception"}}}]}`), nil
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		time.Sleep(time.Hour)
		if h := s.Health(); h.OK || h.Reason != "documents_waiting" || !h.LastSuccess.IsZero() {
			t.Errorf("health = %+v, want documents_waiting and no success", h)
		}
	})
}

// TestAllRefused: that every document is refused is no success, and where
// nobody keeps the dead letters it is a loss.
func TestAllRefused(t *testing.T) {
	for name, to := range map[string]io.Writer{"kept": io.Discard, "not kept": nil} {
		t.Run(name, func(t *testing.T) {
			var fine atomic.Bool
			c := Config{DeadLetter: to, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
				n := strings.Count(readBody(r), "\n") / 2
				if fine.Load() {
					return respond(http.StatusOK, nil, answerOf(n)), nil
				}
				return respond(http.StatusOK, nil, `{"items":[`+strings.Repeat(itemPreview+",", n-1)+itemPreview+`]}`), nil
			})}
			bubble(t, c, func(s *Shipper) {
				write := func(n int) Health {
					for range n {
						mustWrite(t, s, `{"n":"ten"}`)
					}
					if err := s.Flush(context.Background()); err != nil {
						t.Error(err)
					}
					return s.Health()
				}
				if h := write(9); !h.OK || !strings.Contains(h.Message, "will not be stored") || !h.LastSuccess.IsZero() {
					t.Errorf("a few refused: %+v, want OK with a message and no success", h)
				}
				since := time.Now()
				if h := write(1); h.OK || h.Reason != "dead_letter" || h.Message == "" || h.Since.After(since) || !h.LastSuccess.IsZero() {
					t.Errorf("all refused: %+v, want dead_letter and no success", h)
				}
				time.Sleep(passing)
				if h := s.Health(); !h.OK || h.Message != "" {
					t.Errorf("a minute later: %+v, want OK", h)
				}
				write(10)
				fine.Store(true)
				if h := write(1); !h.OK || !h.LastSuccess.Equal(time.Now()) {
					t.Errorf("one stored: %+v, want OK and success", h)
				}
				fine.Store(false)
				if h := write(5); !h.OK {
					t.Errorf("some of many refused: %+v, want OK", h)
				}
				switch err := s.Close(); {
				case to != nil && err != nil:
					t.Errorf("Close = %v, want nil: the letters are kept", err)
				case to == nil && (!errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "25 of 26")):
					t.Errorf("Close = %v, want ErrLost and the counts", err)
				}
			})
		})
	}
}

func TestHealthOfNothing(t *testing.T) {
	var s *Shipper
	if h := s.Health(); h.OK || h.Reason != "closed" {
		t.Errorf("health of nil = %+v", h)
	}
}
