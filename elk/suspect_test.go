package elk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// onPoison applies a fault to requests that hold the word.
func onPoison(f fault) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(raw))
			if isBulk(r) && strings.Contains(string(plainBody(r.Header, raw)), "POISON") {
				f(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func cut413(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Length", "100")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
	_, _ = io.WriteString(w, "cut")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

const html = "<html>blocked</html>"

// TestPoisonedLine: one line that makes each of its requests fail, whatever
// the way, holds up no other, neither of its stream nor of another.
func TestPoisonedLine(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fault
		dead  bool
	}{
		"403 HTML":          {fault: instead(403, nil, html)},
		"400 HTML":          {fault: instead(400, nil, html)},
		"406":               {fault: instead(406, nil, html)},
		"200 HTML":          {fault: instead(200, nil, html)},
		"500":               {fault: instead(500, nil, `{"error":{"type":"stack_overflow","reason":"x"},"status":500}`)},
		"connection closed": {fault: hijacked(true, func(c *net.TCPConn) { _ = c.Close() })},
		"413 cut":           {fault: cut413, dead: true},
		"413 not gzip":      {fault: instead(413, map[string]string{"Content-Encoding": "gzip"}, html), dead: true},
	} {
		for _, inFlight := range []int{1, 2} {
			t.Run(fmt.Sprint(name, " ", inFlight), func(t *testing.T) {
				t.Parallel()
				srv := startServer(t)
				srv.Intercept(onPoison(tt.fault))
				c := quick(srv.URL())
				c.InFlight, c.CloseTimeout, c.DeadLetter = inFlight, 100*time.Millisecond, io.Discard
				s := openShipper(t, c)
				writeLines(t, s, 0, 50)
				mustWrite(t, s, `{"message":"POISON"}`+"\n")
				writeLines(t, s, 50, 100)
				awaitPending(t, s, !tt.dead)
				writeLines(t, s, 100, 200)
				mustWrite(t, s.Dataset("other"), lineNumber(0))
				awaitPending(t, s, !tt.dead)
				checkStored(t, srv, 200)
				checkStoredIn(t, srv, "logs-other-default", 1)
				if err := s.Close(); (err == nil) != tt.dead {
					t.Errorf("Close = %v, want an error: %t", err, !tt.dead)
				}
				stats := checkBalance(t, s)
				if got, want := stats.DeadLettered.Refused == 1, tt.dead; got != want || stats.Dropped.Close == 1 == tt.dead {
					t.Errorf("stats = %+v, want a dead letter: %t", stats, want)
				}
			})
		}
	}
}

// awaitPending waits until nothing is pending but the one line.
func awaitPending(t *testing.T, s *Shipper, poisoned bool) {
	t.Helper()
	want := map[bool]uint64{true: 1}[poisoned]
	waitUntil(t, fmt.Sprint(want, " pending"), func() bool { return s.Stats().Pending == want })
}

// poisonClient refuses the word while it is on, and counts those requests.
func poisonClient(on *atomic.Bool, refused *atomic.Int32) Client {
	return clientFunc(func(r *http.Request) (*http.Response, error) {
		body := readBody(r)
		if on.Load() && strings.Contains(body, "POISON") {
			refused.Add(1)
			return respond(http.StatusNotAcceptable, nil, html), nil
		}
		return respond(http.StatusOK, nil, answerOf(strings.Count(body, "\n")/2)), nil
	})
}

// TestSuspects are tried again, ever more rarely and one at a time, and have
// their verdict in the end. The others wait for none of that.
func TestSuspects(t *testing.T) {
	var on atomic.Bool
	var refused atomic.Int32
	on.Store(true)
	var alarm atomic.Pointer[Alarm]
	c := Config{Client: poisonClient(&on, &refused), OnAlarm: func(a Alarm) {
		if a.Reason == alarmItems {
			alarm.Store(&a)
		}
	}}
	bubble(t, c, func(s *Shipper) {
		for range 10 {
			mustWrite(t, s, `{"message":"POISON"}`)
			mustWrite(t, s, `{}`)
		}
		time.Sleep(time.Hour)
		if stats := s.Stats(); stats.Pending != 10 || stats.Delivered != 10 {
			t.Fatalf("stats = %+v, want 10 pending and 10 delivered", stats)
		}
		before := refused.Load()
		time.Sleep(time.Hour)
		if n := refused.Load() - before; n < 120 || n > 480 {
			t.Errorf("%d tries in an hour, want about one in 15 s", n)
		}
		begin := time.Now()
		mustWrite(t, s, `{}`)
		for s.Stats().Delivered != 11 && time.Since(begin) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("a good line took %s", took)
		}
		on.Store(false)
		time.Sleep(31 * time.Second)
		if stats := s.Stats(); stats.Pending != 0 || stats.Delivered != 21 {
			t.Errorf("stats = %+v, want all delivered", stats)
		}
	})
	if a := alarm.Load(); a == nil || !strings.Contains(a.Message, "one document") || !strings.Contains(a.Message, "status 406") {
		t.Errorf("alarm = %+v", a)
	}
}

// TestSuspectsStartOver: the pause between two tries is short again once one
// of them has its verdict.
func TestSuspectsStartOver(t *testing.T) {
	var on atomic.Bool
	var refused atomic.Int32
	on.Store(true)
	bubble(t, Config{Client: poisonClient(&on, &refused)}, func(s *Shipper) {
		mustWrite(t, s, `{"message":"POISON"}`)
		time.Sleep(time.Hour)
		on.Store(false)
		time.Sleep(31 * time.Second)
		if stats := s.Stats(); stats.Delivered != 1 {
			t.Fatalf("stats = %+v, want it delivered", stats)
		}
		on.Store(true)
		before := refused.Load()
		mustWrite(t, s, `{"message":"POISON"}`)
		time.Sleep(time.Second + 750*time.Millisecond + 3750*time.Millisecond + time.Second)
		if n := refused.Load() - before; n < failuresAlone+4 {
			t.Errorf("%d tries, want %d before it waits apart and 4 in the 3.75 s after", n, failuresAlone)
		}
	})
}

// TestOutageMakesNoSuspects: what says nothing of a document.
func TestOutageMakesNoSuspects(t *testing.T) {
	for name, answer := range map[string]func() (*http.Response, error){
		"no connection":        func() (*http.Response, error) { return nil, errUnreached },
		"401":                  func() (*http.Response, error) { return respond(401, nil, ""), nil },
		"403 of Elasticsearch": func() (*http.Response, error) { return respond(403, nil, denied), nil },
		"429":                  func() (*http.Response, error) { return respond(429, nil, busy), nil },
		"429 of each item":     func() (*http.Response, error) { return respond(200, nil, `{"items":[`+item429+`]}`), nil },
		"503":                  func() (*http.Response, error) { return respond(503, nil, html), nil },
		"Retry-After":          func() (*http.Response, error) { return respond(502, http.Header{"Retry-After": {"1"}}, ""), nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) { _ = r.Body.Close(); return answer() })}
			bubble(t, c, func(s *Shipper) {
				mustWrite(t, s, "{}\n{}")
				time.Sleep(time.Hour)
				s.queue.mu.Lock()
				defer s.queue.mu.Unlock()
				if n := len(s.queue.suspects.waiting); n > 0 || s.queue.suspects.busy {
					t.Errorf("%d suspects", n)
				}
			})
		})
	}
}

