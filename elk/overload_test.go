package elk

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestBusyItemsMakeNoStorm: however many documents wait, 429 for each of them
// makes requests rarer.
func TestBusyItemsMakeNoStorm(t *testing.T) {
	var requests atomic.Int32
	var busyNow atomic.Bool
	busyNow.Store(true)
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		requests.Add(1)
		n := strings.Count(readBody(r), "\n") / 2
		if busyNow.Load() {
			return respond(200, nil, `{"items":[`+strings.Repeat(item429+",", n-1)+item429+`]}`), nil
		}
		return respond(200, nil, answerOf(n)), nil
	})}
	bubble(t, c, func(s *Shipper) {
		for range 5000 {
			mustWrite(t, s, `{"message":"x"}`)
		}
		time.Sleep(20 * time.Second)
		if n := requests.Load(); n > 60 {
			t.Errorf("%d requests in 20 s, want no more than two for each pause", n)
		}
		time.Sleep(time.Hour)
		before := requests.Load()
		time.Sleep(time.Hour)
		if n := requests.Load() - before; n > 1000 {
			t.Errorf("%d requests in an hour, want two for each pause of about 15 s", n)
		}
		busyNow.Store(false)
		before = requests.Load()
		time.Sleep(time.Minute)
		if stats := s.Stats(); stats.Delivered != 5000 {
			t.Errorf("stats = %+v, want all delivered", stats)
		}
		if n := requests.Load() - before; n > 30 {
			t.Errorf("%d requests once there was room, want ever larger ones", n)
		}
	})
}

// memoryClient gives 429 to what holds the word while there is a limit, to the
// request or to each of its items.
type memoryClient struct {
	whole   bool
	none    atomic.Bool
	refused atomic.Int32
}

func (c *memoryClient) Perform(r *http.Request) (*http.Response, error) {
	body := readBody(r)
	n := strings.Count(body, "\n") / 2
	switch {
	case c.none.Load() || !strings.Contains(body, "HUGE"):
		return respond(200, nil, answerOf(n)), nil
	case c.whole:
		c.refused.Add(1)
		return respond(429, nil, busy), nil
	}
	c.refused.Add(1)
	return respond(200, nil, `{"items":[`+strings.Repeat(item429+",", n-1)+item429+`]}`), nil
}

// TestDocumentAboveAMemoryLimit: one document that gets 429 for ever holds up
// nobody, waits, and is stored once the limit is gone.
func TestDocumentAboveAMemoryLimit(t *testing.T) {
	for name, whole := range map[string]bool{"items": false, "request": true} {
		t.Run(name, func(t *testing.T) {
			client := &memoryClient{whole: whole}
			var mu sync.Mutex
			var told []string
			c := Config{Client: client, OnAlarm: func(a Alarm) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, a.Reason+": "+a.Message)
			}}
			bubble(t, c, func(s *Shipper) {
				written := uint64(0)
				write := func(n int) {
					for range n {
						mustWrite(t, s, `{"a":1}`)
					}
					written += uint64(n)
				}
				write(500)
				mustWrite(t, s, `{"message":"HUGE"}`)
				write(500)
				for range 240 {
					write(20)
					time.Sleep(250 * time.Millisecond)
					synctest.Wait()
				}
				if stats := s.Stats(); stats.Delivered < written-100 || stats.Dropped.Total() > 0 || stats.Requests > 1000 {
					t.Fatalf("after a minute, stats = %+v, want all of %d delivered but the last and one", stats, written)
				}
				time.Sleep(10 * time.Minute)
				if stats := s.Stats(); stats.Delivered != written || stats.Pending != 1 {
					t.Fatalf("stats = %+v, want %d delivered and one pending", stats, written)
				}
				before := client.refused.Load()
				time.Sleep(time.Hour)
				if n := client.refused.Load() - before; n < 120 || n > 480 {
					t.Errorf("%d tries in an hour, want about one in 15 s", n)
				}
				client.none.Store(true)
				time.Sleep(31 * time.Second)
				if stats := s.Stats(); stats.Delivered != written+1 || stats.Pending != 0 {
					t.Errorf("without the limit, stats = %+v, want all delivered", stats)
				}
			})
			mu.Lock()
			defer mu.Unlock()
			if all := strings.Join(told, "\n"); !strings.Contains(all, "one document") || !strings.Contains(all, "event.sequence 501") {
				t.Errorf("alarms:\n%s\nwant one that names the document", all)
			}
		})
	}
}

