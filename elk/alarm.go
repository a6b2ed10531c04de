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
)

// Alarm says what went wrong. Its text holds no document and no credentials,
// but it may quote what the server wrote about a field.
type Alarm struct {
	Time time.Time
	// Reason is one of ring_full, dead_letter, dead_letter_failed,
	// unreachable, unauthorized, busy, unexpected_status,
	// unbelievable_answer, documents_waiting and product_check.
	Reason string
	// Message is for people.
	Message string
	// Suppressed is how many alarms of this reason were not told since the
	// one before.
	Suppressed int
}

// alarms tells a callback, from one goroutine, at a bounded rate.
type alarms struct {
	ch   chan Alarm
	done chan struct{}

	mu     sync.Mutex
	closed bool
	seen   map[string]*alarmRate
}

type alarmRate struct {
	last       time.Time
	suppressed int
}

// newAlarms starts the goroutine; a nil tell makes alarms that do nothing.
func newAlarms(tell func(Alarm)) *alarms {
	if tell == nil {
		return nil
	}
	a := &alarms{ch: make(chan Alarm, 16), done: make(chan struct{}), seen: map[string]*alarmRate{}}
	go a.run(tell)
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
	rate := a.seen[reason]
	if rate == nil {
		rate = &alarmRate{}
		a.seen[reason] = rate
	}
	if a.closed || !rate.last.IsZero() && now.Sub(rate.last) < alarmEvery {
		rate.suppressed++
		return
	}
	select {
	case a.ch <- Alarm{Time: now, Reason: reason, Message: message, Suppressed: rate.suppressed}:
		*rate = alarmRate{last: now}
	default:
		rate.suppressed++
	}
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
	waitFor(a.done, grace)
}

func waitFor(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}
