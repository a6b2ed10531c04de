package events

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// severity is level as a number of the log data model: Info is 9, Error is 17; ours runs from TRACE 1 to FATAL4 24.
// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
func severity(level slog.Level) log.Severity {
	return log.Severity(min(max(int(level)+9, 1), 24))
}

// recordEnabled asks the logger whether it wants the record. What it raises is its own fault, and not the program's end.
func (r *Rules) recordEnabled(s *Scope, level slog.Level) (enabled bool) {
	defer func() {
		if recover() != nil {
			enabled = false
		}
	}()
	return r.logs.Enabled(s.Context, log.EnabledParameters{Severity: severity(level)})
}

// emitRecord emits the call as a log record.
func (e *Event) emitRecord(text, message string, at time.Time) {
	defer func() { _ = recover() }() // the provider is the user's
	var rec log.Record
	rec.SetTimestamp(at)
	rec.SetSeverity(severity(e.level))
	rec.SetSeverityText(text)
	rec.SetBody(attribute.StringValue(message))
	if e.name != "" {
		rec.SetEventName(spanstate.Cut(e.name, maxName))
	}
	rec.AddAttributes(e.attrs[1:]...)
	if e.err != nil {
		for _, kv := range spanstate.AppendException(nil, e.err) {
			rec.AddAttributes(e.rules.Clean(kv))
		}
	}
	e.rules.logs.Emit(e.recordContext(), rec)
}

// recordContext marks the record where the policy decides about the event, whatever it has decided: events/eventbridge
// would otherwise make an event that was muted, below the level, or past the budget. Where it is left to that processor,
// the record says which call it is, so that no other output makes an event of it too.
func (e *Event) recordContext() context.Context {
	switch {
	case e.rules.route == RouteBoth || e.told:
		return spanstate.WithBridged(e.ctx)
	case e.state != nil && e.rules.claims() != 0:
		return spanstate.WithOrigin(e.ctx, &spanstate.Origin{Call: e.call, Output: e.rules.output})
	}
	return e.ctx
}
