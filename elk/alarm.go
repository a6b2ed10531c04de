package elk

import (
	"sync"
	"time"
)

// alarmEvery is the least time between two alarms of one reason.
const alarmEvery = 10 * time.Second

// The reasons of alarms.
const (
	alarmRingFull     = "ring_full"
	alarmDeadLetter   = "dead_letter"
	alarmDeadFailed   = "dead_letter_failed"
	alarmUnreachable  = "unreachable"
	alarmUnauthorized = "unauthorized"
	alarmBusy         = "busy"
	alarmUnexpected   = "unexpected_status"
	alarmUnbelieved   = "unbelievable_answer"
	alarmItems        = "documents_waiting"
	alarmProduct      = "product_check"
	alarmSpoolFull    = "spool_full"
	alarmSpoolFailed  = "spool_failed"
	alarmSpoolDamaged = "spool_damaged"
	alarmSpoolRefused = "spool_refused"
	alarmSpoolWorks   = "spool_works"
)

// Alarm says what went wrong. Its text holds no credentials, and of what the
// server wrote only what comes before it quotes a document.
type Alarm struct {
	Time time.Time
	// Reason is one of ring_full, dead_letter, dead_letter_failed,
	// unreachable, unauthorized, busy, unexpected_status,
	// unbelievable_answer, documents_waiting, product_check, other_product,
	// parameter_dropped, lookup_refused, too_many_datasets; and of the spool
	// spool_full, spool_failed, spool_damaged, spool_refused (what another
	// process left there is not touched) and spool_works (again).
	Reason string
	// Message is for people.
	Message string
	// Suppressed is how many alarms of this reason were not told since the
	// one before.
	Suppressed int
}

// alarms tells a callback, from one goroutine, at a bounded rate, and keeps
// what Shipper.Health tells. Nil alarms do nothing.
type alarms struct {
	ch      chan Alarm
	done    chan struct{} // nil: there is nobody to tell
	secrets *secrets

	mu     sync.Mutex
	closed bool
	seen   map[string]*alarmRate
	pulse  pulse
}

type alarmRate struct {
	last       time.Time
	suppressed int
}

// newAlarms starts the goroutine if there is a callback.
func newAlarms(tell func(Alarm), hidden *secrets) *alarms {
	a := &alarms{ch: make(chan Alarm, 16), secrets: hidden, seen: map[string]*alarmRate{}}
	if tell != nil {
		a.done = make(chan struct{})
		go a.run(tell)
	}
	return a
}

func (a *alarms) run(tell func(Alarm)) {
	defer close(a.done)
	for alarm := range a.ch {
		shielded(func() { tell(alarm) })
	}
}

// shielded runs the caller's code and keeps its panic from the shipper.
func shielded(f func()) {
	defer func() { _ = recover() }()
	f()
}

// raise never waits: what the callback is too slow for is counted as
// suppressed.
func (a *alarms) raise(reason, message string) {
	if a == nil {
		return
	}
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pulse.note(reason, message, now)
	if a.done != nil {
		a.tell(reason, message, now)
	}
}

// tell queues an alarm unless it comes too soon. Under mu.
func (a *alarms) tell(reason, message string, now time.Time) {
	rate := a.seen[reason]
	if rate == nil {
		rate = &alarmRate{}
		a.seen[reason] = rate
	}
	if a.closed || !rate.last.IsZero() && now.Sub(rate.last) < alarmEvery || len(a.ch) == cap(a.ch) {
		rate.suppressed++
		return
	}
	// There is room: only this method sends, under mu.
	a.ch <- Alarm{Time: now, Reason: reason, Message: a.secrets.clean(message), Suppressed: rate.suppressed}
	*rate = alarmRate{last: now}
}

// answered notes an answer of the server to a request's documents, of which it
// has stored some.
func (a *alarms) answered(stored uint64) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pulse.answered(stored > 0, time.Now())
}

// clean returns a text of the server's or the caller's without secrets.
func (a *alarms) clean(text string) string {
	if a == nil {
		return text
	}
	return a.secrets.clean(text)
}

// close ends the goroutine once it has told what is queued, and waits for it
// no longer than grace.
func (a *alarms) close(grace time.Duration) {
	if a == nil {
		return
	}
	a.mu.Lock()
	a.closed = true
	close(a.ch)
	a.mu.Unlock()
	if a.done != nil {
		waitFor(a.done, grace)
	}
}

func waitFor(done <-chan struct{}, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
