package elk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// TestSlowStart: after an outage one request tries, small ones follow, and
// they double.
func TestSlowStart(t *testing.T) {
	var mu sync.Mutex
	var sizes []int
	serving, failed := 0, 0
	down := true
	c := Config{BatchBytes: 100 << 10, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		n := strings.Count(readBody(r), "\n") / 2
		mu.Lock()
		defer mu.Unlock()
		if serving++; down && serving > 1 && failed > 4 {
			t.Errorf("%d requests at once during an outage", serving)
		}
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		serving--
		if down {
			failed++
			return nil, errors.New("connection refused")
		}
		sizes = append(sizes, n)
		return respond(200, nil, answerOf(n)), nil
	})}
	bubble(t, c, func(s *Shipper) {
		for range 2000 {
			mustWrite(t, s, `{"a":1}`)
		}
		time.Sleep(10 * time.Minute)
		mu.Lock()
		down = false
		mu.Unlock()
		time.Sleep(2 * time.Minute)
		if stats := s.Stats(); stats.Delivered != 2000 {
			t.Errorf("stats = %+v", stats)
		}
	})
	if len(sizes) < 6 || sizes[0] != 1 || sizes[1] > 4 || sizes[2] > 16 {
		t.Errorf("requests of %v documents, want small ones first", sizes)
	}
}

// TestGateTakesTurns: who has failed goes behind those who wait, and who gives
// up holds up nobody.
func TestGateTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Config{BackoffMin: time.Second, BackoffMax: time.Minute})
		g.failed(1, 0)
		var tries []string
		try := func(ctx context.Context, who string) {
			if _, ok := g.enter(ctx); ok {
				tries = append(tries, who)
				time.Sleep(time.Second)
				g.failed(1, 0)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for _, who := range []string{"a", "b", "c"} {
			all.Go(func() {
				for range 20 {
					try(t.Context(), who)
				}
			})
			synctest.Wait()
			if who == "a" { // behind the first
				all.Go(func() { try(gone, "nobody") })
				synctest.Wait()
			}
		}
		cancel()
		all.Wait()
		if got, want := strings.Join(tries, ""), strings.Repeat("abc", 20); got != want {
			t.Errorf("tries %s, want %s", got, want)
		}
	})
}

// TestSkipLetsTheNextGo: when a request has failed and what may have been the
// cause waits apart, the next one leaves at once, and does not wait for an
// answer that nobody has asked for.
func TestSkipLetsTheNextGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Config{BackoffMin: time.Second, BackoffMax: time.Minute})
		g.failed(1, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, ok := g.enter(ctx); !ok {
			t.Fatal("nobody may try after a failure")
		}
		g.skip()
		begin := time.Now()
		if _, ok := g.enter(ctx); !ok || time.Since(begin) > 0 {
			t.Errorf("the next request waited %s, and left: %t", time.Since(begin), ok)
		}
	})
}

// TestOversizedRequestBesideGoodOnes: that others are answered must not hide
// that one batch is refused again and again.
func TestOversizedRequestBesideGoodOnes(t *testing.T) {
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		if r.ContentLength > 50<<10 {
			return respond(429, nil, busy), nil
		}
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		for range 1000 {
			mustWrite(t, s, `{"a":1}`)
		}
		for range 120 {
			mustWrite(t, s.Dataset("small"), `{"a":1}`)
			time.Sleep(time.Second)
		}
		if stats := s.Stats(); stats.Delivered < 1110 {
			t.Errorf("stats = %+v, want the large batch delivered in parts", stats)
		}
	})
}

