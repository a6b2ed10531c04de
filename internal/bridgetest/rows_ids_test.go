package bridgetest

import (
	"context"
	"fmt"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

var remote = trace.NewSpanContext(trace.SpanContextConfig{
	TraceID:    trace.TraceID{0xAB, 0xCD, 0xEF, 15: 0x01},
	SpanID:     trace.SpanID{0xFE, 7: 0x0A},
	TraceFlags: trace.FlagsSampled,
	Remote:     true,
})

var noContext context.Context // nil

func idRows() []row {
	return []row{
		{name: "ids", says: "trace_id, span_id and trace_flags of the span are on the line, in hex of 32, 16 and 2 digits",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m")
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				for i, digits := range []int{32, 16, 2} {
					if id := fmt.Sprint(line[otelIDs[i]]); len(id) != digits {
						t.Errorf("%s: got %q, want %d digits", otelIDs[i], id, digits)
					}
				}
			}},
		{name: "ids-lower-case", says: "the hex digits are in lower case",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(trace.ContextWithSpanContext(context.Background(), remote), 0, "m")
				line := s.line()
				wantMember(t, line, "trace_id", "abcdef00000000000000000000000001")
				wantMember(t, line, "span_id", "fe0000000000000a")
			}},
		{name: "ids-root-in-group", says: "the ids stand at the root while a group is open",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.open("g").log(s.ctx, 0, "m", f("a", 1))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				otelIDs.wantNone(t, inside(t, line, "g"))
				wantNumber(t, inside(t, line, "g"), "a", "1")
			}},
		{name: "ids-root-in-two-groups", says: "the ids stand at the root while two groups with fields of their own are open",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a", 1)).open("g").with(f("b", 2)).open("h").with(f("c", 3)).log(s.ctx, 0, "m", f("d", 4))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantNumber(t, inside(t, line, "g"), "b", "2")
				wantNumber(t, inside(t, line, "g", "h"), "c", "3")
				wantNumber(t, inside(t, line, "g", "h"), "d", "4")
			}},
		{name: "ids-root-in-empty-group", says: "the ids stand at the root while a group without members is open",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.open("g").log(s.ctx, 0, "m")
				otelIDs.wantAt(t, s.line(), s.span.SpanContext())
			}},
		{name: "ids-root-namespace-in-call", says: "the ids stand at the root when the call's own fields open a namespace",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("a", 1), f("g", opened{}), f("b", 2))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				wantNumber(t, inside(t, line, "g"), "b", "2")
			}},
		{name: "ids-unsampled", says: "the ids of a span that is not sampled are on the line, with flags 00",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{sampler: sdk.NeverSample()})
				s.info("m")
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantMember(t, line, "trace_flags", "00")
			}},
		{name: "ids-remote", says: "the ids of a remote span are on the line, with its flags",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(trace.ContextWithRemoteSpanContext(context.Background(), remote), 0, "m")
				line := s.line()
				otelIDs.wantAt(t, line, remote)
				wantMember(t, line, "trace_flags", "01")
			}},
		{name: "ids-none-without-span", says: "without a span in the context there are no ids",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(context.Background(), 0, "m", f("a", 1))
				line := s.line()
				otelIDs.wantNone(t, line)
				wantNumber(t, line, "a", "1")
			}},
		{name: "nil-context", says: "a nil context is a context without a span",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(noContext, 0, "m", f("a", 1))
				line := s.line()
				otelIDs.wantNone(t, line)
				wantNumber(t, line, "a", "1")
			}},
		{name: "ids-after-end", says: "a span that has ended gives its ids and gets no event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				ended := s.end()
				s.log(s.ctx, 8, "m")
				otelIDs.wantAt(t, s.line(), ended.SpanContext())
				if n := len(s.end().Events()); n != 0 {
					t.Errorf("got %d events, want 0", n)
				}
			}},
		{name: "ids-own-names", says: "Policy.Names names the ids, and leaves out those without a name",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Names: &events.Names{TraceID: "tid", SpanID: "sid"}}})
				s.info("m")
				line, sc := s.line(), s.span.SpanContext()
				wantMember(t, line, "tid", sc.TraceID().String())
				wantMember(t, line, "sid", sc.SpanID().String())
				otelIDs.wantNone(t, line)
			}},
	}
}
