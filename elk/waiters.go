package elk

import "time"

// hurryEvery bounds how often Flush and Sync cut pauses short: a program that
// calls them after each line must not make a server that is down busier.
const hurryEvery = time.Second

// waiter is one Flush: it ends when every line up to a sequence has a verdict.
type waiter struct {
	upTo uint64
	done chan struct{}
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
	if q.settled {
		return true
	}
	for _, b := range q.batches {
		if b.first != 0 && b.first <= seq {
			return false
		}
	}
	for _, t := range q.targets {
		if q.waits(t.road, seq) || q.waits(t.staged, seq) || t.trail.behind && t.trail.next <= seq {
			return false
		}
	}
	return q.store.passed(seq)
}

// waits reports whether a road, nil for none, has a line up to seq. Under mu.
func (q *queue) waits(r *road, seq uint64) bool {
	if r == nil {
		return false
	}
	first := q.ring.oldest(r)
	return first != nil && first.seq <= seq
}

// hurry sends what is here without waiting for a full batch, or for the end
// of a target's pause. It reports whether pauses may be cut short now.
func (q *queue) hurry(now time.Time) (pending uint64, cut bool) {
	q.mu.Lock()
	q.urgent = q.last
	q.store.hasten()
	pending = q.pending()
	if cut = pending > 0 && now.Sub(q.hurried) >= min(q.config.BackoffMin, hurryEvery); cut {
		q.hurried = now
		for _, t := range q.targets {
			t.until = time.Time{}
		}
		q.suspects.until = time.Time{}
	}
	q.mu.Unlock()
	q.signal()
	q.store.signalMover()
	return pending, cut
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
