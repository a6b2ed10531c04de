//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// golden is a call with all that a schema has a name for, on a sampled span that does not record.
func golden(l zerolog.Logger) {
	ctx := events.ContextWith(fixed(1, true), slog.String("tenant", "acme"))
	l = l.With().Str("bound", "yes").Logger()
	l.Warn().Ctx(ctx).Str(zerolog.CallerFieldName, "pay/charge.go:42").Err(errors.New("declined")).
		Dict("card", zerolog.Dict().Bool("expired", true)).Uint64("n", 1<<64-1).Msg("not charged")
}

var resource = []attribute.KeyValue{
	attribute.String("service.name", "shop"), attribute.String("service.version", "1.2"), attribute.String("deployment.environment.name", "prod"),
}

func TestGoldenLines(t *testing.T) {
	atNoon(t)
	const hexTrace, hexSpan = "4bf90000000000000000000000000036", "ab00000000000001"
	const user = `"bound":"yes","caller":"pay/charge.go:42","error":"declined","card":{"expired":true},"n":18446744073709551615`
	tests := []struct {
		name      string
		policy    events.Policy
		own, wrap string
	}{
		{"OTel", events.Policy{},
			`{"level":"warn",` + user + `,"time":` + noon + `,"trace_id":"` + hexTrace + `","span_id":"` + hexSpan + `","trace_flags":"01","tenant":"acme","service.name":"shop","service.version":"1.2","deployment.environment.name":"prod","message":"not charged"}`,
			`{"level":"warn",` + user + `,"trace_id":"` + hexTrace + `","span_id":"` + hexSpan + `","trace_flags":"01","tenant":"acme","service.name":"shop","service.version":"1.2","deployment.environment.name":"prod","message":"not charged"}`},
		{"ECS", events.Policy{Schema: events.ECS},
			`{"@timestamp":` + noon + `,"log.level":"warn","message":"not charged","trace.id":"` + hexTrace + `","span.id":"` + hexSpan + `","trace_flags":"01","tenant":"acme","ecs.version":"8.17.0","service.name":"shop","service.version":"1.2","service.environment":"prod","bound":"yes","log.origin.file.name":"pay/charge.go","log.origin.file.line":42,"error.message":"declined","card":{"expired":true},"n":18446744073709551615}`,
			`{"level":"warn",` + user + `,"trace.id":"` + hexTrace + `","span.id":"` + hexSpan + `","trace_flags":"01","tenant":"acme","ecs.version":"8.17.0","service.name":"shop","service.version":"1.2","service.environment":"prod","message":"not charged"}`},
		{"Datadog", events.Policy{Schema: events.Datadog},
			`{"timestamp":` + noon + `,"status":"warn","message":"not charged","dd.trace_id":"` + hexTrace + `","dd.span_id":"12321848580485677057","tenant":"acme","dd.service":"shop","dd.version":"1.2","dd.env":"prod",` + user + `}`,
			`{"level":"warn",` + user + `,"dd.trace_id":"` + hexTrace + `","dd.span_id":"12321848580485677057","tenant":"acme","dd.service":"shop","dd.version":"1.2","dd.env":"prod","message":"not charged"}`},
		{"GCP", events.Policy{Schema: events.GCP, GCPProject: "shop-1"},
			`{"time":` + noon + `,"severity":"WARNING","message":"not charged","logging.googleapis.com/trace":"projects/shop-1/traces/` + hexTrace + `","logging.googleapis.com/spanId":"` + hexSpan + `","logging.googleapis.com/trace_sampled":true,"tenant":"acme","service.name":"shop","service.version":"1.2","deployment.environment.name":"prod","bound":"yes","logging.googleapis.com/sourceLocation":{"file":"pay/charge.go","line":42},"error":"declined","card":{"expired":true},"n":18446744073709551615}`,
			`{"level":"warn",` + user + `,"logging.googleapis.com/trace":"projects/shop-1/traces/` + hexTrace + `","logging.googleapis.com/spanId":"` + hexSpan + `","logging.googleapis.com/trace_sampled":true,"tenant":"acme","service.name":"shop","service.version":"1.2","deployment.environment.name":"prod","message":"not charged"}`},
		{"Names", events.Policy{Names: &events.Names{TraceID: "t", Time: "at", Level: "l", Message: "text"}},
			`{"at":` + noon + `,"l":"warn","text":"not charged","t":"` + hexTrace + `","tenant":"acme","service.name":"shop","service.version":"1.2","deployment.environment.name":"prod",` + user + `}`,
			`{"level":"warn",` + user + `,"t":"` + hexTrace + `","tenant":"acme","service.name":"shop","service.version":"1.2","deployment.environment.name":"prod","message":"not charged"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.policy.Resource = resource
			var b bytes.Buffer
			golden(New(&b, &tt.policy))
			checkLine(t, b.String(), tt.own+"\n")
			b.Reset()
			golden(Wrap(zerolog.New(&b), &tt.policy))
			checkLine(t, b.String(), tt.wrap+"\n")
		})
	}
}

func TestLevelForms(t *testing.T) {
	tests := []struct {
		schema events.Schema
		want   string
	}{
		{events.ECS, "trace debug info warn error fatal panic"},
		{events.Datadog, "trace debug info warn error fatal panic"},
		{events.GCP, "DEBUG DEBUG INFO WARNING ERROR EMERGENCY ALERT"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		l := New(&b, &events.Policy{Schema: tt.schema})
		var got []string
		for level := zerolog.TraceLevel; level <= zerolog.PanicLevel; level++ {
			b.Reset()
			l.WithLevel(level).Send()
			parts := strings.Split(b.String(), `"`)
			got = append(got, parts[7])
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("schema %d: got %s, want %s", tt.schema, s, tt.want)
		}
		b.Reset()
		l.Log().Send()
		if s := b.String(); strings.Contains(s, "level") || strings.Contains(s, "severity") || strings.Contains(s, "status") {
			t.Errorf("a call without a level has one: %s", s)
		}
		b.Reset()
		l.WithLevel(20).Send()
		checkJSON(t, b.String())
	}
}

