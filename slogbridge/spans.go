package slogbridge

import (
	"log/slog"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

// remembered is how many handlers of spans are kept for each handler.
const remembered = 32

// traced is the handler of calls with a span, held back from the first group on.
//
// Where it is one of slog's own, which do nothing with bound attributes but to encode them once, the ids are bound to it,
// once for each span: a line then takes 10 ns for them instead of 450. Any other handler may tell bound attributes from
// those of a record, or begin anew with them (count, sample, compare), and gets the ids in each record.
type traced struct {
	slog.Handler
	binds bool
	spans [remembered]atomic.Pointer[spanHandler] // by the last byte of the span's id
}

// spanHandler is a handler that has the ids of a span. It never changes.
type spanHandler struct {
	handler slog.Handler
	traceID trace.TraceID
	spanID  trace.SpanID
	flags   trace.TraceFlags
}

func newTraced(h slog.Handler) *traced { return &traced{Handler: h, binds: writes(h)} }

// of returns the handler for a line of the span, and the ids that it is still to be given.
func (t *traced) of(rules *events.Rules, sc trace.SpanContext) (slog.Handler, []slog.Attr) {
	if !t.binds {
		return t.Handler, rules.IDAttrs(sc)
	}
	spanID := sc.SpanID()
	at := &t.spans[spanID[7]%remembered]
	if s := at.Load(); s != nil && s.spanID == spanID && s.traceID == sc.TraceID() && s.flags == sc.TraceFlags() {
		return s.handler, nil
	}
	s := &spanHandler{withAttrs(t.Handler, rules.IDAttrs(sc)), sc.TraceID(), spanID, sc.TraceFlags()}
	at.Store(s)
	return s.handler, nil
}
