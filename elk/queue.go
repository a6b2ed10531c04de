package elk

import (
	"log/slog"
	"sync"
	"time"
)

// takeBytes bounds how much the sender copies in one hold of the lock.
const takeBytes = 64 << 10

// queue is what the writers and the sender share: the ring, the counters and
// those who wait for a verdict.
type queue struct {
	batchBytes int
	batchWait  time.Duration
	wake       chan struct{} // capacity 1: something changed for the sender
	closing    chan struct{} // closed by close

	// mu guards all below. It is held for copies and counts only: no I/O, no
	// callback, no waiting.
	mu      sync.Mutex
	closed  bool // no more lines
	settled bool // counted for good; verdicts come too late
	ring    ring
	last    uint64 // sequence of the newest line
	urgent  uint64 // lines up to this sequence go out without waiting for others
	held    uint64 // lines with the sender, without a verdict
	oldest  uint64 // lowest sequence among them, 0 without any
	stats   Stats
	waiters []waiter
}

// waiter is one Flush: it ends when every line up to a sequence has a verdict.
type waiter struct {
	upTo uint64
	done chan struct{}
}

func newQueue(c Config) *queue {
	return &queue{
		batchBytes: c.BatchBytes,
		batchWait:  c.BatchWait,
		wake:       make(chan struct{}, 1),
		closing:    make(chan struct{}),
		ring:       newRing(c.RingBytes),
	}
}

// put accepts a line, cut to limit. It reports how many lines were dropped
// for want of room, the line itself among them, and whether the queue is open.
func (q *queue) put(level slog.Level, line []byte, limit int, now time.Time) (dropped int, open bool) {
	info := lineInfo{at: now.UnixNano(), full: len(line)}
	line = line[:min(len(line), limit)]
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return 0, false
	}
	q.last++
	q.stats.Accepted++
	info.seq = q.last
	before, first := q.full(), q.ring.lines == 0
	dropped, stored := q.ring.push(level, info, line)
	if !stored {
		dropped++
	}
	q.stats.Dropped.RingFull += uint64(dropped)
	due := first || !before && q.full()
	q.mu.Unlock()
	if due {
		q.signal()
	}
	return dropped, true
}

// full reports whether there is enough for a request, or too little room to
// wait for more: short lines take whole blocks. Under mu.
func (q *queue) full() bool {
	return q.ring.bytes >= q.batchBytes || q.ring.room() < q.ring.limit/2
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// due reports whether a batch should be made now, else how long until then,
// negative without a line; over when there will never be one.
func (q *queue) due(now time.Time) (due bool, wait time.Duration, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	first, ok := q.ring.oldest()
	if !ok {
		return false, -1, q.closed
	}
	age := now.Sub(time.Unix(0, first.at))
	// A clock set back would make a line wait: a negative age is due.
	if q.closed || first.seq <= q.urgent || q.full() || age < 0 || age >= q.batchWait {
		return true, 0, false
	}
	return false, q.batchWait - age, false
}

// take moves lines from the ring into b while b is below the batch size, and
// reports whether it moved any; one call takes a bounded amount.
func (q *queue) take(b *batch) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	begin := len(b.buf)
	for !q.settled && len(b.buf)-begin < takeBytes {
		info, ok := q.ring.oldest()
		if !ok || len(b.docs) > 0 && len(b.buf)+prefixBytes+int(info.size) > q.batchBytes {
			break
		}
		b.take(info, &q.ring)
		q.held++
	}
	q.oldest = b.oldest()
	return len(b.buf) > begin
}

// settle counts the verdicts on n lines that the sender held; oldest is the
// lowest sequence it still holds.
func (q *queue) settle(verdicts Stats, n int, oldest uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.settled {
		return
	}
	q.stats.add(verdicts)
	q.held -= uint64(n)
	q.oldest = oldest
	q.release()
}

// release ends the waiters that have nothing left to wait for. Under mu.
func (q *queue) release() {
	kept := q.waiters[:0]
	for _, w := range q.waiters {
		if q.passed(w.upTo) {
			close(w.done)
			continue
		}
		kept = append(kept, w)
	}
	clear(q.waiters[len(kept):])
	q.waiters = kept
}

// passed reports whether every line up to seq has a verdict. Under mu.
func (q *queue) passed(seq uint64) bool {
	if q.held > 0 && q.oldest <= seq {
		return false
	}
	first, ok := q.ring.oldest()
	return !ok || first.seq > seq
}

// hurry sends what is here without waiting for a full batch.
func (q *queue) hurry() (pending uint64) {
	q.mu.Lock()
	q.urgent = q.last
	pending = q.pending()
	q.mu.Unlock()
	q.signal()
	return pending
}

// wait returns a channel that is closed when every line accepted so far has a
// verdict; forget must be called with it afterwards.
func (q *queue) wait() chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	done := make(chan struct{})
	q.waiters = append(q.waiters, waiter{upTo: q.last, done: done})
	q.release()
	return done
}

func (q *queue) forget(done chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, w := range q.waiters {
		if w.done == done {
			q.waiters = append(q.waiters[:i], q.waiters[i+1:]...)
			return
		}
	}
}

// close ends intake; false if it had ended before.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.closed = true
	close(q.closing)
	return true
}

// finish drops what has no verdict, ends the waiters, and returns the final
// counts. Verdicts that arrive later count nothing.
func (q *queue) finish() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stats.Dropped.Close += q.pending()
	q.settled, q.held, q.oldest = true, 0, 0
	q.ring.clear()
	q.release()
	return q.snapshot()
}

// pending is the number of lines without a verdict. Under mu.
func (q *queue) pending() uint64 { return uint64(q.ring.lines) + q.held }

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
