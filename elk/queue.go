package elk

import (
	"log/slog"
	"sync"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

// takeBytes bounds how much the sender copies in one hold of the lock.
const takeBytes = 64 << 10

// queue is what the writers and the workers share: the ring, the targets, the
// counters and those who wait for a verdict.
type queue struct {
	config  Config
	wake    chan struct{} // capacity 1: something changed for an idle worker
	closing chan struct{} // closed by close

	// mu guards all below. It is held for copies and counts only: no I/O, no
	// callback, no waiting.
	mu        sync.Mutex
	closed    bool // no more lines
	settled   bool // counted for good; verdicts come too late
	ring      ring
	targets   []*target
	batches   []*batch // with the workers, or parked
	parked    int      // bytes of those parked
	last      uint64   // sequence of the newest line
	urgent    uint64   // lines up to this sequence go out without waiting for others
	held      uint64   // lines in batches, without a verdict
	locked    bool     // the server takes nothing from us
	stats     Stats
	waiters   []waiter
	hurried   time.Time     // when the last pause was cut short
	store     *store        // nil: there is no spool
	room      chan struct{} // nil: nobody waits for room
	announced announced

	suspects suspects
}

// newQueue makes a queue; disk is nil without a spool.
func newQueue(c Config, disk *spool.Spool) *queue {
	q := &queue{
		config:  c,
		wake:    make(chan struct{}, 1),
		closing: make(chan struct{}),
		ring:    newRing(c.RingBytes),

		suspects: suspects{backoff: newBackoff(c.BackoffMin, c.BackoffMax)},
	}
	if disk != nil {
		q.store = newStore(disk)
		q.ring.reserve = max(q.ring.limit/4, blocksFor(c.MaxLineBytes))
		// Beside what may be staged, there is room for the longest line.
		q.ring.spare = max(0, min(q.ring.limit/8, q.ring.limit-q.stageable()-blocksFor(c.MaxLineBytes)))
	}
	return q
}

// open returns the target of a name, and makes it while there are fewer than
// limit.
func (q *queue) open(dataset, namespace string, limit int) (*target, bool) {
	name := targetName(dataset, namespace)
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.targets {
		if t.name == name {
			return t, true
		}
	}
	if len(q.targets) >= limit {
		return nil, false
	}
	t := &target{
		name:    name,
		fields:  newFields(q.config, dataset, namespace),
		road:    q.ring.open(),
		staged:  q.openStaged(),
		backoff: newBackoff(q.config.BackoffMin, q.config.BackoffMax),
	}
	q.targets = append(q.targets, t)
	return t, true
}

// put accepts a line, cut to limit. It reports how many lines were dropped
// for want of room, the line itself among them, and whether the queue is open.
func (q *queue) put(to *target, level slog.Level, line []byte, limit int, now time.Time) (dropped int, open bool) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return 0, false
	}
	dropped, due, movable := q.accept(to, level, line, limit, now)
	q.mu.Unlock()
	q.tell(due, movable)
	return dropped, true
}

// accept is put without its lock. It reports whether workers should look, or
// the mover. Under mu.
func (q *queue) accept(to *target, level slog.Level, line []byte, limit int, now time.Time) (dropped int, due, movable bool) {
	info := lineInfo{at: now.UnixNano(), full: len(line)}
	line = line[:min(len(line), limit)]
	q.last++
	q.stats.Accepted++
	info.seq = q.last
	before, first := q.full(to), to.road.lines == 0
	gone, stored := q.ring.push(to.road, level, info, line)
	dropped = q.drop(to, gone, stored)
	return dropped, q.direct() && (first || !before && q.full(to)), stored && q.movable(len(line))
}

func (q *queue) tell(workers, mover bool) {
	if workers {
		q.signal()
	}
	if mover {
		q.store.signalMover()
	}
}

// drop counts the lines that a new one cost, itself if it is not stored.
// Under mu.
func (q *queue) drop(to *target, gone evictions, stored bool) (dropped int) {
	if !stored {
		gone.lines++
		if to.road.refused {
			gone.refused++
		}
	}
	if q.locked {
		gone.refused = gone.lines
	}
	q.stats.Dropped.Unavailable += uint64(gone.refused)
	q.stats.Dropped.RingFull += uint64(gone.lines - gone.refused)
	if gone.lines > 0 && len(q.waiters) > 0 {
		q.release()
	}
	return gone.lines
}

// full reports whether a target has enough for a request, or more than its
// share of a ring that is half full: short lines take whole blocks. Under mu.
func (q *queue) full(t *target) bool {
	from := q.source(t)
	return from.bytes >= q.config.BatchBytes || from.blocks*len(q.targets) > q.enough(from)
}

func (q *queue) signal() { signal(q.wake) }

// lock notes whether the server takes anything from us at all.
func (q *queue) lock(locked bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.locked = locked
}

// settle counts the verdicts on lines of a batch.
func (q *queue) settle(t tally, b *batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b.first = b.oldest()
	if q.settled {
		return
	}
	q.stats.add(t.Stats)
	q.held -= uint64(t.settled)
	q.store.ack(t.acks)
	q.store.bury(t.buried)
	q.release()
}

// close ends intake, and the pauses of all targets; false if it had ended
// before.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.closed = true
	q.store.hasten()
	for _, t := range q.targets {
		t.until = time.Time{}
	}
	q.suspects.until = time.Time{}
	close(q.closing)
	return true
}

// end drops what has no verdict and is not on disk, ends the waiters, and
// returns the final counts. Verdicts that arrive later count nothing.
func (q *queue) end() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	kept := q.kept()
	q.stats.Dropped.Close += q.pending() - kept
	q.settled, q.held = true, kept
	q.store.end()
	q.ring.clear()
	q.release()
	return q.snapshot()
}

// pending is the number of lines without a verdict. Under mu.
func (q *queue) pending() uint64 { return uint64(q.ring.lines) + q.held + q.store.elsewhere() }

// snapshot returns the counts. Under mu.
func (q *queue) snapshot() Stats {
	s := q.stats
	s.Pending = q.pending()
	return s
}

func (q *queue) read() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.snapshot()
}

// isClosed asks the channel, so that a Write takes the lock only once.
func (q *queue) isClosed() bool {
	select {
	case <-q.closing:
		return true
	default:
		return false
	}
}
