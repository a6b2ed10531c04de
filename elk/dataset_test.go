package elk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestDatasets(t *testing.T) {
	srv := startServer(t)
	c := quick(srv.URL())
	c.InFlight = 1 // so that they are stored in order
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	shop, again := s.Dataset("shop"), s.Dataset("shop")
	for n := range 10 {
		mustWrite(t, []io.Writer{shop, again}[n%2], fmt.Sprintf(`{"n":%d}`+"\n", n))
	}
	mustWrite(t, s.Dataset(""), lineNumber(10))
	mustWrite(t, Tee(s.Dataset("Tee-D")), `{"n":1}`)
	stats := closeWell(t, s)
	checkStored(t, srv, 11)
	if stats.Accepted != 22 || stats.Delivered != 22 {
		t.Errorf("stats = %+v", stats)
	}
	docs := srv.Documents("logs-shop-default")
	if len(docs) != 10 || len(srv.Documents("logs-tee_d-default")) != 1 {
		t.Errorf("%d documents in shop", len(docs))
	}
	for i, d := range docs {
		var got struct {
			N       int
			Dataset string `json:"data_stream.dataset"`
		}
		if err := json.Unmarshal(d.Source, &got); err != nil || got.N != i || got.Dataset != "shop" {
			t.Errorf("document %d is %s", i, d.Source)
		}
	}
	if n, err := shop.Write([]byte("{}")); n != 0 || !errors.Is(err, ErrClosed) {
		t.Errorf("Write after Close = %d, %v", n, err)
	}
}

func TestDatasetOfNothing(t *testing.T) {
	for name, d := range map[string]*Dataset{"nil": nil, "zero": {}, "of nil": (*Shipper)(nil).Dataset("a"), "of zero": new(Shipper).Dataset("a")} {
		if n, err := d.Write([]byte("{}")); n != 0 || err != ErrClosed {
			t.Errorf("%s: Write = %d, %v", name, n, err)
		}
	}
}

func TestSanitizeName(t *testing.T) {
	for name, want := range map[string]string{
		"shop": "shop", "Shop": "shop", "a-b": "a_b", `\/*?"<>|,#:-% `: "______________", "": "", "é": "é", "\xff": "_", "a\nb": "a_b",
		"ÄÖ": "äö", strings.Repeat("é", 60): strings.Repeat("é", 50), "a" + strings.Repeat("é", 60): "a" + strings.Repeat("é", 49), "nginx.access": "nginx.access",
	} {
		if got := sanitizeName(name); got != want {
			t.Errorf("sanitizeName(%q) = %q, want %q", name, got, want)
		}
	}
}

// FuzzSanitizeName: what comes out is a name that Open would accept.
func FuzzSanitizeName(f *testing.F) {
	f.Add("A-b c")
	f.Add("İ\u0130ſ")
	f.Fuzz(func(t *testing.T, name string) {
		got := sanitizeName(name)
		if err := checkName("dataset", got); err != nil {
			t.Fatalf("%q became %q: %v", name, got, err)
		}
		if got != "" {
			if d, n, ok := splitTarget(targetName(got, "default")); !ok || d != got || n != "default" {
				t.Fatalf("%q cannot be read back: %q, %q, %t", got, d, n, ok)
			}
		}
	})
}

func TestTooManyDatasets(t *testing.T) {
	told := make(chan Alarm, 4)
	c := patient(created)
	c.OnAlarm = func(a Alarm) { told <- a }
	s := openShipper(t, c)
	for n := range maxDatasets {
		_, _ = s.Dataset(fmt.Sprint("d", n)).Write([]byte("{}"))
	}
	if got := s.Dataset("one more"); got.target != s.home {
		t.Errorf("target = %s, want the shipper's own", got.target.name)
	}
	if got := s.Dataset("d1"); got.target == s.home {
		t.Error("a name that is known is not found")
	}
	for a := range told {
		if a.Reason == alarmDatasets {
			break
		}
	}
	if stats := closeWell(t, s); stats.Delivered != maxDatasets {
		t.Errorf("stats = %+v", stats)
	}
}

// forbidden answers item 403 or 404 for the streams it names, and notes when
// each was asked.
type forbidden struct {
	mu      sync.Mutex
	items   map[string]string
	asked   map[string][]time.Time
	serving int
	most    int
}

