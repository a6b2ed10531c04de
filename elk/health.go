package elk

import "time"

// passing is how long a trouble that comes in single events counts.
const passing = time.Minute

// The reasons of Health beside those of alarms.
const healthClosed = "closed"

// Health is what a readiness probe may ask. It comes from what the shipper
// has seen while it sent; asking causes no traffic and takes no time.
type Health struct {
	// OK is true while lines are on their way, also before the first one and
	// when there has been none for long.
	OK bool
	// Reason is empty if OK, else one of Alarm's reasons unreachable,
	// unauthorized, busy, unexpected_status, unbelievable_answer, from the
	// first such request until the server has answered one with verdicts;
	// or documents_waiting, ring_full, dead_letter_failed, spool_full,
	// spool_failed, spool_damaged, until a minute after the last; or
	// dead_letter or product_check, until then or until a document is stored,
	// when ten lines or more became dead letters and none was stored; or
	// closed.
	Reason string
	// Message is for people, without secrets. It may be empty. If OK, it
	// tells of a dead letter in the last minute, or is empty.
	Message string
	// Since is when the trouble began.
	Since time.Time
	// LastSuccess is when documents were last stored; zero: never.
	LastSuccess time.Time
	// Pending are the lines without a verdict.
	Pending uint64
}

// Health tells whether lines arrive, and if not, why and since when.
func (s *Shipper) Health() Health {
	if s.isZero() {
		return Health{Reason: healthClosed}
	}
	h := s.alarms.health(time.Now())
	h.Pending = s.Stats().Pending
	if s.queue.isClosed() {
		h.OK, h.Reason, h.Message, h.Since = false, healthClosed, "", time.Time{}
	}
	return h
}

func (a *alarms) health(now time.Time) Health {
	a.mu.Lock()
	h := a.pulse.health(now)
	a.mu.Unlock()
	h.Message = a.secrets.clean(h.Message)
	return h
}

// pulse keeps what Health tells.
type pulse struct {
	lastSuccess time.Time
	lasting     trouble // no request gets through
	event       trouble // one document or some did not
	dead        trouble // dead letters
	deadInRow   int     // since a document was stored
}

// allDead is how many dead letters in a row show that all are.
const allDead = 10

type trouble struct {
	reason, message string
	since, last     time.Time
}

func (p *pulse) note(reason, message string, now time.Time) {
	switch reason {
	case alarmUnreachable, alarmUnauthorized, alarmBusy, alarmUnexpected, alarmUnbelieved:
		p.lasting.again(reason, message, now)
	case alarmItems, alarmRingFull, alarmDeadFailed, alarmSpoolFull, alarmSpoolFailed, alarmSpoolDamaged:
		p.event.onceMore(reason, message, now)
	case alarmDeadLetter, alarmProduct:
		p.dead.onceMore(reason, message, now)
		p.deadInRow++
	}
}

func (t *trouble) again(reason, message string, now time.Time) {
	if t.reason == "" {
		t.since = now
	}
	t.reason, t.message, t.last = reason, message, now
}

// onceMore is again for what is over when it has not come for long.
func (t *trouble) onceMore(reason, message string, now time.Time) {
	if now.Sub(t.last) >= passing {
		*t = trouble{}
	}
	t.again(reason, message, now)
}

func (p *pulse) answered(stored bool, now time.Time) {
	p.lasting = trouble{}
	if stored {
		p.lastSuccess, p.deadInRow = now, 0
	}
}

func (p *pulse) health(now time.Time) Health {
	worst := p.lasting
	if worst.reason == "" && now.Sub(p.event.last) < passing {
		worst = p.event
	}
	dead := now.Sub(p.dead.last) < passing
	if worst.reason == "" && dead && p.deadInRow >= allDead {
		worst = p.dead
	}
	h := Health{OK: worst.reason == "", Reason: worst.reason, Message: worst.message, Since: worst.since, LastSuccess: p.lastSuccess}
	if h.OK && dead {
		h.Message = p.dead.message
	}
	return h
}
