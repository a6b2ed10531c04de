package bridgetest

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

func resourceRows() []row {
	resource := &events.Policy{Resource: []attribute.KeyValue{
		attribute.String("service.name", "shop"), attribute.Int("shard", 7)}}
	return []row{
		{name: "resource", says: "Policy.Resource is on the line's root, and not on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: resource})
				s.info("m", f("a", 1))
				wantResource(t, s.line())
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantNoAttr(t, e, "service.name")
				wantNoAttr(t, e, "shard")
			}},
		{name: "resource-in-group", says: "so it is while groups are open",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: resource})
				s.with(f("a", 1)).open("g").open("h").log(s.ctx, 0, "m", f("b", 2))
				wantResource(t, s.line())
			}},
		{name: "resource-without-span", says: "so it is without a span, groups or not",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: resource})
				s.log(context.Background(), 0, "m", f("a", 1))
				wantResource(t, s.line())
				s.open("g").log(context.Background(), 0, "m", f("b", 2))
				wantResource(t, s.line())
			}},
		{name: "resource-names-taken", says: "a user's field with the name of a resource attribute goes to labels",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: resource})
				s.info("m", f("service.name", "mine"))
				line := s.line()
				wantResource(t, line)
				wantMember(t, line, "labels.service_name", "mine")
			}},
		{name: "resource-labels-taken", says: "a label is not the name of a resource attribute either",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Resource: []attribute.KeyValue{
					attribute.String("team.name", "pay"), attribute.String("labels.team_name", "theirs")}}})
				s.info("m", f("team.name", "mine"))
				line := s.line() // parse wants each key once
				wantMember(t, line, "team.name", "pay")
				wantMember(t, line, "labels.team_name", "theirs")
				wantMember(t, line, "labels.team_name_2", "mine")
			}},
	}
}

func wantResource(t *testing.T, line object) {
	t.Helper()
	wantMember(t, line, "service.name", "shop")
	wantNumber(t, line, "shard", "7")
}

