package setup

import (
	"math"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// completed is a span that has ended, with the log events that were held back
// for it.
type completed struct {
	sdktrace.ReadOnlySpan
	attributes []attribute.KeyValue
	events     []sdktrace.Event
	dropped    int // log events that never reached the span
}

func (s *completed) Attributes() []attribute.KeyValue { return s.attributes }
func (s *completed) Events() []sdktrace.Event         { return s.events }
func (s *completed) DroppedEvents() int               { return s.ReadOnlySpan.DroppedEvents() + s.dropped }

// complete returns s itself if nothing was held back or left out.
func complete(s sdktrace.ReadOnlySpan, limits sdktrace.SpanLimits) sdktrace.ReadOnlySpan {
	events := s.Events()
	rest := spanstate.Ended(s.SpanContext(), room(len(events), limits.EventCountLimit))
	gone := evicted(s, events, rest.Logged)
	if len(rest.Held) == 0 && rest.Dropped == 0 && gone == 0 {
		return s
	}
	return &completed{
		ReadOnlySpan: s,
		attributes:   withDropped(s.Attributes(), rest.Dropped+gone, limits.AttributeCountLimit),
		events:       merge(events, rest.Held, limits.AttributePerEventCountLimit),
		dropped:      rest.Dropped,
	}
}

// evicted is how many of the log events that were given to s its other events have pushed out: the SDK counts those with
// its own, and does not say which they were.
func evicted(s sdktrace.ReadOnlySpan, events []sdktrace.Event, logged int) int {
	if logged == 0 || s.DroppedEvents() == 0 {
		return 0
	}
	for _, e := range events {
		if spanstate.IsLog(e.Attributes) {
			logged--
		}
	}
	return min(max(0, logged), s.DroppedEvents())
}

// room is how many events a span may still take; a negative limit is none.
func room(events, limit int) int {
	if limit < 0 {
		return math.MaxInt
	}
	return limit - events
}

// withDropped puts the exact number in place of the one that the span may
// carry already. It leaves the span's own slice alone.
func withDropped(attributes []attribute.KeyValue, dropped, limit int) []attribute.KeyValue {
	if dropped == 0 {
		return attributes
	}
	kv := attribute.Int(spanstate.DroppedKey, dropped)
	attributes = slices.Clone(attributes)
	if i := slices.IndexFunc(attributes, func(a attribute.KeyValue) bool { return a.Key == kv.Key }); i >= 0 {
		attributes[i] = kv
		return attributes
	}
	if limit >= 0 && len(attributes) >= limit {
		return attributes
	}
	return append(attributes, kv)
}

// merge returns the events in order of time, those of one time in order of the
// calls.
func merge(events []sdktrace.Event, held []spanstate.Pending, limit int) []sdktrace.Event {
	if len(held) == 0 {
		return events
	}
	all := slices.Grow(slices.Clone(events), len(held))
	for _, p := range held {
		all = append(all, event(p, limit))
	}
	slices.SortStableFunc(all, func(a, b sdktrace.Event) int { return a.Time.Compare(b.Time) })
	return all
}

// event cuts the attributes as the SDK's AddEvent does.
func event(p spanstate.Pending, limit int) sdktrace.Event {
	e := sdktrace.Event{Name: p.Name, Time: p.Time, Attributes: p.Attrs}
	if over := len(p.Attrs) - limit; limit >= 0 && over > 0 {
		e.Attributes, e.DroppedAttributeCount = p.Attrs[:limit:limit], over
	}
	return e
}
