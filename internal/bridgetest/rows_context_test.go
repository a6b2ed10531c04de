package bridgetest

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// tenant is ctx with two fields of events.ContextWith.
func tenant(ctx context.Context) context.Context {
	return events.ContextWith(ctx, slog.String("tenant", "acme"), slog.Int("shard", 7))
}

func wantTenant(t *testing.T, line object) {
	t.Helper()
	wantMember(t, line, "tenant", "acme")
	wantNumber(t, line, "shard", "7")
}

// withBaggage is ctx with members of baggage, each a key and its value.
func withBaggage(t *testing.T, ctx context.Context, pairs ...string) context.Context {
	t.Helper()
	b := baggage.FromContext(ctx)
	for i := 0; i < len(pairs); i += 2 {
		m, err := baggage.NewMemberRaw(pairs[i], pairs[i+1])
		if err != nil {
			t.Fatal(err)
		}
		if b, err = b.SetMember(m); err != nil {
			t.Fatal(err)
		}
	}
	return baggage.ContextWithBaggage(ctx, b)
}

func contextRows() []row {
	return []row{
		{name: "context-fields", says: "fields of events.ContextWith are on the line and on the event, each with its type",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(tenant(s.ctx), 0, "m", f("a", 1))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantTenant(t, line)
				wantNumber(t, line, "a", "1")
				e := s.event()
				wantAttr(t, e, "tenant", "acme")
				wantAttr(t, e, "shard", int64(7))
				wantAttr(t, e, "a", int64(1))
			}},
		{name: "context-fields-in-group", says: "they are at the root of both even inside groups",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a", 1)).open("g").open("h").log(tenant(s.ctx), 0, "m", f("b", 2))
				line := s.line()
				wantTenant(t, line)
				wantNumber(t, inside(t, line, "g", "h"), "b", "2")
				e := s.event()
				wantAttr(t, e, "tenant", "acme")
				wantAttr(t, e, "shard", int64(7))
				wantAttr(t, e, "g.h.b", int64(2))
			}},
		{name: "context-fields-without-span", says: "they are on the line of a call without a span, groups or not",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(tenant(context.Background()), 0, "m", f("a", 1))
				line := s.line()
				wantTenant(t, line)
				otelIDs.wantNone(t, line)
				s.open("g").log(tenant(context.Background()), 0, "m", f("a", 1))
				wantTenant(t, s.line())
			}},
		{name: "context-fields-replaced", says: "a field replaces one of the same name from a context above, on line and event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(events.ContextWith(tenant(s.ctx), slog.String("tenant", "other")), 0, "m")
				line := s.line()
				wantMember(t, line, "tenant", "other")
				wantNumber(t, line, "shard", "7")
				wantAttr(t, s.event(), "tenant", "other")
			}},
		{name: "baggage", says: "members of the baggage that the policy names are on line and event, at the root; no others",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Baggage: []string{"user.id", "plan"}}})
				s.open("g").log(withBaggage(t, s.ctx, "user.id", "42", "plan", "gold", "hidden", "x"), 0, "m", f("a", 1))
				line := s.line()
				wantMember(t, line, "user.id", "42")
				wantMember(t, line, "plan", "gold")
				e := s.event()
				wantAttr(t, e, "user.id", "42")
				wantAttr(t, e, "plan", "gold")
				wantNoAttr(t, e, "hidden")
				if has(line, "hidden") {
					t.Errorf("hidden is on the line: %v", line)
				}
			}},
		{name: "baggage-cut", says: "they are cut at FieldBytes, on a rune",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Baggage: []string{"long"}, FieldBytes: 20}})
				s.log(withBaggage(t, s.ctx, "long", strings.Repeat("é", 100)), 0, "m")
				wantCut(t, s.line()["long"], 20)
				wantCut(t, s.event().attrs["long"], 20)
			}},
		{name: "span-attributes", says: "attributes of the span that the policy names are on its lines, at the root, cut at FieldBytes; not on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{SpanAttributes: []string{"http.route", "long"}, FieldBytes: 20}})
				s.span.SetAttributes(attribute.String("http.route", "/pay"), attribute.String("other", "x"),
					attribute.String("long", strings.Repeat("é", 100)))
				s.open("g").log(s.ctx, 0, "m", f("a", 1))
				line := s.line()
				wantMember(t, line, "http.route", "/pay")
				wantCut(t, line["long"], 20)
				if has(line, "other") {
					t.Errorf("other is on the line: %v", line)
				}
				e := s.event()
				wantAttr(t, e, "g.a", int64(1))
				wantNoAttr(t, e, "http.route")
			}},
	}
}

