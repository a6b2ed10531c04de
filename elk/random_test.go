package elk

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

var (
	randomSeed      = flag.Uint64("elk.seed", 0, "seed of the first random schedule, 0 for a new one")
	randomSchedules = flag.Int("elk.schedules", 20, "number of random schedules")
)

// TestRandomSchedules: whatever the server does in whatever order, every line
// is stored once and the counts balance, at the end and on the way.
func TestRandomSchedules(t *testing.T) {
	seed := *randomSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	for i := range *randomSchedules {
		runSchedule(t, seed+uint64(i))
		if t.Failed() {
			t.Fatalf("repeat with -elk.seed=%d -elk.schedules=1", seed+uint64(i))
		}
	}
}

func runSchedule(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	srv := startServer(t)
	defer func() { _ = srv.Close() }()
	srv.Intercept(chaos(rand.New(rand.NewPCG(seed, 2))))
	c := quick(srv.URL())
	c.BatchBytes = 1 + rng.IntN(8000)
	c.BatchWait = time.Duration(rng.IntN(3)) * time.Millisecond
	c.RequestTimeout = 40 * time.Millisecond
	c.BackoffMax = 3 * time.Millisecond
	c.CloseTimeout = 30 * time.Second
	s := openShipper(t, c)
	lines := 50 + rng.IntN(200)
	for n := range lines {
		if _, err := s.WriteLine(slog.Level(rng.IntN(4)*4-4), []byte(lineNumber(n)+"\n")); err != nil {
			t.Errorf("WriteLine: %v", err)
		}
		act(t, s, rng)
	}
	closeWell(t, s)
	checkStored(t, srv, lines)
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
	faults := []fault{
		instead(429, nil, busy),
		instead(503, nil, ""),
		instead(401, nil, denied),
		instead(200, nil, "<html>"),
		tooLargeUnlessAlone,
		hangUp,
		rewrite(cutAnswer),
		rewrite(cutJSON),
		rewrite(noAnswer),
		rewrite(packed),
		rewrite(func(w http.ResponseWriter, answer []byte) { time.Sleep(60 * time.Millisecond); writeJSON(w, answer) }),
		withItems(func(i []json.RawMessage) []json.RawMessage { return i[:len(i)-1] }),
		withItems(func(i []json.RawMessage) []json.RawMessage { return append(i, i[0]) }),
		refuse(pick, item429, true),
		refuse(pick, item503, false),
		refuse(pick, item404, true),
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if i := draw(2 * len(faults)); i < len(faults) {
				faults[i](w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
