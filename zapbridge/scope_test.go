package zapbridge

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// aContext has a field and no span.
func aContext() context.Context {
	return events.ContextWith(context.Background(), slog.String("tenant", "acme"))
}

// with makes both flavours with a policy.
func with(p *events.Policy) map[string]func(*bytes.Buffer) *zap.Logger {
	return map[string]func(*bytes.Buffer) *zap.Logger{
		"core": func(b *bytes.Buffer) *zap.Logger { return zap.New(NewCore(b, zap.DebugLevel, p)) },
		"wrap": func(b *bytes.Buffer) *zap.Logger { return Wrap(zap.New(plain(b)), p) },
	}
}

// TestContextFields: at the root, once, with and without a span, bound and per call.
func TestContextFields(t *testing.T) {
	for flavour, newLogger := range flavours() {
		for name, log := range map[string]func(*zap.Logger, context.Context){
			"call": func(l *zap.Logger, ctx context.Context) {
				l.Info("m", zap.Namespace("ns"), zap.Int("a", 1), Context(ctx))
			},
			"bound": func(l *zap.Logger, ctx context.Context) { With(ctx, l).Info("m", zap.Namespace("ns"), zap.Int("a", 1)) },
			"bound, namespace": func(l *zap.Logger, ctx context.Context) {
				With(ctx, l.With(zap.Namespace("ns"))).Info("m", zap.Int("a", 1))
			},
			"bound and call": func(l *zap.Logger, ctx context.Context) {
				With(ctx, l).Info("m", Context(ctx), zap.Namespace("ns"), zap.Int("a", 1))
			},
			"twice bound": func(l *zap.Logger, ctx context.Context) {
				With(ctx, With(ctx, l)).Info("m", zap.Namespace("ns"), zap.Int("a", 1))
			},
			"span below, no field": func(l *zap.Logger, ctx context.Context) {
				With(ctx, l).Info("m", Context(remote()), zap.Namespace("ns"), zap.Int("a", 1))
			},
		} {
			t.Run(flavour+"/"+name, func(t *testing.T) {
				var b bytes.Buffer
				log(newLogger(&b), aContext())
				has(t, parse(t, b.String()), map[string]any{"tenant": "acme", "ns": map[string]any{"a": 1}})

				b.Reset()
				r := record(t)
				log(newLogger(&b), trace.ContextWithSpan(aContext(), r.span))
				has(t, parse(t, b.String()), map[string]any{"tenant": "acme", "ns": map[string]any{"a": 1}})
				if name != "span below, no field" {
					hasEvent(t, r.event(t), map[string]any{"tenant": "acme", "ns.a": int64(1)})
				}
			})
		}
	}
}

// TestContextFieldECS: a field of the call that bears the name of one of the context's is told apart.
func TestContextFieldECS(t *testing.T) {
	var b bytes.Buffer
	zap.New(NewCore(&b, nil, policyOfECS)).Info("m", Context(aContext()), zap.Int("tenant", 7), zap.Namespace("ns"), zap.Int("tenant", 8))
	has(t, parse(t, b.String()), map[string]any{"tenant": "acme", "tenant_2": 7, "ns": map[string]any{"tenant": 8}})
}

// TestRebind: a context without a span that is bound later brings its fields, and the span stays.
func TestRebind(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			With(aContext(), With(r.ctx, newLogger(&b))).Info("m")
			traceID, _ := r.ids()
			has(t, parse(t, b.String()), map[string]any{"tenant": "acme", "trace_id": traceID})
			With(aContext(), With(spanstate.Mute(r.ctx), newLogger(&b))).Info("m")
			hasEvent(t, r.event(t), map[string]any{"tenant": "acme"}) // one: the second was muted
		})
	}
}

func TestBaggageAndSpanAttributes(t *testing.T) {
	p := &events.Policy{Baggage: []string{"user"}, SpanAttributes: []string{"order"}}
	member, err := baggage.NewMember("user", "u1")
	if err != nil {
		t.Fatal(err)
	}
	bag, err := baggage.New(member)
	if err != nil {
		t.Fatal(err)
	}
	for flavour, newLogger := range with(p) {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			r.span.SetAttributes(attribute.Int("order", 7))
			newLogger(&b).Info("m", Context(baggage.ContextWithBaggage(r.ctx, bag)))
			has(t, parse(t, b.String()), map[string]any{"user": "u1", "order": 7})
			hasEvent(t, r.event(t), map[string]any{"user": "u1"})

			b.Reset()
			newLogger(&b).Info("m", Context(baggage.ContextWithBaggage(context.Background(), bag)))
			has(t, parse(t, b.String()), map[string]any{"user": "u1"})
		})
	}
}

