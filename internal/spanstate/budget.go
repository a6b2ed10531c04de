package spanstate

import (
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// The SDK keeps a limited number of events per span and evicts the oldest, so that the cause of a failure disappears
// first; events once added cannot be removed. The budget therefore never adds more than the limit. Of 128 places:
//
//	                             first  Warn and above  held back  exceptions
//	end of the span is certain      64              30   up to 62           2
//	every other span                96              30          -           2
//
// Held-back events wait in a ring and are added at the end of the span, the newest of them, in all places that are free
// then: so 126 calls lose nothing. Other limits are divided in proportion.
const (
	fullLimit      = 128
	shareWarn      = 30
	shareHeld      = 62
	shareException = 2
)

// DroppedKey is the attribute of a span that says how many events were left out.
const DroppedKey = "log.events.dropped"

// SeverityKey is the first attribute of every log event, by which one is known among the events of others.
const SeverityKey = "log.severity"

// stockLimit is how many events the SDK keeps on a span of a provider that is not one of setup's.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#span-limits
var stockLimit = sync.OnceValue(func() int {
	n, err := strconv.Atoi(os.Getenv("OTEL_SPAN_EVENT_COUNT_LIMIT"))
	if err != nil || n < 0 {
		return fullLimit
	}
	return n
})

func share(part, limit int) int { return part * limit / fullLimit }

// budget counts the events of one span, beside State.left and State.dropped. Under the state's lock, but for the first
// three, which never change.
type budget struct {
	limit      int  // events that the SDK keeps on this span
	certain    bool // the end of the span will be seen
	seen       bool // by a processor of setup, which calls Ended
	warnings   int  // places used, by kind
	exceptions int
	settled    int       // held-back events that were added
	others     int       // of package span, in places of the first kind
	logged     int       // log events that were given to the span in other places than those
	held       []Pending // ring, once it is full; oldest at next
	next       int
}

// firsts is how many places of the first kind there are.
func (b *budget) firsts() int {
	n := b.limit - share(shareWarn, b.limit) - share(shareException, b.limit)
	if b.certain {
		n = b.limit - share(shareHeld, b.limit) - share(shareException, b.limit)
	}
	return n
}

// holds reports whether events that find no place wait for the end of the span.
func (b *budget) holds() bool { return b.certain && share(shareHeld, b.limit) > 0 }

// Pending is an event that is held back until the end of the span.
type Pending struct {
	Name  string
	Time  time.Time
	Attrs []attribute.KeyValue
}

// Place says what becomes of an event.
type Place uint8

const (
	Drop Place = iota // there is no place; the event is counted
	Add               // add it now
	Hold              // give it to State.Hold
)

// takeFirst takes a place of the first kind, if one is left.
func (st *State) takeFirst() bool { return st.left.Load() > 0 && st.claimFirst() }

// claimFirst is takeFirst for who has seen that one is left: another may have been faster.
func (st *State) claimFirst() bool { return st.left.Add(-1) >= 0 }

// firstsUsed is how many places of the first kind were taken.
func (st *State) firstsUsed() int { return st.budget.firsts() - int(max(0, st.left.Load())) }

// drop counts an event that is left out, and tells of it.
func (st *State) drop(s trace.Span) Place {
	tell(s, int(st.dropped.Add(1)))
	return Drop
}

// take takes a place beyond those of the first kind; Drop where there is none. The state's lock is held.
func (b *budget) take(warning bool) Place {
	switch {
	case warning && b.warnings < share(shareWarn, b.limit):
		b.warnings++
	case b.holds():
		return Hold
	default:
		return Drop
	}
	return Add
}

// AddException adds an exception event to s, or holds it back, or counts it: it has places of its own, then those of a
// warning.
func (st *State) AddException(s trace.Span, name string, attrs []attribute.KeyValue) {
	switch st.admitException(s) {
	case Add:
		s.AddEvent(name, trace.WithAttributes(attrs...))
	case Hold:
		st.Hold(name, time.Now(), attrs)
	}
}

func (st *State) admitException(s trace.Span) Place {
	place := st.exceptionPlace()
	if place == Drop {
		st.drop(s)
	}
	return place
}

func (st *State) exceptionPlace() Place {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.budget.exceptions < share(shareException, st.budget.limit) {
		st.budget.exceptions++
		return Add
	}
	if st.takeFirst() {
		st.budget.others++
		return Add
	}
	return st.budget.take(true)
}

// Hold keeps an event until the end of the span; the oldest one gives way. It copies attrs into memory that is used
// again.
func (st *State) Hold(name string, at time.Time, attrs []attribute.KeyValue) {
	st.mu.Lock()
	defer st.mu.Unlock()
	b := &st.budget
	if len(b.held) < share(shareHeld, b.limit) {
		b.held = append(b.held, Pending{name, at, slices.Clone(attrs)})
		return
	}
	p := &b.held[b.next]
	p.Name, p.Time, p.Attrs = name, at, append(p.Attrs[:0], attrs...)
	b.next = (b.next + 1) % len(b.held)
	st.dropped.Add(1)
}

// settle adds what was held back, as far as there is room, newest first choice, in order of the calls.
func (st *State) settle(s trace.Span) {
	st.mu.Lock()
	held, dropped := st.release()
	for _, p := range held {
		if IsLog(p.Attrs) {
			st.budget.logged++
		}
	}
	st.mu.Unlock()
	for _, p := range held {
		s.AddEvent(p.Name, trace.WithTimestamp(p.Time), trace.WithAttributes(p.Attrs...))
	}
	if dropped > 0 {
		s.SetAttributes(attribute.Int(DroppedKey, dropped))
	}
}

// release empties the ring, and returns what of it has a place, and how many events were left out in all. The lock is held.
func (st *State) release() (held []Pending, dropped int) {
	b := &st.budget
	free := b.limit - share(shareException, b.limit) - st.firstsUsed() - b.warnings - b.settled
	held = append(slices.Clone(b.held[b.next:]), b.held[:b.next]...)
	if over := len(held) - max(0, free); over > 0 {
		held = held[over:]
		st.dropped.Add(int64(over))
	}
	b.settled += len(held)
	b.held, b.next = nil, 0
	return held, int(st.dropped.Load())
}

// tell says on the span how many events were left out so far: at 1, 2, 4, 8 and so on, since the end may not be seen.
func tell(s trace.Span, dropped int) {
	if dropped&(dropped-1) == 0 {
		s.SetAttributes(attribute.Int(DroppedKey, dropped))
	}
}

// IsLog reports whether an event with these attributes was made of a log call.
func IsLog(attrs []attribute.KeyValue) bool { return len(attrs) > 0 && attrs[0].Key == SeverityKey }
