package elk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestLinesThatCannotBeDocuments: each is counted and kept as a dead letter,
// and its neighbours are stored.
func TestLinesThatCannotBeDocuments(t *testing.T) {
	const limit = 256
	long := `{"message":"` + strings.Repeat("x", limit) + `"}`
	for _, tt := range []struct {
		name, line string
		reason     string // "" for no dead letter
		document   string
		base64     string
		count      DeadLettered
	}{
		{"plain text", "panic: oh no", "not_json_object", "panic: oh no", "", DeadLettered{NotObject: 1}},
		{"array", "[1,2]", "not_json_object", "[1,2]", "", DeadLettered{NotObject: 1}},
		{"cut object", `{"a":"b`, "not_json_object", `{"a":"b`, "", DeadLettered{NotObject: 1}},
		{"two objects", `{"a":1}{"b":2}`, "not_json_object", `{"a":1}{"b":2}`, "", DeadLettered{NotObject: 1}},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "invalid_utf8", "{\"a\":\"\ufffd\"}", "{\"a\":\"\xff\"}", DeadLettered{InvalidUTF8: 1}},
		{"too long", long, "line_too_long", long[:limit], "", DeadLettered{TooLong: 1}},
		{"control character", "{\"a\":\"\x01\"}", "refused", "{\"a\":\"\x01\"}", "", DeadLettered{Refused: 1}},
		{"bad literal", `{"a":tru}`, "refused", `{"a":tru}`, "", DeadLettered{Refused: 1}},
		{"empty", "", "", "", "", DeadLettered{}},
		{"white space", " \t\r", "", "", "", DeadLettered{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			dead := &buffer{}
			c := quick(srv.URL())
			c.DeadLetter, c.MaxLineBytes, c.NotJSON = dead, limit, NotJSONDeadLetter
			s := openShipper(t, c)
			mustWrite(t, s, lineNumber(0)+"\n"+tt.line+"\n"+lineNumber(1)+"\r\n")
			stats := closeWell(t, s)
			checkStored(t, srv, 2)
			if stats.DeadLettered != tt.count || stats.Delivered != 2 {
				t.Errorf("stats = %+v, want dead letters %+v and 2 delivered", stats, tt.count)
			}
			got := letters(t, dead)
			if tt.reason == "" {
				if len(got) != 0 {
					t.Errorf("dead letters = %+v, want none", got)
				}
				return
			}
			if len(got) != 1 || got[0].Reason != tt.reason || got[0].Document != tt.document || string(got[0].Base64) != tt.base64 {
				t.Errorf("dead letters = %+v, want %s: %q", got, tt.reason, tt.document)
			}
		})
	}
}

// failing is a writer that fails in a way of its own.
type failing func([]byte) (int, error)

func (f failing) Write(p []byte) (int, error) { return f(p) }

func TestDeadLetterWriterFails(t *testing.T) {
	for name, w := range map[string]io.Writer{
		"error": failing(func([]byte) (int, error) { return 0, errors.New("disk full") }),
		"short": failing(func(p []byte) (int, error) { return len(p) / 2, nil }),
		"panic": failing(func([]byte) (int, error) { panic("no") }),
	} {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t)
			c := quick(srv.URL())
			c.DeadLetter, c.NotJSON = w, NotJSONDeadLetter
			s := openShipper(t, c)
			mustWrite(t, s, "not JSON\n"+lineNumber(0))
			if err := s.Close(); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "dead letter not written 1") {
				t.Errorf("Close = %v, want ErrLost with the count", err)
			}
			if stats := checkBalance(t, s); stats.Dropped.DeadLetter != 1 {
				t.Errorf("stats = %+v", stats)
			}
			checkStored(t, srv, 1)
		})
	}
}

