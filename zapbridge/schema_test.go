package zapbridge

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// aCall is an entry with everything that has a name of the schema.
func aCall() (zapcore.Entry, []zap.Field) {
	ctx := trace.ContextWithSpanContext(aContext(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{7: 255}, TraceFlags: trace.FlagsSampled,
	}))
	return zapcore.Entry{Level: zap.WarnLevel, Time: aTime, LoggerName: "n", Message: "m",
			Caller: zapcore.EntryCaller{Defined: true, PC: 1, File: "/a/b/c.go", Line: 7, Function: "f"}},
		[]zap.Field{Context(ctx), zap.Duration("d", time.Second), zap.Time("t", aTime), zap.Error(errors.New("e"))}
}

func TestGoldenLines(t *testing.T) {
	resource := []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.String("deployment.environment.name", "prod")}
	const trace32 = "01000000000000000000000000000000"
	for _, tt := range []struct {
		name, core, wrap string
		policy           events.Policy
	}{
		{"OTel",
			`{"level":"warn","ts":1795342272.1234567,"logger":"n","caller":"b/c.go:7","msg":"m","d":1,"t":1795342272.1234567,"error":"e",` +
				`"trace_id":"` + trace32 + `","span_id":"00000000000000ff","trace_flags":"01","tenant":"acme","service.name":"shop","deployment.environment.name":"prod"}`,
			`{"level":"warn","ts":1795342272.1234567,"logger":"n","caller":"b/c.go:7","msg":"m","service.name":"shop","deployment.environment.name":"prod",` +
				`"trace_id":"` + trace32 + `","span_id":"00000000000000ff","trace_flags":"01","tenant":"acme","d":1,"t":1795342272.1234567,"error":"e"}`,
			events.Policy{}},
		{"ECS",
			`{"@timestamp":"2026-11-22T10:11:12.123456789Z","log.level":"warn","log.logger":"n","message":"m",` +
				`"log.origin.function":"f","log.origin.file.name":"/a/b/c.go","log.origin.file.line":7,"error.message":"e","error.type":"*errors.errorString",` +
				`"d":1000000000,"t":"2026-11-22T10:11:12.123456789Z","trace.id":"` + trace32 + `","span.id":"00000000000000ff","trace_flags":"01",` +
				`"tenant":"acme","ecs.version":"8.17.0","service.name":"shop","service.environment":"prod"}`,
			`{"level":"warn","ts":1795342272.1234567,"logger":"n","caller":"b/c.go:7","msg":"m","ecs.version":"8.17.0","service.name":"shop","service.environment":"prod",` +
				`"trace.id":"` + trace32 + `","span.id":"00000000000000ff","trace_flags":"01","tenant":"acme","d":1,"t":1795342272.1234567,"error":"e"}`,
			events.Policy{Schema: events.ECS}},
		{"Datadog",
			`{"status":"warn","timestamp":"2026-11-22T10:11:12.123456789Z","logger":"n","caller":"b/c.go:7","message":"m",` +
				`"d":1,"t":"2026-11-22T10:11:12.123456789Z","error":"e","dd.trace_id":"` + trace32 + `","dd.span_id":"255","tenant":"acme","dd.service":"shop","dd.env":"prod"}`,
			`{"level":"warn","ts":1795342272.1234567,"logger":"n","caller":"b/c.go:7","msg":"m","dd.service":"shop","dd.env":"prod",` +
				`"dd.trace_id":"` + trace32 + `","dd.span_id":"255","tenant":"acme","d":1,"t":1795342272.1234567,"error":"e"}`,
			events.Policy{Schema: events.Datadog}},
		{"GCP",
			`{"severity":"WARNING","time":"2026-11-22T10:11:12.123456789Z","logger":"n","message":"m","d":1,"t":"2026-11-22T10:11:12.123456789Z","error":"e",` +
				`"logging.googleapis.com/sourceLocation":{"file":"/a/b/c.go","line":7,"function":"f"},"logging.googleapis.com/trace":"projects/p/traces/` + trace32 + `",` +
				`"logging.googleapis.com/spanId":"00000000000000ff","logging.googleapis.com/trace_sampled":true,"tenant":"acme",` +
				`"service.name":"shop","deployment.environment.name":"prod"}`,
			`{"level":"warn","ts":1795342272.1234567,"logger":"n","caller":"b/c.go:7","msg":"m","service.name":"shop","deployment.environment.name":"prod",` +
				`"logging.googleapis.com/trace":"projects/p/traces/` + trace32 + `","logging.googleapis.com/spanId":"00000000000000ff",` +
				`"logging.googleapis.com/trace_sampled":true,"tenant":"acme","d":1,"t":1795342272.1234567,"error":"e"}`,
			events.Policy{Schema: events.GCP, GCPProject: "p"}},
		{"Names",
			`{"lvl":"warn","at":1795342272.1234567,"logger":"n","caller":"b/c.go:7","text":"m","d":1,"t":1795342272.1234567,"error":"e",` +
				`"trace":"` + trace32 + `","tenant":"acme","service.name":"shop","deployment.environment.name":"prod"}`,
			`{"level":"warn","ts":1795342272.1234567,"logger":"n","caller":"b/c.go:7","msg":"m","service.name":"shop","deployment.environment.name":"prod",` +
				`"trace":"` + trace32 + `","tenant":"acme","d":1,"t":1795342272.1234567,"error":"e"}`,
			events.Policy{Names: &events.Names{TraceID: "trace", Time: "at", Level: "lvl", Message: "text"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.policy
			p.Resource = resource
			var core, wrapped bytes.Buffer
			ent, fields := aCall()
			NewCore(&core, nil, &p).Check(ent, nil).Write(fields...)
			Wrap(zap.New(plain(&wrapped)), &p).Core().Check(ent, nil).Write(fields...)
			if got := core.String(); got != tt.core+"\n" {
				t.Errorf("core\ngot  %swant %s", got, tt.core)
			}
			if got := wrapped.String(); got != tt.wrap+"\n" {
				t.Errorf("wrap\ngot  %swant %s", got, tt.wrap)
			}
		})
	}
}

