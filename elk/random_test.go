package elk

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	randomSeed      = flag.Uint64("elk.seed", 0, "seed of the first random schedule, 0 for a new one")
	randomSchedules = flag.Int("elk.schedules", 300, "number of random schedules; a tenth with -short")
)

// TestRandomSchedules: whatever the server does in whatever order, every line
// is stored once and the counts balance, at the end and on the way.
func TestRandomSchedules(t *testing.T) {
	seed, n := *randomSeed, *randomSchedules
	if seed == 0 {
		seed = rand.Uint64()
	}
	if testing.Short() {
		n = (n + 9) / 10
	}
	t.Logf("%d schedules from -elk.seed=%d", n, seed)
	var next, failed atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for failed.Load() == 0 {
				i := next.Add(1) - 1
				if i >= int64(n) {
					return
				}
				if !t.Run(fmt.Sprint(seed+uint64(i)), func(t *testing.T) { runSchedule(t, seed+uint64(i)) }) {
					failed.Add(1)
					t.Errorf("repeat with -elk.seed=%d -elk.schedules=1", seed+uint64(i))
				}
			}
		})
	}
	all.Wait()
}

// runSchedule writes two streams through one shipper.
func runSchedule(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	srv := startServer(t)
	srv.Intercept(chaos(rand.New(rand.NewPCG(seed, 2))))
	c := quick(srv.URL())
	c.BatchBytes = 1000 + rng.IntN(20000)
	c.BatchWait = time.Duration(rng.IntN(3)) * time.Millisecond
	c.InFlight = 1 + rng.IntN(4)
	c.RequestTimeout = 300 * time.Millisecond
	c.BackoffMax = 3 * time.Millisecond
	c.CloseTimeout = time.Minute
	s := openShipper(t, c)
	second := s.Dataset("second")
	lines := [2]int{}
	for range 20 + rng.IntN(80) {
		level, to := slog.Level(rng.IntN(4)*4-4), rng.IntN(2)
		write := s.WriteLine
		if to == 1 {
			write = second.WriteLine
		}
		if _, err := write(level, []byte(lineNumber(lines[to])+"\n")); err != nil {
			t.Errorf("WriteLine: %v", err)
		}
		lines[to]++
		act(t, s, rng)
	}
	closeWell(t, s)
	checkStored(t, srv, lines[0])
	checkStoredIn(t, srv, "logs-second-default", lines[1])
}

// act does what a program may do between two log calls.
func act(t *testing.T, s *Shipper, rng *rand.Rand) {
	switch rng.IntN(40) {
	case 0:
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.IntN(10))*time.Millisecond)
		_ = s.Flush(ctx)
		cancel()
	case 1:
		_ = s.Sync()
	case 2:
		time.Sleep(time.Duration(rng.IntN(2000)) * time.Microsecond)
	}
	checkBalance(t, s)
}

// tooLargeUnlessAlone is a 413 that a split cures; for one document alone it
// would be a true verdict.
func tooLargeUnlessAlone(w http.ResponseWriter, r *http.Request, next http.Handler) {
	raw, _ := io.ReadAll(r.Body)
	if bytes.Count(plainBody(r.Header, raw), []byte{'\n'}) > 2 {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	next.ServeHTTP(w, r)
}

// chaos makes every second request go wrong in one of many ways.
func chaos(rng *rand.Rand) func(http.Handler) http.Handler {
	var mu sync.Mutex
	draw := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return rng.IntN(n)
	}
	pick := func(int) bool { return draw(4) == 0 }
	whole := []fault{
		instead(429, nil, busy),
		instead(503, nil, ""),
		instead(401, nil, denied),
		instead(200, nil, "<html>"),
		hangUp,
		rewrite(cutAnswer),
		rewrite(cutJSON),
		rewrite(noAnswer),
		rewrite(packed),
		func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			next.ServeHTTP(httptest.NewRecorder(), r)
			if draw(8) == 0 {
				<-r.Context().Done() // too late
			}
		},
	}
	faults := append(slices.Clone(whole),
		tooLargeUnlessAlone,
		withItems(func(i []json.RawMessage) []json.RawMessage { return i[:len(i)-1] }),
		withItems(func(i []json.RawMessage) []json.RawMessage { return append(i, i[0]) }),
		refuse(pick, item429, true),
		refuse(pick, item503, false),
		refuse(pick, item404, true),
		refuse(pick, item403, true),
	)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			faults := faults
			if !isBulk(r) {
				faults = whole // a lookup has no items
			}
			if i := draw(2 * len(faults)); i < len(faults) {
				faults[i](w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