// TestFlushCutsThePauseShort, our own, but not a Retry-After.
func TestFlushCutsThePauseShort(t *testing.T) {
	for name, tt := range map[string]struct {
		header http.Header
		item   string
		call   func(*Shipper) error
		want   bool
	}{
		"Flush":              {call: func(s *Shipper) error { return s.Flush(context.Background()) }, want: true},
		"Sync":               {call: (*Shipper).Sync, want: true},
		"stream":             {item: item403, call: (*Shipper).Sync, want: true},
		"Flush, Retry-After": {header: http.Header{"Retry-After": {"60"}}, call: func(s *Shipper) error { return s.Flush(context.Background()) }},
	} {
		t.Run(name, func(t *testing.T) {
			var down atomic.Bool
			down.Store(true)
			c := Config{BackoffMin: time.Hour, BackoffMax: time.Hour, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
				switch {
				case !down.Load():
					return created(r)
				case tt.item != "":
					_ = r.Body.Close()
					return respond(200, nil, `{"items":[`+tt.item+`]}`), nil
				}
				_ = r.Body.Close()
				return respond(503, tt.header, ""), nil
			})}
			bubble(t, c, func(s *Shipper) {
				mustWrite(t, s, "{}")
				time.Sleep(1100 * time.Millisecond)
				requests := s.Stats().Requests
				for range 100 {
					_ = s.Sync()
					synctest.Wait()
				}
				if n := s.Stats().Requests - requests; n > 1 {
					t.Errorf("%d requests for 100 calls of Sync, want one at most", n)
				}
				down.Store(false)
				time.Sleep(2 * time.Second)
				err := tt.call(s)
				synctest.Wait()
				if stats := s.Stats(); stats.Delivered == 1 != tt.want {
					t.Errorf("%v; stats = %+v, want it delivered: %t", err, stats, tt.want)
				}
			})
		})
	}
}

