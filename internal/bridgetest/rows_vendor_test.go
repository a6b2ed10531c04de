package bridgetest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

func schemaRows() []row {
	service := []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.String("deployment.environment.name", "prod"),
		attribute.String("service.version", "1.2")}
	datadog := func() setting { return setting{policy: &events.Policy{Schema: events.Datadog, Resource: service}} }
	gcp := func() setting { return setting{policy: &events.Policy{Schema: events.GCP, GCPProject: "acme"}} }
	return []row{
		{name: "datadog-ids", says: "Datadog: dd.trace_id in 32 hex digits and dd.span_id in decimal, both strings, no flags, at the root",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(datadog())
				s.open("g").log(s.ctx, 0, "m", f("a", 1))
				line, sc := s.line(), s.span.SpanContext()
				wantMember(t, line, "dd.trace_id", sc.TraceID().String())
				n, err := strconv.ParseUint(sc.SpanID().String(), 16, 64)
				if err != nil {
					t.Fatal(err)
				}
				wantMember(t, line, "dd.span_id", strconv.FormatUint(n, 10))
				otelIDs.wantNone(t, line)
			}},
		{name: "datadog-resource", says: "Datadog: dd.service, dd.env and dd.version come from the resource",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(datadog())
				s.info("m")
				line := s.line()
				wantMember(t, line, "dd.service", "shop")
				wantMember(t, line, "dd.env", "prod")
				wantMember(t, line, "dd.version", "1.2")
			}},
		{name: "datadog-names", says: "Datadog: the level under status, the text under message",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(datadog())
				s.log(s.ctx, slog.LevelWarn, "paid")
				line := s.line()
				wantMember(t, line, "status", "warn")
				wantMember(t, line, "message", "paid")
			}},
		{name: "gcp-ids", says: "GCP: the trace's resource name, the span id, and trace_sampled as a bool, at the root",
			run: func(t *testing.T, with func(setting) *stage) {
				for _, set := range []setting{gcp(), {policy: gcp().policy, sampler: recordOnly{}}} {
					s := with(set)
					s.open("g").log(s.ctx, 0, "m", f("a", 1))
					line, sc := s.line(), s.span.SpanContext()
					const prefix = "logging.googleapis.com/"
					wantMember(t, line, prefix+"trace", "projects/acme/traces/"+sc.TraceID().String())
					wantMember(t, line, prefix+"spanId", sc.SpanID().String())
					wantMember(t, line, prefix+"trace_sampled", sc.IsSampled())
				}
			}},
		{name: "gcp-names", says: "GCP: the level under severity, in its words, the text under message",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(gcp())
				s.log(s.ctx, slog.LevelWarn, "paid")
				line := s.line()
				wantMember(t, line, "severity", "WARNING")
				wantMember(t, line, "message", "paid")
			}},
		{name: "own-names", says: "Policy.Names names time, level and message as well",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Names: &events.Names{TraceID: "tid", Time: "when", Level: "how", Message: "what"}}})
				s.log(s.ctx, slog.LevelWarn, "paid", f("a", 1))
				line := s.line()
				wantMember(t, line, "tid", s.span.SpanContext().TraceID().String())
				wantMember(t, line, "what", "paid")
				if !has(line, "when") || !has(line, "how") || has(line, "msg") || has(line, "level") || has(line, "time") {
					t.Errorf("got %v, want the policy's names only", line)
				}
			}},
		{name: "ecs-error-in-group", says: "ECS: the first error value fills error.* at the root even inside groups, and stays there as text",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Schema: events.ECS}})
				s.open("g").log(s.ctx, 0, "m", f("error", &codeError{7}), f("a", 1))
				line := s.line()
				s.wantError(line, "*bridgetest.codeError", "code 7")
				wantMember(t, inside(t, line, "g"), "error", "code 7")
			}},
		{name: "ecs-repeated-keys", says: "ECS: a key that the user repeats becomes key_2, key_3, at the root and in groups",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Schema: events.ECS}})
				s.with(f("k", 1)).log(s.ctx, 0, "m", f("k", 2), f("k", 3), f("g", members{f("i", 1), f("i", 2)}))
				line := s.line() // parse wants each key once
				wantNumber(t, line, "k", "1")
				wantNumber(t, line, "k_2", "2")
				wantNumber(t, line, "k_3", "3")
				wantNumber(t, inside(t, line, "g"), "i_2", "2")
			}},
		{name: "ecs-owned-in-group", says: "ECS: what would be a field of ours by its path in a group, trace.id say, is key_2 there: a server merges the two",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Schema: events.ECS}})
				s.log(s.ctx, 0, "m", f("trace", members{f("id", "theirs"), f("x", 1), f("id_2", 2)}), f("log", members{f("a", members{f("level", 3)}), f("level", 4)}))
				s.open("error").log(s.ctx, 0, "n", f("message", "theirs"))
				lines := s.lines()
				if len(lines) != 2 {
					t.Fatalf("got %d lines, want 2", len(lines))
				}
				wantMember(t, lines[0], "trace.id", s.span.SpanContext().TraceID().String())
				wantMember(t, inside(t, lines[0], "trace"), "id_2", "theirs")
				wantNumber(t, inside(t, lines[0], "trace"), "id_2_2", "2")
				wantNumber(t, inside(t, lines[0], "log"), "level_2", "4")
				wantNumber(t, inside(t, lines[0], "log", "a"), "level", "3")
				wantMember(t, inside(t, lines[1], "error"), "message_2", "theirs")
			}},
		{name: "source", says: "a logger that adds the place of the call has code.file.path and code.line.number on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{source: true})
				s.info("m", f("a", 1))
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				if s.want("all") == absent {
					wantNoAttr(t, e, "code.file.path")
					return
				}
				if file, _ := e.attrs["code.file.path"].(string); file == "" {
					t.Errorf("got no code.file.path in %v", e.attrs)
				}
				if line, _ := e.attrs["code.line.number"].(int64); line <= 0 {
					t.Errorf("got no code.line.number in %v", e.attrs)
				}
				if function, _ := e.attrs["code.function.name"].(string); (function == "") != (s.want("all") == "no function") {
					t.Errorf("got code.function.name %q in %v", function, e.attrs)
				}
			}},
		{name: "ecs-source", says: "ECS: the place of the call is log.origin.file.name and log.origin.file.line",
			not: wrapped,
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{source: true, policy: &events.Policy{Schema: events.ECS}})
				s.info("m", f("a", 1))
				line := s.line()
				if file, _ := line["log.origin.file.name"].(string); !strings.HasSuffix(file, ".go") {
					t.Errorf("log.origin.file.name: got %v in %v", line["log.origin.file.name"], line)
				}
				if n, _ := line["log.origin.file.line"].(json.Number); n == "" || n == "0" {
					t.Errorf("log.origin.file.line: got %v in %v", line["log.origin.file.line"], line)
				}
			}},
		{name: "groups-map", says: "with GroupsMap a group is one attribute of type MAP",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Groups: events.GroupsMap}})
				s.with(f("a", 1)).open("g").with(f("b", 2)).log(s.ctx, 0, "m", f("c", "x"), f("h", members{f("d", true)}))
				wantAttr(t, s.event(), "a", int64(1))
				for _, kv := range s.end().Events()[0].Attributes {
					if kv.Key != "g" {
						continue
					}
					if got, want := fmt.Sprint(kv.Value.Type(), kv.Value.String()), fmt.Sprint(attribute.MAP, `{"b":2,"c":"x","h":{"d":true}}`); got != want {
						t.Errorf("got %s, want %s", got, want)
					}
					return
				}
				t.Errorf("got %v, want an attribute g", s.end().Events()[0].Attributes)
			}},
	}
}
