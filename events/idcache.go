package events

import (
	"log/slog"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// encoded are the ids of one span in all forms that lines want. It never changes.
type encoded struct {
	traceID trace.TraceID
	spanID  trace.SpanID
	flags   trace.TraceFlags

	members string                // as JSON, each after a comma
	fields  [3]attribute.KeyValue // the same as fields
	n       int                   // of them
	attrs   []slog.Attr           // the same for package slog
}

// idCache holds, for each value of the last byte of a span id, the ids of such a span that were asked for last. So the
// ids are encoded once per span, and a line takes 15 ns for them instead of 55, without an allocation.
type idCache [256]atomic.Pointer[encoded]

// idsOf returns the ids of a valid span.
func (r *Rules) idsOf(sc *trace.SpanContext) *encoded {
	traceID, spanID, flags := sc.TraceID(), sc.SpanID(), sc.TraceFlags()
	at := &r.encoded[spanID[7]]
	if e := at.Load(); e != nil && e.spanID == spanID && e.traceID == traceID && e.flags == flags {
		return e
	}
	var memory [192]byte
	e := &encoded{traceID: traceID, spanID: spanID, flags: flags}
	e.members = string(r.ids.appendTo(memory[:0], sc))
	e.fields, e.n = r.ids.fields(sc)
	for _, kv := range e.fields[:e.n] {
		e.attrs = append(e.attrs, slog.Any(string(kv.Key), kv.Value.AsInterface()))
	}
	at.Store(e)
	return e
}