// TestManyDocumentsAboveAMemoryLimit: each of them waits apart, side by side
// or not. Beyond the room for that their stream waits, and nothing is lost.
func TestManyDocumentsAboveAMemoryLimit(t *testing.T) {
	for name, tt := range map[string]struct {
		whole bool
		huge  int
	}{
		"items":            {huge: 12},
		"request":          {huge: 12, whole: true},
		"items, no room":   {huge: 30},
		"request, no room": {huge: 30, whole: true},
	} {
		t.Run(name, func(t *testing.T) {
			client := &memoryClient{whole: tt.whole}
			bubble(t, Config{Client: client, BatchBytes: 4000}, func(s *Shipper) {
				for range tt.huge {
					mustWrite(t, s, fmt.Sprintf(`{"message":"HUGE %0*d"}`, 400, 0))
					for range 10 {
						mustWrite(t, s, `{"a":1}`)
					}
				}
				time.Sleep(10 * time.Minute)
				mustWrite(t, s.Dataset("other"), "{}")
				time.Sleep(10 * time.Minute) // as long as jitter may take, once in a thousand runs
				others := uint64(10*tt.huge + 1)
				if stats := s.Stats(); tt.huge < 20 && (stats.Delivered != others || stats.Pending != uint64(tt.huge)) || stats.Delivered == 0 {
					t.Fatalf("stats = %+v, want %d delivered and %d pending", stats, others, tt.huge)
				}
				client.none.Store(true)
				time.Sleep(5 * time.Minute)
				if stats := s.Stats(); stats.Delivered != others+uint64(tt.huge) {
					t.Errorf("stats = %+v, want all delivered", stats)
				}
			})
		})
	}
}

// TestAloneInItsStream: a document above a limit that is the only one of its
// stream does not slow others down.
func TestAloneInItsStream(t *testing.T) {
	client := &memoryClient{whole: true}
	bubble(t, Config{Client: client}, func(s *Shipper) {
		mustWrite(t, s.Dataset("huge"), `{"message":"HUGE"}`)
		for range 600 {
			mustWrite(t, s, `{"a":1}`)
			time.Sleep(time.Second)
		}
		if n := client.refused.Load(); n > 100 {
			t.Errorf("%d tries in 10 minutes, want its own back-off", n)
		}
	})
}

// TestFlushOfEvictedLines ends when the last of them is evicted, not with the
// next answer.
func TestFlushOfEvictedLines(t *testing.T) {
	c := Config{RingBytes: minRingBytes, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		_ = r.Body.Close()
		return respond(429, http.Header{"Retry-After": {"200"}}, busy), nil
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s.Dataset("other"), "{}") // so that the server is known to be busy
		time.Sleep(10 * time.Second)
		s.queue.mu.Lock()
		for _, target := range s.queue.targets {
			target.filling = true // nobody takes lines from the ring
		}
		s.queue.mu.Unlock()
		mustWrite(t, s, "{}")
		_, _ = s.WriteLine(slog.LevelDebug, []byte("{}"))
		s.queue.mu.Lock()
		waiting := make(chan struct{})
		s.queue.waiters = append(s.queue.waiters, waiter{upTo: s.queue.last, done: waiting})
		for _, b := range s.queue.batches {
			b.first = 0 // what is with a worker is not waited for here
		}
		s.queue.mu.Unlock()
		for range 100 {
			_, _ = s.WriteLine(slog.LevelError, []byte("{}"))
		}
		select {
		case <-waiting:
		case <-time.After(time.Minute):
			t.Error("the lines are gone, and Flush still waits for them")
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		_ = s.Shutdown(ctx)
	})
}

// TestSuspectsOwnBusy: a 429 to a document that waits apart is its own, and
// holds back nobody, unless the server says for how long to wait: that holds
// for all.
func TestSuspectsOwnBusy(t *testing.T) {
	for name, tt := range map[string]struct {
		header http.Header
		least  time.Duration // between its 429 and the next request
		most   time.Duration
		health string
	}{
		"429":                {nil, 0, 2 * time.Second, alarmItems}, // a line a second, and BatchWait
		"429, Retry-After":   {http.Header{"Retry-After": {"40"}}, 40 * time.Second, 3 * time.Minute, alarmBusy},
		"429, Retry-After 0": {http.Header{"Retry-After": {"0"}}, 0, 2 * time.Second, alarmItems},
	} {
		t.Run(name, func(t *testing.T) {
			var apart atomic.Bool // it waits apart: from then on with the header
			var refused time.Time
			var tries, told int
			c := Config{InFlight: 1, BackoffMin: time.Minute, BackoffMax: time.Minute, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
				body := readBody(r)
				if waited := time.Since(refused); !refused.IsZero() && apart.Load() && (waited < tt.least || waited > tt.most) {
					t.Errorf("the request after its 429 came after %s, want %s to %s", waited, tt.least, tt.most)
				}
				refused = time.Time{}
				switch {
				case !strings.Contains(body, "HUGE"):
					return respond(200, nil, answerOf(strings.Count(body, "\n")/2)), nil
				case !apart.Load():
					return respond(429, nil, busy), nil
				}
				tries++
				refused = time.Now()
				return respond(429, tt.header, busy), nil
			})}
			var health string
			bubble(t, c, func(s *Shipper) {
				mustWrite(t, s, `{"message":"HUGE"}`)
				for range 1800 {
					mustWrite(t, s, `{"a":1}`)
					time.Sleep(time.Second)
					synctest.Wait()
					s.queue.mu.Lock()
					apart.Store(len(s.queue.suspects.waiting) > 0 || s.queue.suspects.busy)
					s.queue.mu.Unlock()
					if tries > told {
						health, told = s.Health().Reason, tries
					}
				}
				apart.Store(false) // Close ends all pauses
			})
			if tries < 5 || health != tt.health {
				t.Errorf("%d tries apart in half an hour, and after the last Health says %q; want one in a minute or three, and %q", tries, health, tt.health)
			}
		})
	}
}