// TestCredentialsFail is like a 401.
func TestCredentialsFail(t *testing.T) {
	srv := startServer(t)
	c := quick(srv.URL())
	c.CloseTimeout = time.Millisecond
	c.Credentials = func(context.Context) (string, error) { return "", errors.New("vault is sealed") }
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	waitUntil(t, "Health says why", func() bool {
		h := s.Health()
		return h.Reason == "unauthorized" && strings.Contains(h.Message, "vault is sealed")
	})
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	if !s.queue.locked {
		t.Error("not locked")
	}
}

// TestUnreadableBodies: the status alone decides where it can.
func TestUnreadableBodies(t *testing.T) {
	cut := errors.New("cut")
	for status, want := range map[int]outcome{
		413: {fate: refused},
		401: {denied: true, reason: alarmUnauthorized},
		403: {denied: true, reason: alarmUnauthorized},
		429: {reason: alarmBusy, after: 3 * time.Second},
		200: {reason: alarmUnreachable, unknown: true},
		500: {reason: alarmUnreachable, unknown: true},
	} {
		got := judge(reply{status: status, header: http.Header{"Retry-After": {"3"}}, err: cut, sent: true}, 2)
		if got.fate != want.fate || got.denied != want.denied || got.reason != want.reason || got.unknown != want.unknown || got.after != want.after {
			t.Errorf("%d: %+v, want %+v", status, got, want)
		}
	}
}

// TestHugeBuffersAreGivenBack after their use.
func TestHugeBuffersAreGivenBack(t *testing.T) {
	reason := strings.Repeat("r", 2<<20)
	c := patient(func(r *http.Request) (*http.Response, error) {
		_ = r.Body.Close()
		return respond(200, nil, `{"items":[{"create":{"status":400,"error":{"type":"t","reason":"`+reason+`"}}}]}`), nil
	})
	c.BatchBytes, c.MaxLineBytes, c.DeadLetter = 1<<20, 5<<20, io.Discard
	s := openShipper(t, c)
	mustWrite(t, s, `{"message":"`+strings.Repeat("x", 4<<20)+`"}`)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	_ = s.Close() // so that the workers are done
	for _, w := range s.sender.workers {
		if n := w.poster.answer.Cap(); n > maxIdleAnswer {
			t.Errorf("the worker keeps %d bytes for answers", n)
		}
		if n := w.poster.body.Cap(); n > 3<<20 {
			t.Errorf("the worker keeps %d bytes for requests", n)
		}
	}
}
