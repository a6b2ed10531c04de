package bridgetest

import (
	"context"
	"testing"
)

func boundRows() []row {
	return []row{
		{name: "bound", says: "a logger bound to a span keeps its ids, and its events, in calls without a context",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.bind(s.ctx).bare(0, "m", f("a", 1))
				otelIDs.wantAt(t, s.line(), s.span.SpanContext())
				wantAttr(t, s.event(), "a", int64(1))
			}},
		{name: "bound-then-derived", says: "loggers derived from a bound one stay bound, with the ids at the root",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.bind(s.ctx).with(f("a", 1)).open("g").with(f("b", 2)).bare(0, "m", f("c", 3))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, inside(t, line, "g"), "b", "2")
				wantNumber(t, inside(t, line, "g"), "c", "3")
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantAttr(t, e, "g.c", int64(3))
			}},
		{name: "derived-then-bound", says: "a logger with fields and an open group can be bound, with the ids at the root",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a", 1)).open("g").with(f("b", 2)).bind(s.ctx).bare(0, "m", f("c", 3))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantNumber(t, inside(t, line, "g"), "c", "3")
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantAttr(t, e, "g.b", int64(2))
			}},
		{name: "call-over-bound", says: "a context in the call wins over the bound one: one set of ids, one event",
			not: func(fl flavour) bool { return fl.bound },
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				ctx, other := s.tracer.Start(context.Background(), "other")
				s.bind(s.ctx).log(ctx, 0, "m", f("a", 1))
				otelIDs.wantAt(t, s.line(), other.SpanContext())
				if n := len(s.end().Events()); n != 0 {
					t.Errorf("the bound span got %d events, want 0", n)
				}
				if n := len(s.ended(other).Events()); n != 1 {
					t.Errorf("the span of the call got %d events, want 1", n)
				}
			}},
		{name: "bound-again", says: "a bound logger can be bound to another span: the later one holds",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				ctx, other := s.tracer.Start(context.Background(), "other")
				s.bind(s.ctx).with(f("a", 1)).bind(ctx).bare(0, "m")
				otelIDs.wantAt(t, s.line(), other.SpanContext())
				if n := len(s.ended(other).Events()); n != 1 {
					t.Errorf("the later span got %d events, want 1", n)
				}
				if n := len(s.end().Events()); n != 0 {
					t.Errorf("the earlier span got %d events, want 0", n)
				}
			}},
		{name: "bound-over-no-span", says: "a context without a span in the call leaves the bound one in force",
			not: func(fl flavour) bool { return fl.bound },
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.bind(s.ctx).log(context.Background(), 0, "m")
				if s.want("ids") == absent {
					otelIDs.wantNone(t, s.line())
					return
				}
				otelIDs.wantAt(t, s.line(), s.span.SpanContext())
			}},
		{name: "bound-to-nothing", says: "binding a context without a span, or nil, binds nothing",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.bind(context.Background()).bare(0, "m")
				otelIDs.wantNone(t, s.line())
				s.bind(noContext).bare(0, "m")
				otelIDs.wantNone(t, s.line())
			}},
	}
}