// Keys of one object are unique under ECS; with other schemas they stay as the user wrote them.
func TestRepeatedKeys(t *testing.T) {
	atNoon(t)
	log := func(l zerolog.Logger) {
		l.Info().Int("a", 1).Int("a", 2).Int("a_2", 3).Int("a", 4).Dict("d", zerolog.Dict().Int("b", 1).Int("b", 2).Dict("e", zerolog.Dict().Int("b", 1).Int("b", 2))).Send()
	}
	want := `{"@timestamp":` + noon + `,"log.level":"info","ecs.version":"8.17.0","a":1,"a_2":2,"a_2_2":3,"a_3":4,"d":{"b":1,"b_2":2,"e":{"b":1,"b_2":2}}}`
	checkLine(t, ecsLine(t, log), want+"\n")
	var b bytes.Buffer
	log(New(&b, nil))
	if got := b.String(); !strings.Contains(got, `"a":1,"a":2,"a_2":3,"a":4,"d":{"b":1,"b":2,`) {
		t.Errorf("got %s", got)
	}
}

func TestNames100(t *testing.T) {
	var n names
	seen := map[string]bool{}
	for i := range 20000 {
		name := n.unique(fmt.Sprint("k", i%100))
		if seen[name] {
			t.Fatalf("%s twice", name)
		}
		seen[name] = true
	}
	if !seen["k99_200"] {
		t.Error("numbers are left out")
	}
}

func TestECSErrors(t *testing.T) {
	atNoon(t)
	const start = `{"@timestamp":` + noon + `,"log.level":"info","ecs.version":"8.17.0"`
	tests := []struct {
		name, want string
		log        func(e *zerolog.Event) *zerolog.Event
	}{
		{"inside an object", `,"d":{"error":"a"},"error.message":"a"`, func(e *zerolog.Event) *zerolog.Event {
			return e.Dict("d", zerolog.Dict().Err(errors.New("a")))
		}},
		{"inside, then at the root", `,"d":{"error":"a"},"labels.error":"b","error.message":"a"`, func(e *zerolog.Event) *zerolog.Event {
			return e.Dict("d", zerolog.Dict().Err(errors.New("a"))).Err(errors.New("b"))
		}},
		{"at the root, then inside", `,"error.message":"b","d":{"error":"a"}`, func(e *zerolog.Event) *zerolog.Event {
			return e.Err(errors.New("b")).Dict("d", zerolog.Dict().Err(errors.New("a")))
		}},
		{"under another key", `,"cause":"a"`, func(e *zerolog.Event) *zerolog.Event { return e.AnErr("cause", errors.New("a")) }},
		{"stack", `,"error.stack_trace":"main.go:1","error.message":"a"`, func(e *zerolog.Event) *zerolog.Event { return e.Stack().Err(errors.New("a")) }},
		{"a field called stack", `,"stack":"elastic","a":"b"`, func(e *zerolog.Event) *zerolog.Event { return e.Str("stack", "elastic").Str("a", "b") }},
	}
	marshal := zerolog.ErrorStackMarshaler
	t.Cleanup(func() { zerolog.ErrorStackMarshaler = marshal })
	zerolog.ErrorStackMarshaler = func(error) any { return "main.go:1" }
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ecsLine(t, func(l zerolog.Logger) { tt.log(l.Info()).Send() })
			checkLine(t, got, start+tt.want+"}\n")
		})
	}
}

// Fields of the contexts are told from the user's by the marks of the hook, not by their names.
func TestScopeOnRenamedLine(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Schema: events.ECS})
	ctx := events.ContextWith(context.Background(), slog.String("message", "ctx"), slog.String("tenant", "acme"))
	l.Info().Ctx(ctx).RawJSON("time", []byte(` 1 `)).RawJSON("@timestamp", []byte(`2 `)).Str("tenant", "mine").Msg("m")
	checkLine(t, b.String(), `{"@timestamp":`+noon+`,"log.level":"info","message":"m","labels.message":"ctx","tenant":"acme","ecs.version":"8.17.0","time":1,"labels.@timestamp":"2","tenant_2":"mine"}`+"\n")
}