func TestLevelTexts(t *testing.T) {
	for schema, want := range map[events.Schema][2]string{
		events.OTel: {"dpanic", "level"}, events.ECS: {"dpanic", "log.level"}, events.Datadog: {"dpanic", "status"}, events.GCP: {"CRITICAL", "severity"},
	} {
		var b bytes.Buffer
		zap.New(NewCore(&b, nil, &events.Policy{Schema: schema})).DPanic("m")
		has(t, parse(t, b.String()), map[string]any{want[1]: want[0]})
	}
}

// TestYears: a time that RFC 3339 does not have is a mark, on lines of the schemas that write it.
func TestYears(t *testing.T) {
	late := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	for schema, key := range map[events.Schema]string{events.ECS: "@timestamp", events.GCP: "time", events.Datadog: "timestamp"} {
		var b bytes.Buffer
		if err := NewCore(&b, nil, &events.Policy{Schema: schema}).Write(zapcore.Entry{Time: late}, []zap.Field{zap.Time("t", late)}); err != nil {
			t.Fatal(err)
		}
		has(t, parse(t, b.String()), map[string]any{key: badYear, "t": badYear})
	}
}

// TestECSContextFieldOnce: a context's field and a field of the user's of one name stand side by side under ECS.
func TestECSContextFieldOnce(t *testing.T) {
	ctx := events.ContextWith(aContext(), slog.Int("user", 7), slog.Int("n", 1))
	tenant, user := zap.String("tenant", "mine"), zap.String("user", "mine")
	for name, log := range map[string]func(l *zap.Logger){
		"With, bound":     func(l *zap.Logger) { With(ctx, l.With(tenant, user)).Info("m", tenant) },
		"bound, With":     func(l *zap.Logger) { With(ctx, l).With(tenant, user).Info("m", tenant) },
		"With, call":      func(l *zap.Logger) { l.With(tenant, user).Info("m", Context(ctx), tenant) },
		"With, namespace": func(l *zap.Logger) { l.With(tenant, user, zap.Namespace("ns"), tenant).Info("m", Context(ctx), tenant) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			log(zap.New(NewCore(&b, nil, policyOfECS)))
			line := parse(t, b.String())
			has(t, line, map[string]any{"tenant": "mine", "tenant_2": "acme", "labels.user": "mine", "labels.user_2": "7", "n": 1})
			if _, isText := line["labels.user_2"].(string); !isText {
				t.Errorf("a label that is no string: %s", b.String())
			}
			if name == "With, namespace" {
				has(t, line, map[string]any{"ns": map[string]any{"tenant": "mine", "tenant_2": "mine"}})
			} else {
				has(t, line, map[string]any{"tenant_3": "mine"})
			}
		})
	}
}

// The label of a string called error stands once, also where a namespace is open when it is written.
func TestECSErrorLabelOnce(t *testing.T) {
	text, flag, inside := zap.String("error", "text"), zap.Bool("error", true), zap.NamedError("cause", errors.New("e"))
	for _, tt := range []struct {
		name       string
		with, call []zap.Field
		ctx        []slog.Attr
	}{
		{"one call", nil, []zap.Field{text, flag, zap.Namespace("ns"), inside}, nil},
		{"namespace of With", []zap.Field{text, flag, zap.Namespace("ns")}, []zap.Field{inside}, nil},
		{"field of the context", []zap.Field{text, flag, zap.Namespace("ns")}, []zap.Field{inside}, []slog.Attr{slog.Int("error", 1)}},
		{"no namespace", nil, []zap.Field{text, flag, inside}, []slog.Attr{slog.Int("labels.error", 1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			core := NewCore(&b, zap.InfoLevel, policyOfECS).With(tt.with)
			fields := append([]zap.Field{Context(events.ContextWith(remote(), tt.ctx...))}, tt.call...)
			if err := core.Write(zapcore.Entry{Message: "m"}, fields); err != nil {
				t.Fatal(err)
			}
			m := parse(t, b.String()) // no key twice
			got := fmt.Sprint(m["error.message"], m["labels.error"], m["labels.error_2"], m["labels.error_3"])
			for _, want := range []string{"text", "true"} {
				if !strings.Contains(got, want) {
					t.Errorf("%s is missing in %s", want, b.String())
				}
			}
		})
	}
}