func TestAfterClose(t *testing.T) {
	srv := startServer(t)
	s := openShipper(t, quick(srv.URL()))
	writeLines(t, s, 0, 3)
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	for _, p := range []string{lineNumber(9), "", "\n"} {
		if n, err := s.Write([]byte(p)); n != 0 || !errors.Is(err, ErrClosed) {
			t.Errorf("Write(%q) = %d, %v, want 0, ErrClosed", p, n, err)
		}
	}
	if err := s.Flush(context.Background()); err != nil {
		t.Errorf("Flush: %v", err)
	}
	if err := s.Sync(); err != nil {
		t.Errorf("Sync: %v", err)
	}
	checkStored(t, srv, 3)
}

func TestNilAndZeroShipper(t *testing.T) {
	for name, s := range map[string]*Shipper{"nil": nil, "zero": {}} {
		if n, err := s.Write([]byte("{}")); n != 0 || err != ErrClosed {
			t.Errorf("%s: Write = %d, %v", name, n, err)
		}
		ctx := context.Background()
		if err := errors.Join(s.Flush(ctx), s.Sync(), s.Shutdown(ctx), s.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := s.Stats(); got != (Stats{}) {
			t.Errorf("%s: Stats = %+v", name, got)
		}
	}
}

func TestNilContext(t *testing.T) {
	s := openShipper(t, Config{Client: clientFunc(created)})
	mustWrite(t, s, "{}")
	var none context.Context
	if err := errors.Join(s.Flush(none), s.Shutdown(none)); err != nil {
		t.Error(err)
	}
}

// TestConcurrentWriters runs everything at once, for the race detector, and
// still finds each line once.
func TestConcurrentWriters(t *testing.T) {
	const writers, each = 8, 200
	srv := startServer(t)
	s := openShipper(t, quick(srv.URL()))
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				p := []byte(lineNumber(w*each+i) + "\n")
				if _, err := s.WriteLine(slog.Level(i%3*4), p); err != nil {
					t.Error(err)
				}
				clear(p) // the shipper must have copied it
				if i%50 == 0 {
					_ = s.Sync()
					_ = s.Flush(context.Background())
				}
				if stats := s.Stats(); !stats.Balanced() {
					t.Errorf("counts do not balance: %+v", stats)
				}
			}
		})
	}
	wg.Wait()
	closeWell(t, s)
	checkStored(t, srv, writers*each)
}

func TestConcurrentClose(t *testing.T) {
	srv := startServer(t)
	s := openShipper(t, quick(srv.URL()))
	writeLines(t, s, 0, 50)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if pending := s.Stats().Pending; pending != 0 {
				t.Errorf("Close returned with %d lines pending", pending)
			}
		})
	}
	wg.Wait()
	checkStored(t, srv, 50)
}

// TestRingFull: with the server away, what matters most is kept, the rest is
// counted, and Close says so.
func TestRingFull(t *testing.T) {
	srv := startServer(t)
	release := make(chan struct{})
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-release
			next.ServeHTTP(w, r)
		})
	})
	c := quick(srv.URL())
	c.RingBytes, c.BatchBytes, c.InFlight = minRingBytes, 1, 1
	told := make(chan Alarm, 16)
	c.OnAlarm = func(a Alarm) { told <- a }
	s := openShipper(t, c)
	mustWrite(t, s, lineNumber(0))
	for s.Stats().Requests == 0 { // line 0 is with the sender
		time.Sleep(time.Millisecond)
	}
	room := minRingBytes / (blockBytes + slotBytes)
	for range room + 5 {
		_, _ = s.WriteLine(slog.LevelDebug, []byte(`{"debug":true}`))
	}
	for n := 1; n <= room; n++ {
		_, _ = s.WriteLine(slog.LevelError, []byte(lineNumber(n)))
	}
	if got, want := s.Stats().Dropped.RingFull, uint64(room+5); got != want {
		t.Errorf("RingFull = %d, want %d", got, want)
	}
	close(release)
	if err := s.Close(); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), fmt.Sprintf("ring full %d", room+5)) {
		t.Errorf("Close = %v, want ErrLost with the count", err)
	}
	checkBalance(t, s)
	checkStored(t, srv, room+1)
	if a := <-told; a.Reason != "ring_full" {
		t.Errorf("alarm = %+v", a)
	}
}