// wantCut fails unless v is a text of at most so many bytes, but not much less.
func wantCut(t *testing.T, v any, limit int) {
	t.Helper()
	text, ok := v.(string)
	if w, isWord := v.(word); isWord {
		text, ok = string(w), true
	}
	if !ok || len(text) > limit || len(text) < limit-4 || !utf8.ValidString(text) {
		t.Errorf("got %v of %d bytes, want at most %d, valid", v, len(text), limit)
	}
}

func linkRows() []row {
	link := func(sc trace.SpanContext) string { return "https://jaeger.example/trace/" + sc.TraceID().String() }
	policy := func() *events.Policy { return &events.Policy{TraceURL: link} }
	keep := func(t *testing.T, s *stage) {
		p := s.span.TracerProvider()
		spanstate.Keep(p, nil)
		t.Cleanup(func() { spanstate.Forget(p) })
	}
	wantNone := func(t *testing.T, line object) {
		t.Helper()
		if v, there := line["event.url"]; there {
			t.Errorf("event.url: got %v, want none: the link is dead", v)
		}
	}
	return []row{
		{name: "link", says: "event.url is on the line when the trace is kept, at the root, and not on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: policy()})
				keep(t, s)
				s.open("g").log(s.ctx, 0, "m", f("a", 1))
				wantMember(t, s.line(), "event.url", link(s.span.SpanContext()))
				wantNoAttr(t, s.event(), "event.url")
			}},
		{name: "link-foreign", says: "a provider that nobody vouches for has no link",
			run: func(t *testing.T, with func(setting) *stage) {
				keep(t, with(setting{})) // another one is vouched for
				s := with(setting{policy: policy()})
				s.info("m")
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNone(t, line)
			}},
		{name: "link-unsampled", says: "a span that is not sampled has no link",
			run: func(t *testing.T, with func(setting) *stage) {
				p := policy()
				p.Baggage = []string{"plan"} // so that the fields of the context are made at all
				s := with(setting{policy: p, sampler: recordOnly{}})
				keep(t, s)
				s.info("m")
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNone(t, line)
			}},
		{name: "link-forgotten", says: "after the provider's shutdown there is no link",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: policy()})
				keep(t, with(setting{}))
				keep(t, s)
				spanstate.Forget(s.span.TracerProvider())
				s.info("m")
				wantNone(t, s.line())
			}},
	}
}

// recordOnly makes spans that record and are not sampled.
type recordOnly struct{}

func (recordOnly) Description() string { return "recordOnly" }
func (recordOnly) ShouldSample(sdk.SamplingParameters) sdk.SamplingResult {
	return sdk.SamplingResult{Decision: sdk.RecordOnly}
}

func muteRows() []row {
	return []row{
		{name: "mute", says: "below span.Mute there is no event and no status; lines and ids as ever",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(spanstate.Mute(s.ctx), slog.LevelError, "m", f("a", 1), f("error", errPlain))
				line := s.line()
				otelIDs.wantAt(t, line, s.span.SpanContext())
				wantNumber(t, line, "a", "1")
				s.wantEvents(0)
				wantStatus(t, s.end(), codes.Unset, "")
			}},
	}
}