func ecsRows() []row {
	ecs := func() setting {
		return setting{policy: &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{
			attribute.String("service.name", "shop"), attribute.String("service.instance.id", "shop-1")}}}
	}
	return []row{
		{name: "ecs-names", says: "ECS: @timestamp, log.level, message, ecs.version and service.* at the root, nothing of the library's own names",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				before := time.Now().Truncate(time.Millisecond)
				s.log(s.ctx, slog.LevelWarn, "paid", f("a", 1))
				line := s.line()
				wantRecent(t, line["@timestamp"], before)
				wantMember(t, line, "log.level", "warn")
				wantMember(t, line, "message", "paid")
				wantMember(t, line, "service.name", "shop")
				wantMember(t, line, "service.node.name", "shop-1")
				wantNumber(t, line, "a", "1")
				if _, ok := line["ecs.version"].(string); !ok {
					t.Errorf("ecs.version: got %v, want a version", line["ecs.version"])
				}
				for _, name := range []string{"time", "ts", "level", "msg"} {
					if has(line, name) {
						t.Errorf("%s is on the line: %v", name, line)
					}
				}
			}},
		{name: "ecs-ids", says: "ECS: trace.id and span.id, dotted at the root, groups or not",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.info("m")
				line := s.line()
				ecsIDs.wantAt(t, line, s.span.SpanContext())
				if has(line, "trace_id") || has(line, "span_id") {
					t.Errorf("got ids under OTel names, too: %v", line)
				}
				s.open("g").log(s.ctx, 0, "m", f("a", 1))
				ecsIDs.wantAt(t, s.line(), s.span.SpanContext())
			}},
		{name: "ecs-ids-once", says: "ECS: a user's trace.id gives way to the span's",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.with(f("trace.id", "mine")).log(s.ctx, 0, "m", f("span.id", "mine"))
				ecsIDs.wantAt(t, s.line(), s.span.SpanContext())
			}},
		{name: "ecs-ids-repeated-key", says: "ECS: they stay where a field of the context has the name of one that was bound",
			not: wrapped, // whose own keys stay as they are
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				ctx := events.ContextWith(s.ctx, slog.String("tenant", "acme"), slog.String("trace.id", "mine"))
				s.with(f("tenant", "bound")).log(ctx, 0, "m", f("a", 1))
				line := s.line()
				ecsIDs.wantAt(t, line, s.span.SpanContext())
				got := []any{line["tenant"], line["tenant_2"]}
				if !slices.Contains(got, any("acme")) || !slices.Contains(got, any("bound")) {
					t.Errorf("got tenant %v, want both, on %v", got, line)
				}
			}},
		{name: "ecs-wrapped-names", says: "ECS: Wrap leaves the names of the wrapped logger",
			not: own,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.log(s.ctx, slog.LevelWarn, "paid")
				line := s.line()
				wantMessage(t, line, "paid")
				if has(line, "@timestamp") || has(line, "log.level") || !has(line, "level") {
					t.Errorf("got the schema's names, want the logger's: %v", line)
				}
				wantMember(t, line, "service.name", "shop")
			}},
		{name: "ecs-error", says: "ECS: an error value fills error.message and error.type",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.info("m", f("error", &codeError{7}))
				s.wantError(s.line(), "*bridgetest.codeError", "code 7")
			}},
		{name: "ecs-error-with", says: "ECS: so does an error value in With",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.with(f("error", &codeError{7})).log(s.ctx, 0, "m")
				s.wantError(s.line(), "*bridgetest.codeError", "code 7")
			}},
		{name: "ecs-two-errors", says: "ECS: the first error value under any key fills error.*; the second goes to labels",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.info("m", f("cause", &codeError{7}), f("second", errPlain))
				line := s.line()
				if s.want("labels") == "own keys" {
					wantMember(t, line, "cause", "code 7")
					wantMember(t, line, "second", "card declined")
					return
				}
				wantMember(t, line, "error.message", "code 7")
				wantMember(t, line, "error.type", "*bridgetest.codeError")
				wantMember(t, line, "labels.second", "card declined")
			}},
		{name: "ecs-error-string", says: "ECS: a string under error becomes error.message",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.info("m", f("error", "no money"))
				line := s.line()
				wantMember(t, line, "error.message", "no money")
				if has(line, "error") {
					t.Errorf("error is on the line: %v", line)
				}
			}},
		{name: "ecs-labels", says: "ECS: a user's field that collides goes to labels.<key> as a string, dots as underscores",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.info("m", f("message", "mine"), f("log.level", 3), f("service", true), f("host", "h"), f("free", 5))
				line := s.line()
				wantMember(t, line, "message", "m")
				wantMember(t, line, "log.level", "info")
				wantMember(t, line, "labels.message", "mine")
				wantMember(t, line, "labels.log_level", "3")
				wantMember(t, line, "labels.service", "true")
				wantMember(t, line, "labels.host", "h")
				wantNumber(t, line, "free", "5")
			}},
		{name: "ecs-labels-with", says: "ECS: so does one in With",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.with(f("message", "mine"), f("@timestamp", "never"), f("event", 1)).log(s.ctx, 0, "m")
				line := s.line()
				wantMember(t, line, "message", "m")
				wantMember(t, line, "labels.message", "mine")
				wantMember(t, line, "labels.@timestamp", "never")
				wantMember(t, line, "labels.event", "1")
			}},
	}
}

// wantError fails unless error.* is of this error, as far as the flavour can know its type.
func (s *stage) wantError(line object, typ, message string) {
	s.t.Helper()
	wantMember(s.t, line, "error.message", message)
	if s.want(typ) != textOnly {
		wantMember(s.t, line, "error.type", typ)
	} else if has(line, "error.type") {
		s.t.Errorf("got an error.type in %v, want none", line)
	}
}

// wantRecent fails unless v is a time in RFC 3339 between before and now.
func wantRecent(t *testing.T, v any, before time.Time) {
	t.Helper()
	text, _ := v.(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("@timestamp: got %v, want a moment ago", v)
	}
}
