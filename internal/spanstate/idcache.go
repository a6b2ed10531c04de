package spanstate

import (
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// IDCache holds, for each value of the last byte of a span id, a form of the ids of such a span that was asked for last.
// So the ids are encoded once per span, and a line takes 15 ns for them instead of 55, without an allocation.
type IDCache[T any] [256]atomic.Pointer[idEntry[T]]

// idEntry is a form of one span's ids. It never changes.
type idEntry[T any] struct {
	key   Key
	flags trace.TraceFlags
	form  T
}

// Find returns the form of the ids of a valid span, nil if it has not been kept, or its place was taken since.
func (c *IDCache[T]) Find(sc *trace.SpanContext) *T {
	key := KeyOf(sc)
	return c.Of(&key, sc.TraceFlags())
}

// Of is Find for a span whose ids are at hand.
func (c *IDCache[T]) Of(key *Key, flags trace.TraceFlags) *T {
	if e := c[key.Byte()].Load(); e != nil && e.key == *key && e.flags == flags {
		return &e.form
	}
	return nil
}

// Keep puts the form where Find finds it, and returns it.
func (c *IDCache[T]) Keep(sc *trace.SpanContext, form T) *T {
	e := &idEntry[T]{KeyOf(sc), sc.TraceFlags(), form}
	c[e.key.Byte()].Store(e)
	return &e.form
}