// The tests below run in a bubble of time with a client that is a function.

func bubble(t *testing.T, c Config, f func(s *Shipper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { // also after a Fatal, which would else be told as a deadlock
			_ = s.Close()
			checkBalance(t, s)
		}()
		f(s)
	})
}

func TestBatchWait(t *testing.T) {
	var sent time.Time
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		sent = time.Now()
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		time.Sleep(time.Minute)
		begin := time.Now()
		mustWrite(t, s, "{}")
		time.Sleep(500 * time.Millisecond)
		mustWrite(t, s, "{}")
		time.Sleep(time.Minute)
		if stats := s.Stats(); stats.Requests != 1 || stats.Delivered != 2 {
			t.Errorf("stats = %+v, want both lines in one request", stats)
		}
		if got := sent.Sub(begin); got != time.Second {
			t.Errorf("sent after %s, want 1s", got)
		}
	})
}

func TestBatchBytes(t *testing.T) {
	c := Config{BatchBytes: 10 << 10, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		if r.ContentLength > 10<<10 {
			t.Errorf("request of %d bytes", r.ContentLength)
		}
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		begin := time.Now()
		for range 100 {
			mustWrite(t, s, `{"m":"`+strings.Repeat("x", 1000)+`"}`)
		}
		synctest.Wait()
		if stats := s.Stats(); stats.Delivered == 0 || time.Since(begin) != 0 {
			t.Errorf("nothing left at once: %+v", stats)
		}
	})
}

// TestShortLinesDoNotFillTheRing: they take more room than bytes.
func TestShortLinesDoNotFillTheRing(t *testing.T) {
	c := Config{RingBytes: 64 << 10, Client: clientFunc(created)}
	bubble(t, c, func(s *Shipper) {
		for range 2000 {
			mustWrite(t, s, "{}")
			synctest.Wait()
		}
		if stats := s.Stats(); stats.Dropped.RingFull != 0 {
			t.Errorf("stats = %+v, want nothing dropped", stats)
		}
	})
}

// errUnreached is no fault of any document.
var errUnreached = &net.OpError{Op: "dial", Err: errors.New("connection refused")}

// TestProgressEndsTheBackoff: after a long outage, a document that is still
// refused does not wait for long.
func TestProgressEndsTheBackoff(t *testing.T) {
	var last time.Time
	var gap time.Duration
	requests := 0
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		switch requests++; {
		case requests <= 30:
			return nil, errUnreached
		case requests == 31: // one document, after an outage
			last = time.Now()
			return created(r)
		case requests == 32:
			return respond(200, nil, `{"items":[{"create":{"status":201}},`+item429+`]}`), nil
		}
		gap = time.Since(last)
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}\n{}\n{}")
		time.Sleep(time.Hour)
		if stats := s.Stats(); stats.Delivered != 3 || requests != 33 {
			t.Errorf("%d requests, stats = %+v", requests, stats)
		}
		if gap > 250*time.Millisecond+time.Nanosecond {
			t.Errorf("sent again after %s", gap)
		}
	})
}

// TestOwnFieldsAreLeft: what a line says of itself is not said twice.
func TestOwnFieldsAreLeft(t *testing.T) {
	for _, line := range []string{
		`{"@timestamp":"2026-11-22T10:00:00Z","event.sequence":7}`,
		`{"event":{"sequence":7},"x":{"@timestamp":1},"@timestamp":"2026-11-22T10:00:00Z"}`,
		`{"@timestamp":"2026-11-22T10:00:00Z","event":"login"}`,
		`{"@timestamp":"2026-11-22T10:00:00Z","event":["a","b"]}`,
	} {
		srv := startServer(t)
		s := openShipper(t, quick(srv.URL()))
		mustWrite(t, s, line)
		stats := closeWell(t, s)
		docs := srv.Documents(stream)
		want := "{" + string(s.home.fields.constant) + line[1:]
		if len(docs) != 1 || string(docs[0].Source) != want {
			t.Errorf("%s is stored as %v: %+v", line, docs, stats)
		}
	}
}