func (f *forbidden) Perform(r *http.Request) (*http.Response, error) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	f.mu.Lock()
	f.asked[name] = append(f.asked[name], time.Now())
	item := f.items[name]
	f.serving++
	f.most = max(f.most, f.serving)
	f.mu.Unlock()
	time.Sleep(time.Millisecond)
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.serving--
	}()
	if item == "" {
		return created(r)
	}
	n := strings.Count(readBody(r), "\n") / 2
	return respond(200, nil, `{"took":0,"errors":true,"items":[`+strings.Repeat(item+",", n-1)+item+`]}`), nil
}

func (f *forbidden) forbid(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items[name] = item403
}

func (f *forbidden) mend() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = nil
}

// TestPausedStreamsHoldUpNobody: more of them than requests may be in flight,
// for an hour, and all their lines are stored once it is mended.
func TestPausedStreamsHoldUpNobody(t *testing.T) {
	var alarms []string
	f := &forbidden{asked: map[string][]time.Time{}, items: map[string]string{
		"logs-a-default": item403, "logs-b-default": item404, "logs-c-default": item403,
	}}
	c := Config{Client: f, OnAlarm: func(a Alarm) { alarms = append(alarms, a.Reason+" "+a.Message) }}
	bubble(t, c, func(s *Shipper) {
		for range 60 {
			for _, name := range []string{"a", "b", "c", "good"} {
				mustWrite(t, s.Dataset(name), "{}\n{}\n")
			}
			time.Sleep(time.Minute)
			if got, want := s.Stats().Pending, s.Stats().Accepted/4*3; got != want {
				t.Fatalf("%d lines wait, want the %d of the paused streams", got, want)
			}
		}
		for _, name := range []string{"logs-a-default", "logs-b-default", "logs-c-default"} {
			times := f.asked[name]
			for i := 1; i < len(times); i++ {
				if gap := times[i].Sub(times[i-1]); gap > 30*time.Second+10*time.Millisecond {
					t.Errorf("%s: %s between two tries", name, gap)
				}
			}
			if len(times) < 120 || len(times) > 1000 {
				t.Errorf("%s: %d tries in an hour", name, len(times))
			}
		}
		f.mend()
		time.Sleep(31 * time.Second)
		if stats := s.Stats(); stats.Delivered != stats.Accepted || stats.Accepted != 480 {
			t.Errorf("stats = %+v, want all delivered", stats)
		}
	})
	if !slices.ContainsFunc(alarms, func(a string) bool { return strings.HasPrefix(a, "documents_waiting 2 documents for logs-") }) {
		t.Errorf("%d alarms: %.300q", len(alarms), alarms)
	}
}

// TestOnePoisonedLineHoldsUpNobody: within its stream, too.
func TestOnePoisonedLineHoldsUpNobody(t *testing.T) {
	c := Config{InFlight: 1, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		var items []string
		for i, row := range strings.Split(strings.TrimSuffix(readBody(r), "\n"), "\n") {
			switch {
			case i%2 == 0:
			case strings.Contains(row, "poison"):
				items = append(items, item403)
			default:
				items = append(items, `{"create":{"status":201}}`)
			}
		}
		return respond(200, nil, `{"took":0,"errors":true,"items":[`+strings.Join(items, ",")+`]}`), nil
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, `{"poison":1}`)
		for n := range uint64(100) {
			time.Sleep(time.Minute)
			mustWrite(t, s, "{}\n")
			time.Sleep(time.Minute)
			if stats := s.Stats(); stats.Delivered != n+1 || stats.Pending != 1 {
				t.Fatalf("stats = %+v, want all but one of %d delivered", stats, n+2)
			}
		}
	})
}

// TestPausedStreamMakesRoom: when the ring is full of lines that nobody
// takes, those that somebody takes come first, and the loss has its reason.
func TestPausedStreamMakesRoom(t *testing.T) {
	f := &forbidden{asked: map[string][]time.Time{}, items: map[string]string{"logs-a-default": item403}}
	c := Config{Client: f, RingBytes: minRingBytes, BatchBytes: 1000}
	bubble(t, c, func(s *Shipper) {
		a := s.Dataset("a")
		for range 200 {
			mustWrite(t, a, "{}")
			time.Sleep(time.Millisecond)
		}
		lost := s.Stats().Dropped
		if lost.Unavailable == 0 || lost.RingFull != 0 {
			t.Fatalf("dropped = %+v, want unavailable only", lost)
		}
		for range 50 {
			mustWrite(t, s, "{}")
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		if stats := s.Stats(); stats.Delivered != 51 || stats.Dropped.RingFull != 0 {
			t.Errorf("stats = %+v, want the 50 of the other stream delivered, and what was announced", stats)
		}
		f.mend()
		if err := s.Close(); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), fmt.Sprintf("refused and ring full %d", s.Stats().Dropped.Unavailable)) {
			t.Errorf("Close = %v", err)
		}
	})
}

