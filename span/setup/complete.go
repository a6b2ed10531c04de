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
	dropped    int // log events that were left out
}

func (s *completed) Attributes() []attribute.KeyValue { return s.attributes }
func (s *completed) Events() []sdktrace.Event         { return s.events }
func (s *completed) DroppedEvents() int               { return s.ReadOnlySpan.DroppedEvents() + s.dropped }

// complete returns s itself if nothing was held back or left out.
func complete(s sdktrace.ReadOnlySpan, limits sdktrace.SpanLimits) sdktrace.ReadOnlySpan {
	events := s.Events()
	held, dropped := spanstate.Ended(s.SpanContext(), room(len(events), limits.EventCountLimit))
	if len(held) == 0 && dropped == 0 {
		return s
	}
	return &completed{
		ReadOnlySpan: s,
		attributes:   withDropped(s.Attributes(), dropped, limits.AttributeCountLimit),
		events:       merge(events, held, limits.AttributePerEventCountLimit),
		dropped:      dropped,
	}
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
