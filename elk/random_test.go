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
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

var (
	randomSeed      = flag.Uint64("elk.seed", 0, "seed of the first random schedule, 0 for a new one")
	randomPatience  = flag.Duration("elk.patience", 5*time.Minute, "how long a random schedule waits for room, and for its end")
	randomSchedules = flag.Int("elk.schedules", 300, "number of random schedules; a tenth with -short")
)

// TestRandomSchedules: whatever the server does in whatever order, every line
// is stored once and the counts balance, at the end and on the way.
func TestRandomSchedules(t *testing.T) { runSchedules(t, *randomSchedules, runSchedule) }

// runSchedules runs n of them, or a tenth with -short, several at a time.
func runSchedules(t *testing.T, n int, run func(t *testing.T, seed uint64)) {
	seed := *randomSeed
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
				if !t.Run(fmt.Sprint(seed+uint64(i)), func(t *testing.T) { run(t, seed+uint64(i)) }) {
					failed.Add(1)
					t.Errorf("repeat with -elk.seed=%d -elk.schedules=1", seed+uint64(i))
				}
			}
		})
	}
	all.Wait()
}

// schedule is one shipper with two streams, the server, and what happens.
type schedule struct {
	*Shipper
	rng    *rand.Rand
	srv    *elktest.Server
	fronts []*front
	rolls  bool // each stream rolls over once
	rolled map[*target]bool
}

// runSchedule writes two streams through one shipper, to one address or to
// several, of which some die and come back. In every second schedule each
// stream rolls over once after an answer has named its index, lookups are answered
// at the third try, and no request ends while the server is at work on it: the
// Limitations say what else could store a line twice.
func runSchedule(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	run := &schedule{rng: rng, srv: startServer(t), rolls: rng.IntN(2) == 0, rolled: map[*target]bool{}}
	c := quick(run.srv.URL())
	c.BatchBytes = 1000 + rng.IntN(20000)
	c.BatchWait = time.Duration(rng.IntN(3)) * time.Millisecond
	c.InFlight = 1 + rng.IntN(4)
	c.RequestTimeout = 2 * time.Second
	if run.rolls {
		c.RequestTimeout = time.Minute
	}
	c.BackoffMax = 3 * time.Millisecond
	c.CloseTimeout = *randomPatience
	if nodes := rng.IntN(4); nodes > 0 {
		c.Addresses = run.startNodes(t, nodes)
	}
	if rng.IntN(2) == 0 {
		c.SpoolDir = t.TempDir()
		c.RingBytes = 8 << 10 << rng.IntN(8)
		c.SpoolBytes = 64 << 10
		c.Block = *randomPatience
	}
	run.Shipper = openShipper(t, c)
	lines := run.begin(t)
	run.srv.Intercept(chaos(rand.New(rand.NewPCG(seed, 2)), run.rolls))
	run.write(t, &lines)
	for _, f := range run.fronts {
		f.state.Store(alive)
	}
	closeWell(t, run.Shipper)
	checkStored(t, run.srv, lines[0])
	checkStoredIn(t, run.srv, "logs-second-default", lines[1])
}

// begin lets answers name the indices, if the streams roll over later.
func (run *schedule) begin(t *testing.T) (lines [2]int) {
	if !run.rolls {
		return lines
	}
	mustWrite(t, run, lineNumber(0))
	mustWrite(t, run.Dataset("second"), lineNumber(0))
	if err := run.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return [2]int{1, 1}
}

func (run *schedule) write(t *testing.T, lines *[2]int) {
	second := run.Dataset("second")
	for range 20 + run.rng.IntN(80) {
		level, to := slog.Level(run.rng.IntN(4)*4-4), run.rng.IntN(2)
		write := run.WriteLine
		if to == 1 {
			write = second.WriteLine
		}
		if _, err := write(level, []byte(lineNumber(lines[to])+"\n")); err != nil {
			t.Errorf("WriteLine: %v", err)
		}
		lines[to]++
		act(t, run.Shipper, run.rng)
		run.disturb(t)
	}
}

// disturb lets a node die or come back, or a stream roll over.
func (run *schedule) disturb(t *testing.T) {
	if n := len(run.fronts); n > 0 && run.rng.IntN(8) == 0 {
		run.fronts[run.rng.IntN(n)].state.Store(run.rng.Int32N(states))
	}
	if !run.rolls || run.rng.IntN(4) > 0 {
		return
	}
	run.queue.mu.Lock()
	targets := slices.Clone(run.queue.targets)
	run.queue.mu.Unlock()
	for _, to := range targets {
		if !run.rolled[to] && to.writeIndex(time.Now()) != "" {
			run.rolled[to] = true
			rollOverStream(t, run.srv, to.name)
			return
		}
	}
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
// With rollovers a lookup goes wrong twice in a row at most, and no request is
// given up.
func chaos(rng *rand.Rand, rolls bool) func(http.Handler) http.Handler {
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
			if !rolls && draw(32) == 0 {
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
	lookups := patience{failed: map[string]int{}}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			possible := faults
			switch {
			case strings.HasSuffix(r.URL.Path, "/_rollover"):
				next.ServeHTTP(w, r)
				return
			case !isBulk(r):
				possible = whole // a lookup has no items
			}
			i := draw(2 * len(possible))
			if i < len(possible) && rolls && isLookup(r) && lookups.ends(r) {
				i = len(possible)
			}
			if i < len(possible) {
				possible[i](w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// patience counts how often lookups of the same documents went wrong.
type patience struct {
	mu     sync.Mutex
	failed map[string]int
}

// ends reports whether it is enough for these documents, and starts over if
// so.
func (p *patience) ends(r *http.Request) bool {
	raw, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := string(plainBody(r.Header, raw))
	if p.failed[ids]++; p.failed[ids] < lookupTries {
		return false
	}
	delete(p.failed, ids)
	return true
}