// TestParkedBytesAreBounded: the more streams are refused, the less is taken
// of each.
func TestParkedBytesAreBounded(t *testing.T) {
	f := &forbidden{asked: map[string][]time.Time{}, items: map[string]string{}}
	const batch, streams = 400_000, 20
	bubble(t, Config{BatchBytes: batch, RingBytes: 16 << 20, Client: f}, func(s *Shipper) {
		for n := range streams {
			f.forbid(fmt.Sprintf("logs-d%d-default", n))
			for range 25 {
				mustWrite(t, s.Dataset(fmt.Sprint("d", n)), `{"a":"`+strings.Repeat("x", 20_000)+`"}`)
			}
		}
		for range 100 {
			time.Sleep(10 * time.Second)
			s.queue.mu.Lock()
			parked := s.queue.parked
			s.queue.mu.Unlock()
			if parked > 4*batch+2*streams*takeBytes {
				t.Fatalf("%d bytes are parked", parked)
			}
		}
		f.mend()
		time.Sleep(2 * time.Minute)
		if stats := s.Stats(); stats.Delivered != 25*streams {
			t.Errorf("stats = %+v", stats)
		}
	})
}

// TestRefusedStreamsHoldUpNobody, however many they are: no worker waits with
// a batch of theirs, and nothing of it is lost.
func TestRefusedStreamsHoldUpNobody(t *testing.T) {
	for _, inFlight := range []int{1, 2} {
		for _, withSpool := range []bool{false, true} {
			t.Run(fmt.Sprintf("InFlight %d, spool %v", inFlight, withSpool), func(t *testing.T) {
				f := &forbidden{asked: map[string][]time.Time{}, items: map[string]string{}}
				c := patient(f.Perform)
				c.InFlight, c.BatchBytes, c.BatchWait, c.BackoffMin, c.BackoffMax = inFlight, 2000, time.Millisecond, time.Hour, time.Hour
				if withSpool {
					c.SpoolDir = t.TempDir()
				}
				s := openShipper(t, c)
				for n := range 6 {
					f.forbid(fmt.Sprintf("logs-d%d-default", n))
					for range 20 {
						mustWrite(t, s.Dataset(fmt.Sprint("d", n)), `{"a":"`+strings.Repeat("x", 500)+`"}`)
					}
				}
				// Close cuts short the pauses that have begun.
				waitUntil(t, "each stream waits", func() bool { return s.waiting() == 6 })
				for range 100 {
					mustWrite(t, s, "{}")
				}
				waitUntil(t, "the stream that nobody refuses is stored", func() bool { return s.Stats().Delivered == 100 })
				checkBalance(t, s)
				f.mend()
				if stats := closeWell(t, s); stats.Delivered != 220 {
					t.Errorf("stats %+v", stats)
				}
			})
		}
	}
}

// waiting returns how many streams were refused and wait for their next try.
func (s *Shipper) waiting() (n int) {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	for _, t := range s.queue.targets {
		if len(t.parked) > 0 && t.busy == 0 {
			n++
		}
	}
	return n
}

// TestInFlight: so many requests at once, and no more.
func TestInFlight(t *testing.T) {
	for _, n := range []int{0, 1, 5} {
		f := &forbidden{asked: map[string][]time.Time{}}
		bubble(t, Config{Client: f, InFlight: n, BatchBytes: 1}, func(s *Shipper) {
			for range 40 {
				mustWrite(t, s, "{}")
			}
			synctest.Wait()
			_ = s.Flush(context.Background())
			want := n
			if n == 0 {
				want = 2
			}
			if f.most != want {
				t.Errorf("InFlight %d: %d at once", n, f.most)
			}
		})
	}
}

// TestOneInFlightKeepsTheOrder of arrival.
func TestOneInFlightKeepsTheOrder(t *testing.T) {
	srv := startServer(t)
	c := quick(srv.URL())
	c.InFlight, c.BatchBytes = 1, 500
	s := openShipper(t, c)
	writeLines(t, s, 0, 300)
	closeWell(t, s)
	for i, d := range srv.Documents(stream) {
		if !strings.Contains(string(d.Source), fmt.Sprintf(`"number":%d,`, i)) {
			t.Fatalf("document %d is %s", i, d.Source)
		}
	}
}