func TestLink(t *testing.T) {
	p := &events.Policy{TraceURL: func(trace.SpanContext) string { return "https://jaeger.example/t" }}
	r := record(t)
	spanstate.Keep(r.span.TracerProvider(), nil)
	defer spanstate.Forget(r.span.TracerProvider())
	for flavour, newLogger := range with(p) {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			newLogger(&b).With(zap.Namespace("ns")).Info("m", Context(r.ctx))
			has(t, parse(t, b.String()), map[string]any{"event.url": "https://jaeger.example/t"})
		})
	}
}

func TestMute(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			newLogger(&b).Error("m", Context(spanstate.Mute(r.ctx)))
			With(r.ctx, newLogger(&b)).Error("m", Context(spanstate.Mute(context.Background())))
			traceID, _ := r.ids()
			has(t, parse(t, string(bytes.SplitAfter(b.Bytes(), []byte("\n"))[1])), map[string]any{"trace_id": traceID})
			if n, st := len(r.span.Events()), r.span.Status().Code; n != 0 || st != codes.Unset {
				t.Errorf("events = %d, status = %v", n, st)
			}
		})
	}
}

// TestDynamicPolicy: the levels of events and status are asked at every call.
func TestDynamicPolicy(t *testing.T) {
	var event, status slog.LevelVar
	event.Set(events.Off)
	status.Set(events.Off)
	for flavour, newLogger := range with(&events.Policy{EventLevel: &event, StatusLevel: &status}) {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			l := With(r.ctx, newLogger(&b))
			event.Set(events.Off)
			status.Set(events.Off)
			l.Error("m")
			if n, st := len(r.span.Events()), r.span.Status().Code; n != 0 || st != codes.Unset {
				t.Errorf("Off: events = %d, status = %v", n, st)
			}
			event.Set(slog.LevelDebug)
			status.Set(slog.LevelWarn)
			l.Debug("m")
			l.Warn("w")
			if n, st := len(r.span.Events()), r.span.Status(); n != 2 || st.Code != codes.Error || st.Description != "w" {
				t.Errorf("events = %d, status = %v", n, st)
			}
		})
	}
}

// The link of a bound logger is that of each call: it may hold the time, and ends with the provider.
func TestLinkOfABoundLogger(t *testing.T) {
	for flavour, newLogger := range linked() {
		t.Run(flavour, func(t *testing.T) {
			r := record(t)
			spanstate.Keep(r.span.TracerProvider(), nil)
			defer spanstate.Forget(r.span.TracerProvider())
			var b bytes.Buffer
			calls := 0
			l := With(r.ctx, newLogger(&b, func(trace.SpanContext) string {
				calls++
				return fmt.Sprintf("https://tempo.example/%d", calls)
			}))
			l.Info("m")
			first := parse(t, b.String())["event.url"]
			b.Reset()
			l.Info("m")
			if second := parse(t, b.String())["event.url"]; first == nil || second == nil || first == second {
				t.Errorf("links are %v and %v, want one for each call", first, second)
			}
			spanstate.Forget(r.span.TracerProvider())
			b.Reset()
			l.Info("m")
			if link, there := parse(t, b.String())["event.url"]; there {
				t.Errorf("a link to a provider that is shut down: %v", link)
			}
		})
	}
}

func linked() map[string]func(*bytes.Buffer, func(trace.SpanContext) string) *zap.Logger {
	return map[string]func(*bytes.Buffer, func(trace.SpanContext) string) *zap.Logger{
		"core": func(b *bytes.Buffer, url func(trace.SpanContext) string) *zap.Logger {
			return zap.New(NewCore(b, nil, &events.Policy{TraceURL: url}))
		},
		"wrap": func(b *bytes.Buffer, url func(trace.SpanContext) string) *zap.Logger {
			return Wrap(zap.New(plain(b)), &events.Policy{TraceURL: url})
		},
	}
}
