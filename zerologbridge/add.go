package zerologbridge

import (
	"slices"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// mark is a blank before the first value that the hook writes and behind the last one. It is valid JSON, and tells the
// rewriter which fields of a line are ours; no line that leaves our writer has it.
const mark = ' '

// add writes time, ids, the contexts' fields and constant fields. All but the first key of each part goes into what
// zerolog takes for that key's value: it copies raw JSON as it is, and a line is then two steps instead of ten.
func (h *hook) add(e *zerolog.Event, now time.Time, scope *events.Scope, marked bool) {
	var memory [256]byte
	b, key := memory[:0], ""
	if h.stamps {
		key = h.timeKey()
		if marked {
			b = append(b, mark)
		}
		b = now.AppendFormat(append(b, '"'), time.RFC3339Nano)
		b = append(b, '"')
	}
	b = h.rules.AppendScopeIDs(b, scope)
	ids := len(b) > 0 // asked where no time is before them
	b = h.rules.AppendScope(b, scope)
	switch {
	case h.stamps || len(b) == 0:
	case ids:
		key, b = h.idKey, b[h.idSkip:]
	default:
		key, b = split(b)
	}
	if marked && h.constKey == "" {
		b = append(b, mark)
	}
	if len(b) > 0 {
		e.RawJSON(key, b)
	}
	h.addConstant(e, marked)
}

func (h *hook) addConstant(e *zerolog.Event, marked bool) {
	switch {
	case h.constKey == "":
	case marked:
		e.RawJSON(h.constKey, h.constant)
	default:
		e.RawJSON(h.constKey, h.constant[:len(h.constant)-1])
	}
}

// split takes the first key off members that each have a comma in front.
func split(b []byte) (key string, rest []byte) {
	s := scanner{b: b, i: 1}
	s.header(0)
	return text(string(b), s.head.key, s.head.keyEnd, s.head.odd), b[s.head.value:]
}

// addPlainly does the same for a line in CBOR.
func (h *hook) addPlainly(e *zerolog.Event, now time.Time, scope *events.Scope) {
	if h.stamps {
		e.Str(h.timeKey(), now.Format(time.RFC3339Nano))
	}
	ids, n := h.rules.IDs(scope.Span.SpanContext())
	addAttributes(e, ids[:n])
	addAttributes(e, slices.DeleteFunc(slices.Clone(scope.Fields()), func(kv attribute.KeyValue) bool {
		return h.rules.IsID(string(kv.Key))
	}))
	addAttributes(e, h.rules.Constant())
}

func addAttributes(e *zerolog.Event, fields []attribute.KeyValue) {
	for _, kv := range fields {
		e.Interface(string(kv.Key), kv.Value.AsInterface())
	}
}
