package elk

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAnnounced: what was dropped stands in the stream, in at most one
// document a minute, and at the end.
func TestAnnounced(t *testing.T) {
	var mu sync.Mutex
	var bodies strings.Builder
	var open bool // guarded by mu: the server answers
	c := Config{RingBytes: minRingBytes, BackoffMax: time.Second, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if !open {
			return respond(http.StatusServiceUnavailable, nil, ""), nil
		}
		body := readBody(r)
		bodies.WriteString(body)
		return respond(http.StatusOK, nil, answerOf(strings.Count(body, "\n")/2)), nil
	})}
	set := func(is bool) {
		mu.Lock()
		defer mu.Unlock()
		open = is
	}
	said := func() int {
		mu.Lock()
		defer mu.Unlock()
		return strings.Count(bodies.String(), "log lines were lost here: ring_full ")
	}
	bubble(t, c, func(s *Shipper) {
		overflow := func() {
			set(false)
			for range 100 {
				_, _ = s.WriteLine(slog.LevelDebug, []byte("{}"))
			}
			set(true)
			for range 10 { // some that are not dropped
				time.Sleep(time.Second)
				mustWrite(t, s, "{}")
			}
		}
		overflow()
		if said() != 1 {
			t.Errorf("%d documents after the first lines were dropped, want 1", said())
		}
		overflow()
		if said() != 1 {
			t.Errorf("%d documents within a minute, want 1", said())
		}
		time.Sleep(announceEvery)
		mustWrite(t, s, "{}")
		time.Sleep(10 * time.Second)
		if said() != 2 {
			t.Errorf("%d documents after a minute, want 2", said())
		}
		overflow()
		if err := s.Close(); err == nil {
			t.Error("Close: no error")
		}
		if said() != 3 {
			t.Errorf("%d documents at the end, want 3", said())
		}
		total := 0
		for _, line := range strings.Split(bodies.String(), "\n") {
			if _, after, ok := strings.Cut(line, `"spanlog.elk.dropped":`); ok {
				var n int
				_, _ = fmt.Sscan(strings.TrimRight(after, "}"), &n)
				total += n
			}
		}
		if dropped := s.Stats().Dropped.Total(); total != int(dropped) || total == 0 {
			t.Errorf("the documents tell of %d lines, %d were dropped", total, dropped)
		}
	})
}

// TestBlock: with Block a Write waits for room, and drops when it has waited
// as long as it may.
func TestBlock(t *testing.T) {
	var release chan struct{} // made in the bubble
	c := Config{RingBytes: minRingBytes, Block: 30 * time.Second, InFlight: 1, RequestTimeout: time.Hour,
		Client: clientFunc(func(r *http.Request) (*http.Response, error) {
			<-release
			return created(r)
		})}
	bubble(t, c, func(s *Shipper) {
		release = make(chan struct{})
		begin := time.Now()
		for s.Stats().Dropped.RingFull == 0 {
			mustWrite(t, s, "{}")
		}
		if waited := time.Since(begin); waited < c.Block || waited > c.Block+2*time.Second {
			t.Errorf("waited %v, want %v", waited, c.Block)
		}
		time.AfterFunc(10*time.Second, func() { close(release) })
		begin = time.Now()
		mustWrite(t, s, "{}")
		if waited := time.Since(begin); waited < 10*time.Second || waited > 11*time.Second {
			t.Errorf("waited %v, want until there was room", waited)
		}
		if dropped := s.Stats().Dropped.RingFull; dropped != 1 {
			t.Errorf("%d dropped, want the one that had waited", dropped)
		}
	})
}

// TestBlockEnds: Close ends the wait of a Write.
func TestBlockEnds(t *testing.T) {
	c := Config{RingBytes: minRingBytes, Block: time.Hour, CloseTimeout: time.Second,
		Client: clientFunc(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
	bubble(t, c, func(s *Shipper) {
		done := make(chan error)
		go func() {
			for {
				if _, err := s.Write([]byte("{}")); err != nil {
					done <- err
					return
				}
			}
		}()
		time.Sleep(10 * time.Second)
		_ = s.Close()
		if err := <-done; err != ErrClosed {
			t.Errorf("Write = %v, want ErrClosed", err)
		}
	})
}
