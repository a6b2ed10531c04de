package events

import (
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
	severityKey  = "log.severity"
	sdkAttrLimit = 128 // the SDK's default number of attributes per event
)

// Event is one log call on its way to become a span event: a bridge adds the fields and calls End. It is made by
// [Rules.Begin], belongs to one goroutine, and must not be touched after End.
type Event struct {
	Fields
	span    trace.Span
	emit    bool // becomes a span event
	fail    bool // marks the span as failed
	memory  [inline]attribute.KeyValue
	boxed   [inline + 1]trace.EventOption // the option for the first n of memory, made once: saves 24 bytes a call
	options [2]trace.EventOption
}

var pool = sync.Pool{New: func() any { return new(Event) }}

// Begin returns the event of a call at this level on span, or nil when the call leaves no trace there: the span does
// not record, or the level is below both EventLevel and StatusLevel. A nil result means: convert nothing.
func (r *Rules) Begin(span trace.Span, level slog.Level) *Event {
	if span == nil || !span.IsRecording() {
		return nil
	}
	emit, fail := reaches(level, r.event), reaches(level, r.status)
	if !emit && !fail {
		return nil
	}
	e := pool.Get().(*Event)
	e.span, e.emit, e.fail = span, emit, fail
	e.attrs = e.memory[:1] // the first place is for the severity
	return e
}

func reaches(level slog.Level, least slog.Leveler) bool {
	l := least.Level()
	return level >= l && l != Off
}

// AddFields adds fields that were converted before.
func (e *Event) AddFields(f Fields) {
	e.attrs = append(e.attrs, f.attrs...)
	e.AddError(f.err)
	if f.name != "" {
		e.name = f.name
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

// End adds the event to the span and sets the span's status, as far as the policy wants them. Severity is the level's
// name in capitals. A zero time means now. The event is gone afterwards.
func (e *Event) End(severity, message string, at time.Time) {
	if e.emit {
		e.add(severity, message, at)
	}
	if e.fail {
		e.setStatus(message)
	}
	e.free()
}

func (e *Event) add(severity, message string, at time.Time) {
	e.attrs[0] = attribute.String(severityKey, severity)
	if e.err != nil && spanstate.Record(e.span, e.err) {
		e.addException()
	}
	if at.IsZero() {
		at = time.Now()
	}
	e.options[0] = e.attributes()
	e.options[1] = trace.WithTimestamp(at)
	e.span.AddEvent(e.eventName(message), e.options[:]...)
}

// addException puts exception.* last, or, where the SDK would leave the last ones out, first.
func (e *Event) addException() {
	if len(e.attrs)+3 <= sdkAttrLimit {
		e.attrs = spanstate.AppendException(e.attrs, e.err)
		return
	}
	e.attrs = slices.Insert(e.attrs, 1, spanstate.AppendException(nil, e.err)...)
}

func (e *Event) attributes() trace.EventOption {
	n := len(e.attrs)
	if n > inline {
		return trace.WithAttributes(e.attrs...)
	}
	if e.boxed[n] == nil {
		e.boxed[n] = trace.WithAttributes(e.memory[:n:n]...)
	}
	return e.boxed[n]
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
	description := spanstate.Text(e.err)
	if message != "" {
		description = message + ": " + description
	}
	spanstate.Fail(e.span, description, spanstate.ErrorType(e.err))
}

func (e *Event) free() {
	clear(e.memory[:])
	e.options = [2]trace.EventOption{}
	e.Fields, e.span = Fields{}, nil
	pool.Put(e)
}
