package elk

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// tally collects the verdicts of one answer, to be counted in one go.
type tally struct {
	Stats
	settled int      // documents with a verdict
	acks    []uint64 // those of them that are in the spool, but for
	buried  []uint64 // those with a dead letter
	waiting int      // documents that the server will not take now
	busy    int      // of these, for want of room
	refused bool
	last    item
}

// done notes that a document has its verdict.
func (t *tally) done(d *document) { t.note(d, &t.acks) }

func (t *tally) note(d *document, verdicts *[]uint64) {
	d.settled = true
	t.settled++
	if d.spooled {
		*verdicts = append(*verdicts, d.seq)
	}
}

// allBusy reports whether each of n documents got a 429.
func (t *tally) allBusy(n int) bool { return t.busy == n }

// settle hands the verdicts to the queue.
func (w *worker) settle(t tally, b *batch) {
	w.queue.settle(t, b)
	if cap(t.acks) > cap(w.acks) {
		w.acks = t.acks[:0]
	}
}

// apply follows the word on each document.
func (w *worker) apply(r *result, b *batch, out outcome, docs []document) (t tally) {
	t.acks = w.acks
	if out.allDelivered() {
		t.deliver(docs)
	} else {
		for i := range docs {
			w.applyItem(&t, b, &docs[i], out.item(i), out.fate)
		}
	}
	switch {
	case !t.allBusy(len(docs)):
		b.grow()
	case !r.overload.seen:
		b.halve(len(docs)) // above a limit on memory Elasticsearch 9 gives that for ever too
	}
	t.Retries += uint64(t.waiting)
	w.alarms.answered(t.Delivered + t.Diverted + t.Duplicate) // before a Flush may end, so that Health knows
	w.settle(t, b)
	w.learn(b.target, out)
	if t.waiting > 0 {
		w.tellWaiting(b, t, docs)
	}
	r.progress = r.progress || t.settled > 0
	r.documents += t.waiting
	r.refused = r.refused || t.refused
	return t
}

// tellWaiting raises the alarm of documents that the server will not take now.
func (w *worker) tellWaiting(b *batch, t tally, docs []document) {
	why := fmt.Sprintf("status %d: %s", t.last.status, t.last.cause)
	if b.suspect {
		w.alarms.raise(alarmItems, b.waitsApart(&docs[0], why))
		return
	}
	w.alarms.raise(alarmItems, fmt.Sprintf("%d documents for %s wait: %s", t.waiting, b.target.name, why))
}

// deliver counts documents that are stored.
func (t *tally) deliver(docs []document) {
	for i := range docs {
		t.done(&docs[i])
	}
	t.Delivered += uint64(len(docs))
}

func (w *worker) applyItem(t *tally, b *batch, d *document, word item, f fate) {
	if f != answered {
		w.buryRefused(t, b, d, word, f)
		return
	}
	switch word.verdict() {
	case verdictDelivered:
		t.Delivered++
	case verdictDiverted:
		t.Diverted++
	case verdictDuplicate:
		t.Duplicate++
	case verdictDead:
		w.repairOrBury(t, b, d, word)
		return
	case verdictRetry:
		t.waiting++
		if word.status == http.StatusTooManyRequests {
			t.busy++
		}
		t.refused = t.refused || word.unavailable()
		t.last = word
		if word.ambiguous() {
			d.unknown, b.unsure = true, true
			b.locate()
		}
		return
	}
	t.done(d)
}

// repairOrBury gives a document that can be mended one more try.
func (w *worker) repairOrBury(t *tally, b *batch, d *document, word item) {
	before := d.repaired
	if b.repair(d, word.mend, w.id) {
		if before == flawNone {
			t.Repaired++
		}
		t.Retries++
		return
	}
	w.buryRefused(t, b, d, word, answered)
}

// learn remembers the backing index that an answer named.
func (w *worker) learn(t *target, out outcome) {
	for i := range out.items {
		if index := out.items[i].index; out.items[i].verdict() == verdictDelivered && strings.HasPrefix(index, ".ds-") {
			t.learn(index, time.Now())
			return
		}
	}
}

// keep notes why a request has to be repeated.
func (w *worker) keep(ctx context.Context, b *batch, out outcome, docs []document) {
	w.settle(tally{Stats: Stats{Retries: uint64(len(docs))}}, b)
	if out.unknown {
		b.doubt(docs)
	}
	w.stall(b, out, len(docs))
	if ctx.Err() == nil {
		w.alarms.raise(out.reason, fmt.Sprintf("%d documents for %s wait: %s", len(docs), b.target.name, out.detail))
	}
}

// stall holds all requests back. Once several with the same batch have failed
// they are halved, whatever became of others: each answer lets them grow.
func (w *worker) stall(b *batch, out outcome, n int) {
	w.gate.failed(n, out.after)
	if out.denied {
		w.peer.doubt(out.authorization)
		w.queue.lock(true)
	}
	if out.denied && out.blameless {
		return
	}
	b.halve(n)
}

// halve notes that a request with n documents was of no use.
func (b *batch) halve(n int) {
	if b.failures++; b.limit > 0 || b.failures >= failuresBeforeHalving {
		b.limit = max(1, n/2)
	}
}

// grow lets requests grow with each answer.
func (b *batch) grow() {
	b.failures = 0
	if b.limit *= 2; b.limit > len(b.docs) {
		b.limit = 0
	}
}

// recognise tells once what an answer showed of the server.
func (w *worker) recognise(out outcome) {
	if out.fate != kept {
		w.queue.lock(false)
	}
	for _, n := range out.news {
		w.alarms.raise(n.reason, n.text)
	}
}

// buryLine makes a dead letter of a line that cannot be a document.
func (w *worker) buryLine(t *tally, b *batch, d *document, reason string) {
	letter := deadLetter{Reason: reason}
	if reason == reasonTooLong {
		letter.ErrorReason = fmt.Sprintf("%d bytes, of which the first %d are kept", d.full, d.size)
	}
	w.bury(t, b, d, letter)
}

// buryRefused makes a dead letter of a document that the server, or the
// client, will not take.
func (w *worker) buryRefused(t *tally, b *batch, d *document, word item, f fate) {
	letter := deadLetter{Reason: reasonRefused, Status: word.status, ErrorType: word.cause.Type, ErrorReason: word.cause.Reason}
	if f == unknowable {
		letter.Reason = reasonProduct
	}
	w.bury(t, b, d, letter)
}

func (w *worker) bury(t *tally, b *batch, d *document, letter deadLetter) {
	letter.ErrorType, letter.ErrorReason = w.alarms.clean(letter.ErrorType), w.alarms.clean(letter.ErrorReason)
	letter.Time, letter.Target = time.Now().UTC(), b.target.name
	if err := w.letters.write(letter.withDocument(b.original(d))); err != nil {
		t.done(d)
		t.Dropped.DeadLetter++
		w.alarms.raise(alarmDeadFailed, "a dead letter is lost: "+err.Error())
		return
	}
	t.note(d, &t.buried)
	t.DeadLettered.count(letter.Reason)
	w.alarms.raise(alarmFor(letter.Reason), fmt.Sprintf("a line for %s will not be stored: %s", b.target.name, letter.text()))
}

func alarmFor(reason string) string {
	if reason == reasonProduct {
		return alarmProduct
	}
	return alarmDeadLetter
}
