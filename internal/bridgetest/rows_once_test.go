package bridgetest

import (
	"context"
	"testing"
)

// idOnceRows are about a user's own fields that have the name of an id. That no key stands twice is checked by parse.
func idOnceRows() []row {
	return []row{
		{name: "ids-once-with", says: "a user's trace_id in With gives way to the span's",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("trace_id", "mine"), f("a", 1)).log(s.ctx, 0, "m", f("b", 2))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantNumber(t, line, "b", "2")
			}},
		{name: "ids-once-call", says: "a user's trace_id in the call gives way to the span's",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("a", 1), f("trace_id", "mine"), f("span_id", 7), f("b", 2))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantNumber(t, line, "b", "2")
			}},
		{name: "ids-once-both", says: "a user's trace_id in With and in the call gives way to the span's",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("trace_id", "mine")).log(s.ctx, 0, "m", f("trace_id", "mine too"), f("trace_flags", true))
				otelIDs.wantAt(t, s.line(), s.span.SpanContext())
			}},
		{name: "ids-once-in-group", says: "a user's trace_id in With gives way while a group is open, too",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("trace_id", "mine")).open("g").log(s.ctx, 0, "m", f("a", 1))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, inside(t, line, "g"), "a", "1")
			}},
		{name: "own-id-without-span-with", says: "a user's trace_id in With survives where there is no span",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("trace_id", "mine")).log(context.Background(), 0, "m")
				wantMember(t, s.line(), "trace_id", "mine")
			}},
		{name: "own-id-without-span-call", says: "a user's trace_id in the call survives where there is no span",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(context.Background(), 0, "m", f("trace_id", "mine"))
				wantMember(t, s.line(), "trace_id", "mine")
			}},
		{name: "own-id-in-group", says: "a user's trace_id inside a group is not the root's and survives",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.open("g").log(s.ctx, 0, "m", f("trace_id", "mine"))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantMember(t, inside(t, line, "g"), "trace_id", "mine")
				wantAttr(t, s.event(), "g.trace_id", "mine")
			}},
		{name: "ids-not-on-event", says: "the event does not repeat ids, and a user's trace_id that gave way is not on it",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("trace_id", "mine")).log(s.ctx, 0, "m", f("trace_id", "mine"))
				for key := range s.event().attrs {
					if key == "trace_id" || key == "span_id" || key == "trace_flags" {
						t.Errorf("got the attribute %q, want none", key)
					}
				}
			}},
	}
}