func TestSyncAndFlushDoNotWaitForABatch(t *testing.T) {
	c := Config{Client: clientFunc(created)}
	bubble(t, c, func(s *Shipper) {
		begin := time.Now()
		mustWrite(t, s, "{}")
		if err := s.Sync(); !errors.Is(err, ErrPending) {
			t.Errorf("Sync = %v, want ErrPending", err)
		}
		synctest.Wait()
		if err := s.Sync(); err != nil {
			t.Errorf("Sync after delivery = %v", err)
		}
		mustWrite(t, s, "{}")
		if err := s.Flush(context.Background()); err != nil {
			t.Errorf("Flush = %v", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("took %s, want no wait", took)
		}
	})
}

// TestFlushWaitsForEarlierLinesOnly: lines written later do not hold it up.
func TestFlushWaitsForEarlierLinesOnly(t *testing.T) {
	requests := 0
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		if requests++; requests > 1 {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		time.Sleep(time.Second)
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		go func() {
			time.Sleep(500 * time.Millisecond)
			mustWrite(t, s, "{}")
		}()
		begin := time.Now()
		if err := s.Flush(context.Background()); err != nil {
			t.Errorf("Flush = %v", err)
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("Flush took %s, want 1s", took)
		}
	})
}

func TestFlushTimeout(t *testing.T) {
	c := Config{Client: hanging}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		begin := time.Now()
		err := s.Flush(context.Background())
		if took := time.Since(begin); !errors.Is(err, ErrPending) || !errors.Is(err, context.DeadlineExceeded) || took != 5*time.Second {
			t.Errorf("Flush = %v after %s, want ErrPending after 5s", err, took)
		}
	})
}

var hanging = clientFunc(func(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
})

func TestRequestTimeout(t *testing.T) {
	var took []time.Duration
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		begin := time.Now()
		<-r.Context().Done()
		took = append(took, time.Since(begin))
		return nil, r.Context().Err()
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		time.Sleep(40 * time.Second)
	})
	if len(took) == 0 || took[0] != 30*time.Second {
		t.Errorf("requests took %v, want 30s", took)
	}
}

// TestCloseIsBounded: also with a client that does not listen.
func TestCloseIsBounded(t *testing.T) {
	for name, tt := range map[string]struct {
		client Client
		limit  time.Duration
	}{
		"hanging": {hanging, 10 * time.Second},
		"deaf": {clientFunc(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Hour)
			return created(r)
		}), 10*time.Second + closeGrace},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Config{Client: tt.client}, func(s *Shipper) {
				for range 3 {
					mustWrite(t, s, "{}")
				}
				begin := time.Now()
				err := s.Close()
				if took := time.Since(begin); took != tt.limit {
					t.Errorf("Close took %s, want %s", took, tt.limit)
				}
				if !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "before close 3") {
					t.Errorf("Close = %v, want ErrLost with the count", err)
				}
				time.Sleep(2 * time.Hour) // the deaf client's answer comes too late to count
				if stats := checkBalance(t, s); stats.Dropped.Close != 3 || stats.Delivered != 0 {
					t.Errorf("stats = %+v", stats)
				}
			})
		})
	}
}

// TestCloseTriesAtOnce: however long the wait that Close interrupts.
func TestCloseTriesAtOnce(t *testing.T) {
	requests := 0
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		if requests++; requests == 1 {
			return respond(429, http.Header{"Retry-After": {"240"}}, busy), nil
		}
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		time.Sleep(10 * time.Second)
		begin := time.Now()
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		if took := time.Since(begin); took != 0 || requests != 2 {
			t.Errorf("Close took %s and %d requests, want none and 2", took, requests)
		}
	})
}

