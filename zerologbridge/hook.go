package zerologbridge

import (
	"slices"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// hook runs when a line is complete but for its message. It never changes and is safe for concurrent use.
type hook struct {
	buffer
	rules    *events.Rules
	stamps   bool // writes the time
	relabels bool // moves the user's fields that have the name of a constant one: no writer of ours comes behind

	ids      *finder // of their names on a line
	idKey    string  // the first id of a line, "" if all are left out
	idSkip   int     // bytes of its name, as Rules.AppendIDs writes it
	others   *finder // of the names of constant fields
	constKey string  // the first constant field, "" if there is none
	constant []byte  // its value, and all other constant fields
}

func newHook(rules *events.Rules) *hook {
	h := &hook{buffer: findBuffer(), rules: rules}
	n := rules.Names()
	ids := slices.DeleteFunc([]string{n.TraceID, n.SpanID, n.TraceFlags}, func(name string) bool { return name == "" })
	if h.ids = newFinder(ids); len(ids) > 0 {
		h.idKey, h.idSkip = ids[0], prefix(ids[0])
	}
	var others []string
	for _, kv := range rules.Constant() {
		others = append(others, string(kv.Key))
	}
	if h.others = newFinder(others); len(others) > 0 {
		h.constKey, h.constant = others[0], rules.AppendConstant(nil)[prefix(others[0]):]
	}
	return h
}

// prefix is how many bytes a member has before its value, with the comma before it.
func prefix(name string) int {
	return len(events.AppendJSONString(nil, name)) + len(",:")
}

// Run implements zerolog.Hook.
func (h *hook) Run(e *zerolog.Event, level zerolog.Level, message string) {
	if !e.Enabled() {
		return
	}
	span := spanstate.SpanOf(e.GetCtx())
	sc := span.SpanContext()
	traced := sc.IsValid()
	if !traced && !h.stamps && h.constKey == "" {
		return
	}
	line := h.of(e)
	var now time.Time
	if h.stamps {
		now = timestamp()
	}
	if traced {
		if ev := h.rules.Begin(span, levelOf(level)); ev != nil {
			record(ev, h.rules, line, level)
			ev.End(severityOf(level), message, now)
		}
	}
	if line == nil {
		h.addPlainly(e, now, sc)
		return
	}
	moved := h.clear(line, traced)
	h.add(e, now, sc)
	for _, m := range moved {
		e.Str(m.Key, m.Value)
	}
}

// timestamp is the time of the call.
func timestamp() time.Time {
	if zerolog.TimestampFunc == nil {
		return time.Now()
	}
	return zerolog.TimestampFunc()
}

func (h *hook) timeKey() string {
	return either(h.rules.Names().Time, zerolog.TimestampFieldName)
}

func either(name, missing string) string {
	if name == "" {
		return missing
	}
	return name
}

// add writes time, ids and constant fields. All but the first key of each part goes into what zerolog takes for that
// key's value: it copies raw JSON as it is, and a line is then two steps instead of ten.
func (h *hook) add(e *zerolog.Event, now time.Time, sc trace.SpanContext) {
	var memory [256]byte
	switch b := memory[:0]; {
	case h.stamps:
		b = append(b, '"')
		b = now.AppendFormat(b, time.RFC3339Nano)
		b = append(b, '"')
		e.RawJSON(h.timeKey(), h.rules.AppendIDs(b, sc))
	case h.idKey != "" && sc.IsValid():
		e.RawJSON(h.idKey, h.rules.AppendIDs(b, sc)[h.idSkip:])
	}
	if h.constKey != "" {
		e.RawJSON(h.constKey, h.constant)
	}
}

// addPlainly does the same for a line whose encoding is not known.
func (h *hook) addPlainly(e *zerolog.Event, now time.Time, sc trace.SpanContext) {
	if h.stamps {
		e.Str(h.timeKey(), now.Format(time.RFC3339Nano))
	}
	ids, n := h.rules.IDs(sc)
	for _, id := range ids[:n] {
		e.Str(id.Key, id.Value)
	}
	for _, kv := range h.rules.Constant() {
		e.Interface(string(kv.Key), kv.Value.AsInterface())
	}
}
