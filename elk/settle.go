package elk

import (
	"context"
	"fmt"
	"time"
)

// tally collects the verdicts of one answer, to be counted in one go.
type tally struct {
	Stats
	settled int // documents with a verdict
	waiting int // documents that the server will not take now
	last    item
}

// settle hands the verdicts to the queue.
func (s *sender) settle(t tally) {
	s.queue.settle(t.Stats, t.settled, s.batch.oldest())
}

// apply follows the word on each document, and reports whether any of them
// got its verdict.
func (s *sender) apply(out outcome, docs []document) (progress bool) {
	s.relax()
	var t tally
	for i := range docs {
		s.applyItem(&t, &docs[i], out.item(i), out.fate)
	}
	t.Retries = uint64(t.waiting)
	s.settle(t)
	if t.waiting > 0 {
		s.alarms.raise(alarmItems, fmt.Sprintf("%d documents for %s wait: status %d: %s: %s",
			t.waiting, s.poster.target, t.last.status, t.last.cause.Type, t.last.cause.Reason))
	}
	return t.settled > 0
}

func (s *sender) applyItem(t *tally, d *document, word item, f fate) {
	if f != answered {
		s.buryRefused(t, d, word, f)
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
		s.buryRefused(t, d, word, f)
		return
	case verdictRetry:
		t.waiting++
		t.last = word
		return
	}
	d.settled = true
	t.settled++
}

// keep notes why a request has to be repeated.
func (s *sender) keep(ctx context.Context, out outcome, docs []document) {
	s.settle(tally{Stats: Stats{Retries: uint64(len(docs))}})
	if out.doubt {
		s.poster.doubt()
	} else {
		s.strain(len(docs))
	}
	if ctx.Err() == nil {
		s.alarms.raise(out.reason, fmt.Sprintf("%d documents for %s wait: %s", len(docs), s.poster.target, out.detail))
	}
}

// strain halves the requests once several have failed.
func (s *sender) strain(n int) {
	if s.failures++; s.limit > 0 || s.failures >= failuresBeforeHalving {
		s.limit = max(1, n/2)
	}
}

// relax lets requests grow after an answer.
func (s *sender) relax() {
	s.failures = 0
	if s.limit *= 2; s.limit > len(s.batch.docs) {
		s.limit = 0
	}
}

// buryLine makes a dead letter of a line that cannot be a document.
func (s *sender) buryLine(t *tally, d *document, reason string) {
	letter := deadLetter{Reason: reason}
	if reason == reasonTooLong {
		letter.ErrorReason = fmt.Sprintf("%d bytes, of which the first %d are kept", d.full, d.size)
	}
	s.bury(t, d, letter)
}

// buryRefused makes a dead letter of a document that the server, or the
// client, will not take.
func (s *sender) buryRefused(t *tally, d *document, word item, f fate) {
	letter := deadLetter{Reason: reasonRefused, Status: word.status, ErrorType: word.cause.Type, ErrorReason: word.cause.Reason}
	if f == unknowable {
		letter.Reason = reasonProduct
	}
	s.bury(t, d, letter)
}

func (s *sender) bury(t *tally, d *document, letter deadLetter) {
	d.settled = true
	t.settled++
	letter.Time, letter.Target = time.Now().UTC(), s.poster.target
	if err := writeDeadLetter(s.config.DeadLetter, letter.withDocument(s.batch.original(d))); err != nil {
		t.Dropped.DeadLetter++
		s.alarms.raise(alarmDeadFailed, "a dead letter is lost: "+err.Error())
		return
	}
	t.DeadLettered.count(letter.Reason)
	s.alarms.raise(alarmFor(letter.Reason), fmt.Sprintf("a line for %s will not be stored: %s", s.poster.target, letter.text()))
}

func alarmFor(reason string) string {
	if reason == reasonProduct {
		return alarmProduct
	}
	return alarmDeadLetter
}
