package events

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

const (
	inline       = 32  // attributes of an event that need no memory of their own
	maxName      = 256 // bytes of an event's name
	noName       = "log"
	severityKey  = spanstate.SeverityKey
	sdkAttrLimit = 128 // the SDK's default number of attributes per event
)

// Call tells one log call from another: its time, the program counter of the call and the message, as far as the
// logger knows them.
type Call = spanstate.Call

// Event is one log call on its way to become a span event, a log record, or both: a bridge adds the fields and calls
// End. It is made by [Rules.Begin], belongs to one goroutine, and must not be touched after End.
type Event struct {
	Fields
	traces
	rules   *Rules
	span    trace.Span
	ctx     context.Context // holds span
	level   slog.Level
	record  bool // becomes a log record
	call    Call // of a log record
	most    int  // attributes in memory before they became others
	memory  [inline]attribute.KeyValue
	depths  [inline]uint16
	options options
}

var pool = sync.Pool{New: func() any { return &Event{options: newOptions()} }}

// Begin returns the event of a call at this level, or nil when the call leaves no trace: the span does not record, or
// is muted, or has no place left for one, or another output has made an event of the same call; and no log record is
// wanted. A nil result means: convert nothing. End must follow. It keeps neither the scope nor the call, which are not copied
// since that costs 15 ns where they were written a moment ago.
func (r *Rules) Begin(s *Scope, level slog.Level, c *Call) *Event {
	if !s.traced && r.logs == nil { // few enough words to be inlined
		return nil
	}
	return r.begin(s, level, c)
}

func (r *Rules) begin(s *Scope, level slog.Level, c *Call) *Event {
	emit := reaches(level, r.event) && (r.logs == nil || r.route == RouteBoth)
	fail := reaches(level, r.status)
	if !emit && !fail && r.logs == nil { // the span need not be asked, which costs a lock
		return nil
	}
	var t traces
	if !s.muted && s.Span.IsRecording() {
		t = r.onSpan(s, level, c, emit, fail)
	}
	record := r.logs != nil && r.recordEnabled(s, level) && r.firstRecord(s, c)
	if t.place == spanstate.Drop && !t.fail && !record {
		return nil
	}
	e := pool.Get().(*Event)
	e.rules, e.span, e.ctx, e.level, e.traces, e.record = r, s.Span, s.Context, level, t, record
	if record {
		e.call = *c
	}
	e.attrs, e.groups = e.memory[:1], e.depths[:0] // the first place is for the severity
	for _, kv := range s.fields[:s.events] {
		if !r.IsID(string(kv.Key)) {
			e.Add(kv)
		}
	}
	return e
}

// traces is what a call leaves on a recording span.
type traces struct {
	state *spanstate.State
	place spanstate.Place // what becomes of the span event
	fail  bool            // marks the span as failed
	told  bool            // another output has made an event of this call
}

func (r *Rules) onSpan(s *Scope, level slog.Level, c *Call, emit, fail bool) (t traces) {
	t.state = spanstate.OfKey(s.Span, &s.key)
	switch mine := r.claims(); {
	case emit:
		t.place, t.told = t.state.Take(s.Span, c, mine, level >= slog.LevelWarn)
		t.fail = fail && !t.told
	case mine == 0:
		t.fail = fail
	case fail:
		t.fail, t.told = t.state.ClaimStatus(c, mine)
	default:
		t.told = t.state.Told(c, mine)
	}
	return t
}

// claims is the number under which r claims calls; 0 where there is no other output to claim them.
func (r *Rules) claims() uint64 {
	if outputs.Load() > 1 {
		return r.output
	}
	return 0
}

// firstRecord reports whether no other output has made a log record of the call. One that has made an event only, since
// its policy has no Logs, leaves the record to this one.
func (r *Rules) firstRecord(s *Scope, c *Call) bool {
	return r.claims() == 0 || !s.Span.IsRecording() || spanstate.Of(s.Span).ClaimRecord(c, r.output)
}

func reaches(level slog.Level, least slog.Leveler) bool {
	l := least.Level()
	return level >= l && l != Off
}

// AddFields adds fields that were converted before.
func (e *Event) AddFields(f Fields) {
	if len(f.attrs) > 0 || f.err != nil || f.name != "" {
		e.addAll(&f)
	}
}

// AddSource adds the place of the call, by the semantic conventions for code. Empty parts are left out.
func (e *Event) AddSource(function, file string, line int) {
	if function != "" {
		e.attrs = append(e.attrs, semconv.CodeFunctionName(function))
	}
	if file != "" {
		e.attrs = append(e.attrs, semconv.CodeFilePath(file))
	}
	if line > 0 {
		e.attrs = append(e.attrs, semconv.CodeLineNumber(line))
	}
}

// End adds the event to the span, sets the span's status and emits the log record, as far as the policy wants them.
// Severity is the level's name in capitals. A zero time means now. The event is gone afterwards.
func (e *Event) End(severity, message string, at time.Time) {
	if at.IsZero() {
		at = time.Now()
	}
	if len(e.rules.redact) > 0 {
		message = e.clean(message)
	}
	if e.rules.groups == GroupsMap && len(e.groups) > 0 {
		e.most, e.attrs = len(e.attrs), e.nested()
	}
	first := &e.attrs[0] // in two steps, which is faster than to copy an attribute that was made a moment ago
	first.Key, first.Value = severityKey, attribute.StringValue(severity)
	if e.record {
		e.emitRecord(severity, message, at)
	}
	if e.place != spanstate.Drop {
		e.add(message, at)
	}
	if e.fail {
		e.setStatus(message)
	}
	e.free()
}

// clean hides what must not be seen, and returns the message without it.
func (e *Event) clean(message string) string {
	for i, kv := range e.attrs[1:] {
		e.attrs[i+1] = e.rules.Clean(kv)
	}
	e.name = e.rules.CleanText(e.name)
	return e.rules.CleanText(message)
}

func (e *Event) add(message string, at time.Time) {
	if e.err != nil && spanstate.Record(e.span, e.err) {
		e.addException()
	}
	if e.place == spanstate.Hold {
		e.state.Hold(e.eventName(message), at, e.attrs)
		return
	}
	e.options.addTo(e.span, e.eventName(message), at, e.attrs)
}

// addException puts exception.* last, or, where the SDK would leave the last ones out, first.
func (e *Event) addException() {
	exception := spanstate.AppendException(nil, e.err)
	for i, kv := range exception {
		exception[i] = e.rules.Clean(kv)
	}
	if len(e.attrs)+len(exception) <= sdkAttrLimit {
		e.attrs = append(e.attrs, exception...)
		return
	}
	e.attrs = slices.Insert(e.attrs, 1, exception...)
}

func (e *Event) eventName(message string) string {
	switch {
	case e.name != "":
		return spanstate.Cut(e.name, maxName)
	case message != "":
		return spanstate.Cut(message, maxName)
	}
	return noName
}

func (e *Event) setStatus(message string) {
	if e.err == nil {
		spanstate.Fail(e.span, message, "")
		return
	}
	description := e.rules.CleanText(spanstate.Text(e.err))
	if message != "" {
		description = message + ": " + description
	}
	spanstate.Fail(e.span, description, spanstate.ErrorType(e.err))
}

// free clears what the event has used, and no more: all of memory is 2 KB.
func (e *Event) free() {
	clear(e.memory[:min(max(len(e.attrs), e.most), inline)])
	e.Fields, e.traces, e.most = Fields{}, traces{}, 0
	if e.record {
		e.call = Call{}
	}
	e.span, e.ctx = nil, nil
	pool.Put(e)
}
