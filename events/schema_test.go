package events_test

import (
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

func TestSchemas(t *testing.T) {
	resource := []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.String("deployment.environment.name", "prod"), attribute.String("service.version", "1.2")}
	for _, row := range []struct {
		name     string
		p        events.Policy
		ids      string
		constant string
	}{
		{"Datadog", events.Policy{Schema: events.Datadog},
			`,"dd.trace_id":"ab000000000000000000000000000000","dd.span_id":"14771806777775226880"`,
			`,"dd.service":"shop","dd.env":"prod","dd.version":"1.2"`},
		{"GCP", events.Policy{Schema: events.GCP, GCPProject: "p-1"},
			`,"logging.googleapis.com/trace":"projects/p-1/traces/ab000000000000000000000000000000","logging.googleapis.com/spanId":"cd00000000000000","logging.googleapis.com/trace_sampled":true`,
			`,"service.name":"shop","deployment.environment.name":"prod","service.version":"1.2"`},
		{"GCP without a project", events.Policy{Schema: events.GCP},
			`,"logging.googleapis.com/trace":"ab000000000000000000000000000000","logging.googleapis.com/spanId":"cd00000000000000","logging.googleapis.com/trace_sampled":true`,
			`,"service.name":"shop","deployment.environment.name":"prod","service.version":"1.2"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.p.Resource = resource
			rules := row.p.Rules()
			if got := string(rules.AppendIDs(nil, sc)); got != row.ids {
				t.Errorf("ids are %s, want %s", got, row.ids)
			}
			if got := string(rules.AppendConstant(nil)); got != row.constant {
				t.Errorf("constant fields are %s, want %s", got, row.constant)
			}
			ids, n := rules.IDs(sc)
			line := ""
			for _, kv := range ids[:n] {
				line += `,"` + string(kv.Key) + `":`
				if kv.Value.Type() == attribute.BOOL {
					line += kv.Value.String()
				} else {
					line += `"` + kv.Value.AsString() + `"`
				}
			}
			if line != row.ids {
				t.Errorf("as fields they are %s, want %s", line, row.ids)
			}
		})
	}
}

func TestLevelText(t *testing.T) {
	for _, row := range []struct {
		schema         events.Schema
		severity, want string
	}{
		{events.OTel, "INFO", ""}, {events.ECS, "WARN", "warn"}, {events.ECS, "INFO+2", "info+2"}, {events.Datadog, "ERROR", "error"},
		{events.GCP, "TRACE", "DEBUG"}, {events.GCP, "DEBUG-4", "DEBUG"}, {events.GCP, "INFO", "INFO"}, {events.GCP, "WARN+1", "WARNING"},
		{events.GCP, "ERROR", "ERROR"}, {events.GCP, "DPANIC", "CRITICAL"}, {events.GCP, "PANIC", "ALERT"}, {events.GCP, "FATAL", "EMERGENCY"},
	} {
		if got := (&events.Policy{Schema: row.schema}).Rules().LevelText(row.severity); got != row.want {
			t.Errorf("schema %d, %s: %q, want %q", row.schema, row.severity, got, row.want)
		}
	}
}

func TestGroupsMap(t *testing.T) {
	s, end := newSpan(t)
	r := (&events.Policy{Groups: events.GroupsMap}).Rules()
	var bound events.Fields
	bound.AddIn(len("req."), attribute.String("req.id", "r1"))
	e := r.Begin(new(in(s)), 0, &events.Call{})
	e.AddFields(bound)
	e.Add(attribute.Int("plain.dotted", 1))
	e.AddIn(len("req.user."), attribute.Int("req.user.id", 7))
	e.AddIn(len("req."), attribute.Bool("req.ok", true))
	e.End("INFO", "m", time.Time{})
	got := attribute.NewSet(end().Events()[0].Attributes...)
	if v, _ := got.Value("plain.dotted"); v.AsInt64() != 1 {
		t.Errorf("a key with a dot was taken apart: %v", got.ToSlice())
	}
	v, _ := got.Value("req")
	req := attribute.NewSet(v.AsMap()...)
	user, _ := req.Value("user")
	if id, _ := req.Value("id"); id.AsString() != "r1" {
		t.Errorf("req is %v", req.ToSlice())
	}
	if ok, _ := req.Value("ok"); !ok.AsBool() {
		t.Errorf("req is %v", req.ToSlice())
	}
	if inner := user.AsMap(); len(inner) != 1 || inner[0] != attribute.Int("id", 7) {
		t.Errorf("req.user is %v", inner)
	}
}