// TestLimits: the gate's after failures in a row of whichever batch, a batch's
// own after its own failures in a row, whatever became of others meanwhile.
func TestLimits(t *testing.T) {
	s := newSender(Config{BackoffMin: 1, BackoffMax: 1}, "id", newQueue(Config{RingBytes: minRingBytes}, nil), nil, nil)
	w, b := s.workers[0], &batch{}
	for i := range 3 {
		if b.limit != 0 || s.gate.limit != 0 {
			t.Fatalf("limits %d and %d after %d failures", b.limit, s.gate.limit, i)
		}
		w.stall(b, outcome{}, 100)
		s.gate.answered()
	}
	if b.limit != 50 || s.gate.limit != 0 {
		t.Errorf("limits %d and %d after 3 failures of one batch, want 50 and 0", b.limit, s.gate.limit)
	}
	for range 3 {
		s.gate.failed(100, 0)
	}
	for i, want := range []int{50, 100, 200, 400} {
		if s.gate.limit != want {
			t.Errorf("limit %d after %d answers, want %d", s.gate.limit, i, want)
		}
		s.gate.answered()
	}
	for range 20 {
		s.gate.answered()
	}
	if s.gate.limit != 0 {
		t.Errorf("limit %d after many answers, want none", s.gate.limit)
	}
}

// TestRetryAfterHoldsBackAll requests, whatever their data stream.
func TestRetryAfterHoldsBackAll(t *testing.T) {
	var times []time.Time
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		times = append(times, time.Now())
		if len(times) == 1 {
			_ = r.Body.Close()
			date := time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)
			return respond(429, http.Header{"Retry-After": {date}}, busy), nil
		}
		return created(r)
	})}
	bubble(t, c, func(s *Shipper) {
		mustWrite(t, s, "{}")
		time.Sleep(1500 * time.Millisecond)
		mustWrite(t, s.Dataset("other"), "{}")
		time.Sleep(time.Minute)
		if stats := s.Stats(); stats.Delivered != 2 {
			t.Errorf("stats = %+v", stats)
		}
	})
	if len(times) != 3 || times[1].Sub(times[0]) < 19*time.Second {
		t.Errorf("requests at %v, want none for 19 s after the first", times)
	}
}

// TestDeniedAll: 401 and 403 of a request pause everything, with tries at
// most 30 s apart however long Retry-After is, and what finds no room has its
// reason.
func TestDeniedAll(t *testing.T) {
	for _, status := range []int{401, 403} {
		var last time.Time
		asked := 0
		c := Config{RingBytes: minRingBytes, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
			_ = r.Body.Close()
			if gap := time.Since(last); asked > 0 && gap > 30*time.Second+time.Nanosecond {
				t.Errorf("%s between two tries", gap)
			}
			last = time.Now()
			asked++
			return respond(status, http.Header{"Retry-After": {"250"}}, denied), nil
		})}
		bubble(t, c, func(s *Shipper) {
			mustWrite(t, s, "{}")
			time.Sleep(time.Hour)
			for range 100 {
				mustWrite(t, s, "{}")
			}
			if d := s.Stats().Dropped; d.Unavailable == 0 || d.RingFull != 0 || asked < 120 {
				t.Errorf("%d: dropped %+v after %d requests", status, d, asked)
			}
		})
	}
}