func TestShutdownWithEndedContext(t *testing.T) {
	c := Config{Client: hanging}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		begin := time.Now()
		if err := s.Shutdown(ctx); !errors.Is(err, ErrLost) {
			t.Errorf("Shutdown = %v, want ErrLost", err)
		}
		if took := time.Since(begin); took > closeGrace {
			t.Errorf("Shutdown took %s", took)
		}
	})
}

// TestWaitsStayBelowTheirCeiling: a server that is down for an hour is asked
// again every 30 s at most, and the lines are still there when it is back.
func TestWaitsStayBelowTheirCeiling(t *testing.T) {
	var last time.Time
	var up atomic.Bool
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		if gap := time.Since(last); !last.IsZero() && gap > 30*time.Second+time.Nanosecond {
			t.Errorf("%s between two tries", gap)
		}
		last = time.Now()
		if up.Load() {
			return created(r)
		}
		return nil, errors.New("connection refused")
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		time.Sleep(time.Hour)
		if n := s.Stats().Requests; n < 120 || n > 1000 {
			t.Errorf("%d requests in an hour", n)
		}
		up.Store(true)
		time.Sleep(31 * time.Second)
		if stats := s.Stats(); stats.Delivered != 1 {
			t.Errorf("stats = %+v", stats)
		}
	})
}

// TestRequestAboveTheMemoryLimit: a server refuses it for ever, until it is
// made smaller.
func TestRequestAboveTheMemoryLimit(t *testing.T) {
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		if r.ContentLength > 20<<10 {
			return respond(429, nil, busy), nil
		}
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		for range 1000 {
			mustWrite(t, s, "{}")
		}
		time.Sleep(2 * time.Minute)
		if stats := s.Stats(); stats.Delivered != 1000 {
			t.Errorf("stats = %+v, want all delivered", stats)
		}
	})
}

// TestItemsAboveTheMemoryLimit: Elasticsearch 9 refuses a request far above
// its limit as a whole, and each item of one that is a little above it.
func TestItemsAboveTheMemoryLimit(t *testing.T) {
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		switch n := strings.Count(readBody(r), "\n") / 2; {
		case n > 100:
			return respond(429, nil, busy), nil
		case n > 10:
			return respond(200, nil, `{"items":[`+strings.Repeat(item429+",", n-1)+item429+`]}`), nil
		default:
			return respond(200, nil, answerOf(n)), nil
		}
	})}
	bubble(t, c, func(s *Shipper) {
		for range 1000 {
			mustWrite(t, s, "{}")
		}
		time.Sleep(10 * time.Minute)
		if stats := s.Stats(); stats.Delivered != 1000 {
			t.Errorf("stats = %+v, want all delivered", stats)
		}
	})
}

// TestStrangeClients: none of them stops the shipper.
func TestStrangeClients(t *testing.T) {
	for name, strange := range map[string]clientFunc{
		"panics":     func(*http.Request) (*http.Response, error) { panic("no") },
		"nil answer": func(*http.Request) (*http.Response, error) { return nil, nil },
		"nil body":   func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil },
		"body panics": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: badBody{}}, nil
		},
		"cut gzip":     func(*http.Request) (*http.Response, error) { return respond(200, nil, "\x1f\x8b\x08"), nil },
		"body is left": func(*http.Request) (*http.Response, error) { return respond(503, nil, ""), nil },
	} {
		t.Run(name, func(t *testing.T) {
			requests := 0
			c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
				if requests++; requests == 1 {
					return strange(r)
				}
				return created(r)
			})}
			bubble(t, c, func(s *Shipper) {
				mustWrite(t, s, "{}")
				if err := s.Close(); err != nil {
					t.Errorf("Close = %v", err)
				}
				if stats := s.Stats(); stats.Delivered != 1 || requests != 2 {
					t.Errorf("%d requests, stats = %+v", requests, stats)
				}
			})
		})
	}
}

