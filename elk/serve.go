package elk

import (
	"slices"
	"time"
)

// What the queue has for a worker: which batch is to be served, when, and with
// which lines; and what becomes of it.

// next returns a batch to serve now: one that was parked, or spare, made
// ready to be filled, which is then in use. Otherwise it says how long until
// there may be one, negative until a signal; over when there will be none.
func (q *queue) next(now time.Time, spare *batch) (b *batch, wait time.Duration, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait = -1
	var found *target
	oldest := uint64(0)
	for _, t := range q.targets {
		seq, until, ok := q.ready(t, now)
		switch {
		case !ok:
		case until > 0:
			wait = sooner(wait, until)
		case found == nil || seq < oldest:
			found, oldest = t, seq
		}
	}
	if b, until := q.suspect(oldest, now); b != nil {
		return b, 0, false
	} else if until > 0 {
		wait = sooner(wait, until)
	}
	if found == nil {
		return nil, wait, q.closed && q.ring.lines == 0 && q.parked == 0 && q.store.empty()
	}
	return q.assign(found, spare), 0, false
}

func sooner(a, b time.Duration) time.Duration {
	if a < 0 || b < a {
		return b
	}
	return a
}

// ready says how long until a target has something to be served, 0 for now,
// and the sequence it begins with; not ok when only a signal could tell.
// Under mu.
func (q *queue) ready(t *target, now time.Time) (seq uint64, wait time.Duration, ok bool) {
	if t.filling || t.backoff.failures > 0 && t.busy > 0 {
		return 0, 0, false
	}
	if wait = t.until.Sub(now); wait < 0 {
		wait = 0
	}
	if len(t.parked) > 0 {
		return t.parked[0].first, wait, true
	}
	first := q.ring.oldest(q.source(t))
	if first == nil || t.trail.feeding && !q.full(t) {
		return 0, 0, false
	}
	return first.seq, max(wait, q.age(t, first, now)), true
}

// age is how long the lines of a target still wait for others. A clock set
// back would make a line wait: a negative age is due. Under mu.
func (q *queue) age(t *target, first *lineInfo, now time.Time) time.Duration {
	age := now.Sub(time.Unix(0, first.at))
	if q.closed || first.seq <= q.urgent || q.full(t) || age < 0 || age >= q.config.BatchWait {
		return 0
	}
	return q.config.BatchWait - age
}

// assign gives a worker the first parked batch of a target, or spare, to be
// filled up: what is parked is older than all in the ring, so that a batch
// stays in order. Under mu.
func (q *queue) assign(t *target, spare *batch) *batch {
	t.busy++
	t.filling = true
	if len(t.parked) > 0 {
		b := t.parked[0]
		t.parked = slices.Delete(t.parked, 0, 1)
		q.parked -= len(b.buf)
		return b
	}
	spare.reset(t)
	q.batches = append(q.batches, spare)
	return spare
}

// take moves lines of the batch's target from the ring into it while it is
// below the batch size, and reports whether there is more to take; one call
// takes a bounded amount, and one is all that is added to documents that wait.
func (q *queue) take(b *batch) (more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b.raw = b.raw[:0]
	size, limit := len(b.buf), q.batchBytes()
	for !q.settled && len(b.raw) < takeBytes {
		from := q.source(b.target)
		info := q.ring.oldest(from)
		if info == nil {
			break
		}
		size += b.target.fields.prefix + int(info.size)
		if len(b.docs) > 0 && size > limit {
			break
		}
		b.take(info, &q.ring, from)
		q.held++
		q.store.took(&b.docs[len(b.docs)-1])
	}
	b.first = b.oldest()
	q.store.signalFeeder()
	q.roomy()
	more = len(b.raw) > 0 && b.target.backoff.failures == 0
	b.target.filling = more
	return more
}

// finish ends the serving of a batch with nothing left in it.
func (q *queue) finish(b *batch, progress bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if b.suspect {
		q.suspects.clear()
	} else {
		b.target.busy--
		b.target.filling = false
	}
	if progress {
		q.cheer(b.target)
	}
	q.store.signalFeeder()
	if i := slices.Index(q.batches, b); i >= 0 {
		q.batches = slices.Delete(q.batches, i, i+1)
	}
}

// cheer notes that a target takes documents. Under mu.
func (q *queue) cheer(t *target) {
	t.backoff.reset()
	t.until = time.Time{}
	t.road.refused = false
}

// park puts a batch with documents that have to wait aside, so that its
// worker can serve other targets.
func (q *queue) park(b *batch, progress, refused bool, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := b.target
	if progress {
		q.cheer(t)
	}
	t.road.refused = refused
	t.until = now.Add(t.backoff.next(0))
	b.trim()
	t.busy--
	t.parked = append(t.parked, b)
	q.parked += len(b.buf)
	q.store.signalFeeder()
}

// batchBytes is the size of a batch: the less, down to takeBytes, the more is
// parked, so that there is a place for it wherever its stream is refused, and
// no worker has to keep it. Under mu.
func (q *queue) batchBytes() int {
	all := q.config.BatchBytes
	return min(all, max(takeBytes, all-q.parked/(2*max(2, q.config.InFlight))))
}

// parkable reports whether n more bytes may be parked by choice. Under mu.
func (q *queue) parkable(n int) bool {
	return q.parked+n <= max(2, q.config.InFlight)*q.config.BatchBytes
}
