package elk

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// failuresAlone is how many requests that hold one document alone may fail as
// a whole before the others go on without it.
const failuresAlone = 3

// suspects are documents that make their requests fail as a whole: something
// between us and the server may not like what they say, and cannot tell. Each
// is in a batch of its own. One at a time is tried again, and all share a
// pause, so that any number of them holds up nobody. Under queue.mu.
type suspects struct {
	waiting []*batch // longest wait first; part of queue.parked
	busy    bool     // one of them is with a worker
	until   time.Time
	backoff backoff
}

// clear notes that one of them has its verdict.
func (s *suspects) clear() {
	s.busy = false
	s.backoff.reset()
	s.until = time.Time{}
}

// suspect returns the suspect to try now, unless what begins with sequence
// before, 0 for nothing, is older; otherwise how long until there is one.
// Under mu.
func (q *queue) suspect(before uint64, now time.Time) (b *batch, wait time.Duration) {
	s := &q.suspects
	if s.busy || len(s.waiting) == 0 {
		return nil, 0
	}
	if wait = s.until.Sub(now); wait > 0 {
		return nil, wait
	}
	b = s.waiting[0]
	if before > 0 && before < b.first {
		return nil, 0
	}
	s.waiting = append(s.waiting[:0], s.waiting[1:]...)
	s.busy = true
	q.parked -= len(b.buf)
	return b, 0
}

// isolate moves a document of a batch into alone, and reports whether there
// was room for that.
func (q *queue) isolate(b, alone *batch, d *document) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.parkable(len(alone.buf)) {
		return false
	}
	d.settled = true
	b.first, alone.first = b.oldest(), alone.oldest()
	q.batches = append(q.batches, alone)
	q.shelve(alone, time.Now())
	return true
}

// suspectAgain puts a suspect back after a try.
func (q *queue) suspectAgain(b *batch, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.suspects.busy = false
	q.shelve(b, now)
}

// shelve lets a suspect wait for its turn. Under mu.
func (q *queue) shelve(b *batch, now time.Time) {
	s := &q.suspects
	s.waiting = append(s.waiting, b)
	q.parked += len(b.buf)
	if until := now.Add(s.backoff.next(0)); until.After(s.until) {
		s.until = until
	}
}

// apart returns a batch with a copy of one document.
func (b *batch) apart(d *document) *batch {
	alone := &batch{target: b.target, unsure: d.unknown, lostIn: b.lostIn, suspect: true}
	alone.buf = append(alone.buf, b.buf[d.start:d.end]...)
	one := *d
	one.start, one.line, one.end = 0, d.line-d.start, d.end-d.start
	alone.docs = []document{one}
	return alone
}

// blames reports whether a request that failed may have done so for what is
// in it. Nothing of that kind can be in one that never left, or that met a
// server that is busy, down, or does not know us.
func (o outcome) blames() bool { return !o.blameless && o.after == 0 && o.complaint == "" }

// suspect looks at a request that failed. Where it held one document alone,
// as several before it did, that document waits apart and the others go on.
// It reports whether that is so; otherwise all of the batch waits.
func (w *worker) suspect(ctx context.Context, b *batch, out outcome, docs []document) bool {
	if len(docs) != 1 || ctx.Err() != nil || !w.guilty(b, out, &docs[0]) {
		return false
	}
	d := &docs[0]
	if out.unknown {
		b.doubt(docs)
	}
	if b.suspect {
		w.gate.passed()
		return true
	}
	if !w.queue.isolate(b, b.apart(d), d) {
		return false
	}
	w.gate.skip()
	return true
}

// guilty reports whether a document alone has made enough requests fail.
func (w *worker) guilty(b *batch, out outcome, d *document) bool {
	if out.reason == alarmBusy {
		return w.overloads(b, d) && out.after == 0
	}
	if !out.blames() {
		return false
	}
	d.alone++
	return d.alone >= failuresAlone
}

// tellSuspect raises the alarm of a document that waits alone. While nothing
// else gets an answer either, it has the reason of that.
func (w *worker) tellSuspect(b *batch, out outcome, d *document) {
	w.settle(tally{Stats: Stats{Retries: 1}}, b)
	reason := alarmItems
	if w.gate.failing() {
		reason = out.reason
	}
	w.alarms.raise(reason, b.waitsApart(d, out.detail))
	w.queue.signal()
}

// waitsApart is an alarm's text.
func (b *batch) waitsApart(d *document, why string) string {
	return fmt.Sprintf("one document for %s, event.sequence %d, of %d bytes, makes each request fail, and waits while others go on: %s",
		b.target.name, d.seq, d.size, why)
}

// blameless reports whether a status says something of the server or of us,
// whatever the request holds.
func blameless(r reply) bool {
	switch r.status {
	case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusForbidden:
		return requestCause(r.body).Type != ""
	}
	return r.err != nil && !r.sent
}
