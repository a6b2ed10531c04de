package bridgetest

import (
	"context"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/spanlog/spanlog/events"
)

// wantEvents counts the events of the stage's span once it has ended.
func (s *stage) wantEvents(want int) {
	s.t.Helper()
	if got := s.end().Events(); len(got) != want {
		s.t.Errorf("got %d events, want %d: %v", len(got), want, got)
	}
}

func (s *stage) wantLines(want int) {
	s.t.Helper()
	if got := s.lines(); len(got) != want {
		s.t.Errorf("got %d lines, want %d: %v", len(got), want, got)
	}
}

func eventRows() []row {
	return []row{
		{name: "event", says: "a call at Info or above in a recording span is one line and one event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				for _, level := range []slog.Level{slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
					s.log(s.ctx, level, "m")
				}
				s.wantLines(3)
				s.wantEvents(3)
			}},
		{name: "event-below-level", says: "a call below EventLevel is a line and no event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(s.ctx, slog.LevelDebug, "m")
				otelIDs.wantAt(t, s.line(), s.span.SpanContext())
				s.wantEvents(0)
			}},
		{name: "event-level", says: "EventLevel is the lowest level that becomes an event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{EventLevel: slog.LevelWarn}})
				s.log(s.ctx, slog.LevelInfo, "m")
				s.log(s.ctx, slog.LevelWarn, "n")
				if e := s.event(); e.Name != "n" {
					t.Errorf("got the event %q, want that of Warn", e.Name)
				}
			}},
		{name: "event-level-debug", says: "EventLevel Debug makes events of Debug calls",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{EventLevel: slog.LevelDebug}})
				s.log(s.ctx, slog.LevelDebug, "m", f("a", 1))
				wantAttr(t, s.event(), "a", int64(1))
			}},
		{name: "event-level-dynamic", says: "EventLevel may change at run time",
			run: func(t *testing.T, with func(setting) *stage) {
				level := new(slog.LevelVar)
				level.Set(slog.LevelError)
				s := with(setting{policy: &events.Policy{EventLevel: level}})
				derived := s.with(f("a", 1))
				derived.log(s.ctx, slog.LevelInfo, "before")
				level.Set(slog.LevelInfo)
				derived.log(s.ctx, slog.LevelInfo, "after")
				if e := s.event(); e.Name != "after" {
					t.Errorf("got the event %q, want the one after the change", e.Name)
				}
			}},
		{name: "event-off", says: "events.Off makes no events, whatever the level",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{EventLevel: events.Off}})
				for _, sev := range s.flavour.levels {
					s.log(s.ctx, sev.level, "m")
				}
				s.wantLines(len(s.flavour.levels))
				s.wantEvents(0)
			}},
		{name: "event-not-recording", says: "a span that is not recording is asked for nothing else",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				span := &deafSpan{sc: remote.WithRemote(false)}
				s.log(trace.ContextWithSpan(context.Background(), span), slog.LevelError, "m", f("e", errPlain))
				otelIDs.wantAt(t, s.line(), span.sc)
				if len(span.calls) > 0 {
					t.Errorf("got calls of %v, want none", span.calls)
				}
			}},
		{name: "disabled", says: "a level that the logger has disabled is no line, no event and no status",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{EventLevel: slog.Level(-100), StatusLevel: slog.Level(-100)}})
				s.log(s.ctx, s.flavour.disabled, "m", f("e", errPlain))
				s.wantLines(0)
				s.wantEvents(0)
				if got := s.end().Status().Code; got != codes.Unset {
					t.Errorf("got status %v, want Unset", got)
				}
			}},
	}
}

// deafSpan does not record, and notes what it is told all the same.
type deafSpan struct {
	noop.Span
	sc    trace.SpanContext
	calls []string
}

func (s *deafSpan) SpanContext() trace.SpanContext          { return s.sc }
func (s *deafSpan) AddEvent(string, ...trace.EventOption)   { s.calls = append(s.calls, "AddEvent") }
func (s *deafSpan) RecordError(error, ...trace.EventOption) { s.calls = append(s.calls, "RecordError") }
func (s *deafSpan) SetStatus(codes.Code, string)            { s.calls = append(s.calls, "SetStatus") }
func (s *deafSpan) SetAttributes(...attribute.KeyValue)     { s.calls = append(s.calls, "SetAttributes") }
