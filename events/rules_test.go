package events_test

import (
	"encoding/json"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

var sc = trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{0xab}, SpanID: trace.SpanID{0xcd}, TraceFlags: 1})

func TestAppendIDs(t *testing.T) {
	for _, row := range []struct {
		name string
		p    *events.Policy
		want string
	}{
		{"nil policy", nil, `,"trace_id":"ab000000000000000000000000000000","span_id":"cd00000000000000","trace_flags":"01"`},
		{"ECS", &events.Policy{Schema: events.ECS}, `,"trace.id":"ab000000000000000000000000000000","span.id":"cd00000000000000","trace_flags":"01"`},
		{"own names", &events.Policy{Names: &events.Names{TraceID: `t"`}}, `,"t\"":"ab000000000000000000000000000000"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			rules := row.p.Rules()
			if got := string(rules.AppendIDs(nil, sc)); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if got := rules.AppendIDs(nil, trace.SpanContext{}); len(got) != 0 {
				t.Errorf("without a span: %s", got)
			}
			ids, n := rules.IDs(sc)
			m := map[string]string{}
			if err := json.Unmarshal([]byte("{"+row.want[1:]+"}"), &m); err != nil {
				t.Fatal(err)
			}
			if n != len(m) {
				t.Errorf("%d ids, want %d", n, len(m))
			}
			for _, id := range ids[:n] {
				if key := string(id.Key); m[key] != id.Value.AsString() || !rules.IsID(key) {
					t.Errorf("%s is %s, want %s", key, id.Value.AsString(), m[key])
				}
			}
		})
	}
}

func TestConstant(t *testing.T) {
	resource := []attribute.KeyValue{
		attribute.String("service.name", "shop"), attribute.Int("n", 7), attribute.String("trace.id", "mine"),
		attribute.String("service.name", "again"), attribute.StringSlice("list", []string{"a"}), attribute.String("service.instance.id", "i"),
	}
	rules := (&events.Policy{Schema: events.ECS, Resource: resource}).Rules()
	want := `,"ecs.version":"8.17.0","service.name":"shop","n":7,"list":["a"],"service.node.name":"i"`
	if got := string(rules.AppendConstant(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	resource[0] = attribute.String("service.name", "changed")
	if got := string(rules.AppendConstant(nil)); got != want {
		t.Errorf("the policy was not copied: %s", got)
	}
}

func TestPlace(t *testing.T) {
	ecs := (&events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{attribute.String("service.name", "shop")}}).Rules()
	for _, row := range []struct {
		key    string
		scalar bool
		want   string
		text   bool
	}{
		{"free", true, "free", false},
		{"message", true, "labels.message", true},
		{"service.name", true, "labels.service_name", true},
		{"service", true, "labels.service", true},
		{"service", false, "service", false},
		{"log.level", true, "labels.log_level", true},
		{"message.size", false, "labels.message_size", true},
		{"trace.id.x", true, "labels.trace_id_x", true},
		{"log.origin", true, "labels.log_origin", true},
		{"log.origin", false, "log.origin", false},
	} {
		if got, text := ecs.Place(row.key, row.scalar); got != row.want || text != row.text {
			t.Errorf("Place(%q, %v) = %q, %v, want %q, %v", row.key, row.scalar, got, text, row.want, row.text)
		}
	}
	if got, _ := (*events.Policy)(nil).Rules().Place("message", true); got != "message" {
		t.Errorf("OTel moves message to %q", got)
	}
}
