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

func (st *State) endIsSeen() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.budget.seen
}

// Ended forgets a span that has ended, and returns the newest of the events that are still held back, at most room, in
// order of the calls, and how many events were left out in all. The events are the caller's.
func Ended(sc trace.SpanContext, room int) (held []Pending, dropped int) {
	k := keyOf(sc)
	st := shardOf(k).remove(k)
	if st == nil {
		return nil, 0
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	held, dropped = st.budget.release()
	if over := len(held) - max(0, room); over > 0 {
		held = held[over:]
		dropped += over
	}
	return held, dropped
}
