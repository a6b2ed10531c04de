package bridgetest

import (
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// ecsPathRows are about paths that meet: dots in a key and objects are the same to an index mapping, which takes a scalar
// and an object at one path for a conflict.
func ecsPathRows() []row {
	ecs := func() setting {
		return setting{policy: &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{
			attribute.String("service.name", "shop"), attribute.String("k8s.pod.name", "p1")}}}
	}
	return []row{
		{name: "ecs-below", not: wrapped,
			says: "ECS: a user's field below one of ours goes to labels.<key> as a string, in With and inside a group too",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.with(f("message.size", 3), f("service.name.first", "s"), f("log", members{f("level.x", 4), f("a", 1)})).
					log(s.ctx, 0, "m", f("trace.id.x", 5), f("event.url.host", "h"), f("messages.size", 6))
				line := s.line()
				wantMember(t, line, "labels.message_size", "3")
				wantMember(t, line, "labels.service_name_first", "s")
				wantMember(t, line, "labels.trace_id_x", "5")
				wantMember(t, line, "labels.event_url_host", "h")
				wantNumber(t, line, "messages.size", "6")
				wantNumber(t, inside(t, line, "log"), "level_x", "4")
				wantNumber(t, inside(t, line, "log"), "a", "1")
				wantMember(t, line, "message", "m")
			}},
		{name: "ecs-below-context", not: wrapped,
			says: "ECS: so does a field of events.ContextWith",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.log(events.ContextWith(s.ctx, slog.Group("message", "size", 3)), 0, "m", f("a", 1))
				line := s.line()
				wantMember(t, line, "labels.message_size", "3")
				wantNumber(t, line, "a", "1")
				wantAttr(t, s.event(), "message.size", int64(3))
			}},
		{name: "ecs-above", not: wrapped,
			says: "ECS: a user's scalar at the path of an object that a field of ours is in goes to labels.<key>, or has a number behind it inside a group",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.info("m", f("log.origin", "o"), f("k8s", "k"), f("k8s.pod", 7), f("log", members{f("origin", 8)}))
				line := s.line()
				wantMember(t, line, "labels.log_origin", "o")
				wantMember(t, line, "labels.k8s", "k")
				wantMember(t, line, "labels.k8s_pod", "7")
				wantNumber(t, inside(t, line, "log"), "origin_2", "8")
			}},
		{name: "ecs-group-string", not: wrapped,
			says: "ECS: a user's group under a name of ours goes to labels.<key> as a string, its JSON",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(ecs())
				s.with(f("message", members{f("size", 3), f("unit", "b")})).log(s.ctx, 0, "m", f("service.name", members{f("first", members{f("a", true)})}))
				line := s.line()
				wantMember(t, line, "message", "m")
				wantMember(t, line, "labels.message", `{"size":3,"unit":"b"}`)
				wantMember(t, line, "labels.service_name", `{"first":{"a":true}}`)
				e := s.event()
				wantAttr(t, e, "message.size", int64(3))
				wantAttr(t, e, "service.name.first.a", true)
			}},
		{name: "ecs-open-group", not: func(fl flavour) bool { return !fl.own || fl.family == "zerolog" },
			says: "ECS: a group that stays open under a name of ours, which no string can hold, is the object <name>_group",
			run: func(t *testing.T, with func(setting) *stage) {
				for name, want := range map[string]string{"message": "message_group", "log.level": "log_level_group", "trace.id": "trace_id_group", "service": "service"} {
					s := with(ecs())
					s.open(name).with(f("a", 1)).log(s.ctx, 0, "m", f("b", 2))
					line := s.line()
					wantNumber(t, inside(t, line, want), "a", "1")
					wantNumber(t, inside(t, line, want), "b", "2")
					ecsIDs.wantAt(t, line, s.span.SpanContext())
				}
			}},
	}
}