// TestServersThatLackParameters, with the answers of real ones: the
// parameters are left out, for good, and it is said once.
func TestServersThatLackParameters(t *testing.T) {
	srv := startServer(t, elktest.WithProfile(elktest.OpenSearch3))
	var told alarmLog
	c := quick(srv.URL())
	c.OnAlarm, c.BatchWait = told.add, time.Hour // lines go together when Flush says so
	s := openShipper(t, c)
	for n := range 10 {
		writeLines(t, s, n*10, n*10+10)
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stats := closeWell(t, s)
	checkStored(t, srv, 100)
	told.await(t, alarmParameters)
	told.await(t, alarmOtherProduct)
	if n := told.count(alarmOtherProduct); stats.Requests > 10+2 || stats.Retries != 0 || n != 1 {
		t.Errorf("told %d times of the product, stats = %+v", n, stats)
	}
}

func TestProduct(t *testing.T) {
	yes := http.Header{"X-Elastic-Product": {"Elasticsearch"}}
	for _, tt := range []struct {
		replies []reply
		want    string
		news    int
	}{
		{[]reply{{status: 200, header: yes}}, productElasticsearch, 0},
		{[]reply{{status: 401}, {status: 403}, {status: 413}, {status: 503}, {err: errors.New("x")}}, "", 0},
		{[]reply{{status: 200}, {status: 200}}, productOther, 1},
		{[]reply{{status: 401}, {status: 429, header: yes}, {status: 200}}, productElasticsearch, 0},
		{[]reply{{status: 404}, {status: 200, header: yes}}, productOther, 1},
		{[]reply{{status: 400}}, productOther, 1},
	} {
		p, told := newPeer(Config{}), 0
		for _, r := range tt.replies {
			told += len(p.identify(r))
		}
		if p.product != tt.want || told != tt.news {
			t.Errorf("%v: %q, told %d times, want %q, %d", tt.replies, p.product, told, tt.want, tt.news)
		}
	}
}

// TestParametersRefusedAtOnce: requests that were on their way with a
// parameter when another met with its refusal are sent again like that one.
func TestParametersRefusedAtOnce(t *testing.T) {
	var refused atomic.Int32
	var mu sync.Mutex
	told := map[string]int{}
	c := Config{InFlight: 4, BatchBytes: 1000, OnAlarm: func(a Alarm) {
		mu.Lock()
		defer mu.Unlock()
		told[a.Reason]++
	}, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		n := strings.Count(readBody(r), "\n") / 2
		if r.URL.Query().Has(paramDataStream) {
			time.Sleep(time.Second) // so that several are on their way
			refused.Add(1)
			return respond(400, nil, `{"error":{"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [require_data_stream]"},"status":400}`), nil
		}
		return respond(200, nil, answerOf(n)), nil
	})}
	bubble(t, c, func(s *Shipper) {
		for range 20 {
			mustWrite(t, s, `{"message":"`+strings.Repeat("x", 900)+`"}`)
		}
		time.Sleep(time.Minute)
		if stats := s.Stats(); stats.Delivered != 20 || stats.Retries != 0 {
			t.Errorf("stats = %+v, want all delivered and nothing that had to wait", stats)
		}
	})
	if refused.Load() < 2 || len(told) != 2 || told[alarmParameters] != 1 || told[alarmOtherProduct] != 1 {
		t.Errorf("%d refused, alarms %v", refused.Load(), told)
	}
}

// TestDropParameters: only what is ours and was sent, and told once.
func TestDropParameters(t *testing.T) {
	p := newPeer(Config{})
	both := []string{paramDataStream, paramNoSource}
	for _, step := range []struct {
		complaint string
		sent      []string
		want      string
	}{
		{"request [/_bulk] contains unrecognized parameter: [nosuch]", both, "[] false"},
		{"request [/_bulk] contains unrecognized parameters: [include_source_on_error], [require_data_stream] -> did you mean [require_alias]?", both, "[require_data_stream include_source_on_error] true"},
		{"request [/_bulk] contains unrecognized parameter: [require_data_stream]", both, "[] true"},
		{"request [/_bulk] contains unrecognized parameter: [require_data_stream]", nil, "[] false"},
	} {
		dropped, about := p.drop(step.complaint, step.sent)
		if got := fmt.Sprint(dropped, about); got != step.want {
			t.Errorf("%s: dropped %s, want %s", step.complaint, got, step.want)
		}
	}
}

// TestMemory: with everything full, and lines that do not compress.
func TestMemory(t *testing.T) {
	release := make(chan struct{})
	before := heapInUse()
	s := openShipper(t, Config{CloseTimeout: 1, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		<-release
		return nil, errors.New("released")
	})})
	line := make([]byte, 600)
	for n := range 100_000 {
		copy(line, fmt.Sprintf(`{"n":%d,"x":"%x`, n, n*7919))
		for i := 40; i < 598; i++ {
			line[i] = 'a' + byte((n*31+i*i)%26)
		}
		line[598], line[599] = '"', '}'
		_, _ = s.Write(line)
	}
	for s.Stats().Requests < 2 {
		time.Sleep(time.Millisecond)
	}
	if grown := heapInUse() - before; grown > 64<<20 {
		t.Errorf("the shipper holds %d MiB, want less than 64", grown>>20)
	}
	close(release)
}
