package spanstate

import (
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// endings holds the tracer providers that call Ended for each span that ends, and how many events their spans keep.
var endings sync.Map // trace.TracerProvider -> int

// SeeEnds registers a provider that calls Ended for each of its spans: the end of every span of it is certain, whatever
// starts the span. Limit is its EventCountLimit; a negative one, for no limit, counts as 128. A provider that cannot be
// compared is not registered.
func SeeEnds(p trace.TracerProvider, limit int) {
	if limit < 0 {
		limit = fullLimit
	}
	if isComparable(p) {
		endings.Store(p, limit)
	}
}

// UnseeEnds ends what SeeEnds began, for spans that are not known yet.
func UnseeEnds(p trace.TracerProvider) {
	if isComparable(p) {
		endings.Delete(p)
	}
}

// budgetOf is the budget of a span that is new to the table.
func budgetOf(s trace.Span) budget {
	if p := s.TracerProvider(); isComparable(p) {
		if limit, ok := endings.Load(p); ok {
			return budget{limit: limit.(int), certain: true, seen: true}
		}
	}
	return budget{limit: stockLimit()}
}

func (st *State) endIsSeen() bool { return st.budget.seen }

// Rest is what the end of a span finds.
type Rest struct {
	Held    []Pending // the newest of the events that are still held back, in order of the calls; the caller's
	Dropped int       // events that were left out in all
	Logged  int       // log events that were given to the span before
}

// Ended forgets a span that has ended, and returns what is left of it, with at most room events held back.
func Ended(sc trace.SpanContext, room int) (r Rest) {
	k := keyOf(sc)
	st := shardOf(k).remove(k)
	if st == nil {
		return r
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	r.Held, r.Dropped = st.release()
	r.Logged = st.firstsUsed() - st.budget.others + st.budget.logged
	if over := len(r.Held) - max(0, room); over > 0 {
		r.Held = r.Held[over:]
		r.Dropped += over
	}
	return r
}

// Begun makes the parent of a span known that other code has started, so that an error on the span counts for all of its
// local ancestors: [Of] finds a parent only where it is known. The span itself becomes known when something happens on it.
func Begun(parent trace.Span, s interface{ Parent() trace.SpanContext }) {
	if keyOf(parent.SpanContext()) == keyOf(s.Parent()) && parent.IsRecording() {
		Of(parent)
	}
}
