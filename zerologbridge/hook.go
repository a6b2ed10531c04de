package zerologbridge

import (
	"reflect"
	"slices"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// hook runs when a line is complete but for its message. It never changes and is safe for concurrent use.
type hook struct {
	buffer
	inside
	fields
	call uintptr // tells calls of this hook from those of others: two loggers never see the same call

	stamps  bool // writes the time: a logger of New
	renames bool // its writer renames, or hides
	out     any  // that *writer; its type here would link all of it into programs that use Wrap alone

	redacts bool
	leaves  bool // a line without a span and fields of its contexts stays as it is
	idles   bool // and there is no log record of it either: nothing is to be done

	ids      *finder // of their names on a line
	idKey    string  // the first id of a line, "" if all are left out
	idSkip   int     // bytes of its name, as Rules.AppendIDs writes it
	others   *finder // of the names of constant fields
	constKey string  // the first constant field, "" if there is none
	constant []byte  // its value, and all other constant fields; a mark behind it
}

func newHook(rules *events.Rules) *hook {
	h := &hook{buffer: findBuffer(), inside: findInside(), fields: fields{rules, bit("event.name")}, redacts: rules.Redacts()}
	h.call = reflect.ValueOf(h).Pointer()
	n := rules.Names()
	ids := slices.DeleteFunc([]string{n.TraceID, n.SpanID, n.TraceFlags}, func(name string) bool { return name == "" })
	if h.ids = newFinder(ids); len(ids) > 0 {
		h.idKey, h.idSkip = ids[0], prefix(ids[0])
	}
	for _, name := range ids {
		h.names |= bit(name)
	}
	var others []string
	for _, kv := range rules.Constant() {
		others = append(others, string(kv.Key))
	}
	if h.others = newFinder(others); len(others) > 0 {
		h.constKey, h.constant = others[0], append(rules.AppendConstant(nil), mark)[prefix(others[0]):]
	}
	h.leaves = h.constKey == "" && !h.redacts
	h.idles = h.leaves && !rules.Records() && !cbor
	return h
}

// prefix is how many bytes a member has before its value, with the comma before it.
func prefix(name string) int {
	return len(events.AppendJSONString(nil, name)) + len(",:")
}

// Run implements zerolog.Hook. What a function of the policy or of zerolog's globals raises must not end the program.
func (h *hook) Run(e *zerolog.Event, level zerolog.Level, message string) {
	if !e.Enabled() {
		return
	}
	defer survive()
	scope := h.rules.Scope(e.GetCtx(), nil) // With binds through the logger's own context
	fatal := level == zerolog.FatalLevel || level == zerolog.PanicLevel
	if h.idles && !fatal && !scope.Traced() && len(scope.Fields()) == 0 {
		return
	}
	call, seen := events.Call{PC: h.call, Message: message}, glance{line: h.of(e)}
	if h.stamps {
		call.Time = timestamp()
	}
	if ev := h.rules.Begin(&scope, levelOf(level), &call); ev != nil {
		if !h.stamps {
			call.Time = time.Now() // 40 ns that only an event is worth
		}
		h.record(ev, &seen, level)
		ev.End(severityOf(level), message, call.Time)
	}
	if fatal && h.ends(e) {
		h.rules.FlushSpans(scope, level == zerolog.FatalLevel)
	}
	h.complete(e, call.Time, &scope, &seen)
}

func survive() { _ = recover() }

// complete makes the line what the policy wants it to be.
func (h *hook) complete(e *zerolog.Event, now time.Time, scope *events.Scope, seen *glance) {
	if cbor {
		h.addPlainly(e, now, scope)
		return
	}
	traced := scope.Traced()
	if !traced && h.leaves && len(scope.Fields()) == 0 {
		return
	}
	ours, line := h.renames && h.goesTo(e, h.out), seen.line
	var moved []attribute.KeyValue
	if h.stamps && !seen.flat && !soFar(line) {
		moved = h.yield(mend(line, h.rules), traced, !ours)
	}
	moved = append(moved, h.clear(line, traced && (seen.ids || !seen.flat), !ours)...)
	if h.redacts {
		masker{h.rules, line, ours}.object("", 0, len(line))
	}
	h.add(e, now, scope, ours)
	for _, kv := range moved {
		e.Str(string(kv.Key), kv.Value.AsString())
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
