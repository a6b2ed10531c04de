package elk

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// failuresBeforeHalving is how many requests in a row may fail before smaller
// ones are tried: a request above the server's memory limit is refused for
// ever, and one that is too large may end in a broken connection instead of a
// 413.
const failuresBeforeHalving = 3

// fullSpeed is the number of documents from which a request counts as no
// longer limited.
const fullSpeed = 1 << 16

// gate holds back all workers alike while the server as a whole takes
// nothing. After a failure one request at a time tries, and after an outage
// requests begin small and double with each answer, so that the server is not
// met with everything at once.
type gate struct {
	mu       sync.Mutex
	until    time.Time // nobody enters before
	floor    time.Time // what of that the server asked for
	failures int       // since the last answer
	probing  bool      // with failures: one request is on its way
	line     []uint64  // with failures: tickets of those who wait, longest first
	tickets  uint64    // given so far
	limit    int       // documents in a request, 0 for any number
	backoff  backoff
	taken    atomic.Uint64 // answers with a verdict on a document
	changed  chan struct{} // closed, and replaced, when one of these changes
}

func newGate(c Config) *gate {
	return &gate{backoff: newBackoff(c.BackoffMin, c.BackoffMax), changed: make(chan struct{})}
}

// enter waits until a request may leave, and returns how many documents it
// may hold, 0 for any number; false when ctx ended. answered or failed must
// follow. After a failure those who wait take turns: else one request that
// always fails might take one try after the other, while the pauses grow.
func (g *gate) enter(ctx context.Context) (limit int, ok bool) {
	ticket := uint64(0) // not in line
	for {
		g.mu.Lock()
		wait := time.Until(g.until)
		if wait <= 0 && g.failures > 0 && (g.probing || !g.isFirst(ticket)) {
			wait = -1
		} else if wait <= 0 {
			g.leave(ticket)
			g.probing = true
			limit = g.limit
			g.mu.Unlock()
			return limit, ctx.Err() == nil
		}
		ticket = g.join(ticket)
		changed := g.changed
		g.mu.Unlock()
		if !sleep(ctx, wait, changed) {
			g.giveUp(ticket)
			return 0, false
		}
	}
}

// isFirst reports whether it is a ticket's turn. Under mu.
func (g *gate) isFirst(ticket uint64) bool { return len(g.line) == 0 || g.line[0] == ticket }

// join puts who has no ticket at the end of the line. Under mu.
func (g *gate) join(ticket uint64) uint64 {
	if ticket == 0 {
		g.tickets++
		ticket = g.tickets
		g.line = append(g.line, ticket)
	}
	return ticket
}

// leave takes a ticket out of the line, if it is there. Under mu.
func (g *gate) leave(ticket uint64) {
	if i := slices.Index(g.line, ticket); i >= 0 {
		g.line = slices.Delete(g.line, i, i+1)
	}
}

// giveUp leaves the line to the others.
func (g *gate) giveUp(ticket uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leave(ticket)
	g.broadcast()
}

// answered notes that the server decided on documents.
func (g *gate) answered() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limit *= 2; g.limit > fullSpeed {
		g.limit = 0
	}
	g.probing = false
	if g.failures > 0 {
		g.failures = 0
		g.backoff.reset()
		g.broadcast()
	}
}

// failed notes that a request with n documents has to be repeated, not before
// floor is over.
func (g *gate) failed(n int, floor time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures++; g.limit > 0 || g.failures >= failuresBeforeHalving {
		g.limit = max(1, n/2)
	}
	g.probing = false
	now := time.Now()
	if until := now.Add(floor); until.After(g.floor) {
		g.floor = until
	}
	if until := now.Add(g.backoff.next(floor)); until.After(g.until) {
		g.until = until
	}
	g.broadcast()
}

// failing reports whether there was no answer since a failure.
func (g *gate) failing() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failures > 0
}

// skip notes that a request failed, and that the next one is without what may
// have been the cause: it may leave at once.
func (g *gate) skip() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = false
	g.hurryLocked()
}

// hurry cuts our own part of the wait short, not what the server asked for.
func (g *gate) hurry() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hurryLocked()
}

func (g *gate) hurryLocked() {
	if g.floor.Before(g.until) {
		g.until = g.floor
	}
	g.broadcast()
}

// cut ends the wait: the next request may leave at once.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until = time.Time{}
	g.broadcast()
}

func (g *gate) broadcast() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// sleep waits for the time, negative for ever, or for early; false when ctx
// ended.
func sleep(ctx context.Context, wait time.Duration, early <-chan struct{}) bool {
	var expired <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-early:
	case <-expired:
	}
	return true
}