type badBody struct{}

func (badBody) Read([]byte) (int, error) { panic("no") }
func (badBody) Close() error             { return nil }

// TestEarlyAnswer: HTTP clients may still read a body after its answer, so its
// bytes must not be used for the next, whether they are the batch's own or a
// copy.
func TestEarlyAnswer(t *testing.T) {
	for name, form := range map[string]string{
		"own":  `{"line":"%d"}`,
		"copy": `{"line":"%d"}` + "\nno object",
	} {
		t.Run(name, func(t *testing.T) {
			var bodies []io.ReadCloser
			c := Config{InFlight: 1, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
				bodies = append(bodies, r.Body)
				return respond(200, nil, answerOf(1+strings.Count(form, "\n"))), nil
			})}
			bubble(t, c, func(s *Shipper) {
				for i := range 3 {
					mustWrite(t, s, fmt.Sprintf(form, i))
					if err := s.Flush(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
			})
			for i, body := range bodies {
				if got, err := io.ReadAll(body); err != nil || !strings.Contains(string(got), fmt.Sprintf(`"line":"%d"`, i)) {
					t.Errorf("body of request %d is now %s, %v", i, got, err)
				}
			}
		})
	}
}

// TestProductCheckOfAClient: go-elasticsearch refuses the server after the
// documents are stored, and would do so for ever.
func TestProductCheckOfAClient(t *testing.T) {
	dead := &buffer{}
	told := make(chan Alarm, 4)
	requests := 0
	c := Config{DeadLetter: dead, OnAlarm: func(a Alarm) { told <- a }, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		requests++
		return nil, errors.New("the client noticed that the server is not Elasticsearch and we do not support this unknown product")
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, `{"a":1}`)
		_ = s.Flush(context.Background())
	})
	if got := letters(t, dead); requests != 1 || len(got) != 1 || got[0].Reason != "product_check" || got[0].Document != `{"a":1}` {
		t.Errorf("%d requests, dead letters %+v", requests, got)
	}
	if a := <-told; a.Reason != "product_check" {
		t.Errorf("alarm = %+v", a)
	}
}

// TestAlarms: off the caller's goroutine, at a bounded rate, and a callback
// that hangs or panics harms nobody.
func TestAlarms(t *testing.T) {
	var told []Alarm
	c := Config{
		Client:  clientFunc(func(*http.Request) (*http.Response, error) { return nil, errUnreached }),
		OnAlarm: func(a Alarm) { told = append(told, a); panic("no") },
	}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		time.Sleep(time.Hour)
	})
	if len(told) < 2 || len(told) > 361 {
		t.Fatalf("%d alarms in an hour, want some, and at most one in 10 s", len(told))
	}
	for i := 1; i < len(told); i++ {
		if gap := told[i].Time.Sub(told[i-1].Time); gap < 10*time.Second {
			t.Errorf("alarm after %s", gap)
		}
	}
	if told[0].Reason != "unreachable" || !strings.Contains(told[0].Message, "refused") {
		t.Errorf("alarm = %+v", told[0])
	}
}

// TestAlarmMayLog: an alarm that is written into the shipper makes no loop.
func TestAlarmMayLog(t *testing.T) {
	var s *Shipper
	ready := make(chan struct{})
	c := Config{
		Client: clientFunc(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }),
		OnAlarm: func(a Alarm) {
			<-ready
			_, _ = fmt.Fprintf(s, "{%q:%q}\n", "message", a.Message)
		},
	}
	bubble(t, c, func(opened *Shipper) {
		s = opened
		close(ready)
		mustWrite(t, s, "{}")
		time.Sleep(time.Minute)
		if n := s.Stats().Accepted; n < 2 || n > 8 {
			t.Errorf("%d lines accepted in a minute, want the first and an alarm in 10 s at most", n)
		}
	})
}
