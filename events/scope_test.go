package events_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

func scopeLine(r *events.Rules, ctx, bound context.Context) string {
	s := r.Scope(ctx, bound)
	return string(r.AppendScope(nil, &s))
}

func TestContextWith(t *testing.T) {
	r := (*events.Policy)(nil).Rules()
	var none context.Context
	ctx := events.ContextWith(none, slog.String("tenant", "acme"), slog.Group("user", "id", 7), slog.String("", "x"))
	below := events.ContextWith(ctx, slog.String("tenant", "other"), slog.Duration("d", time.Second))
	for _, row := range []struct {
		name       string
		ctx, bound context.Context
		want       string
	}{
		{"call", ctx, nil, `,"tenant":"acme","user.id":7`},
		{"below", below, nil, `,"tenant":"other","user.id":7,"d":1000000000`},
		{"bound", context.Background(), ctx, `,"tenant":"acme","user.id":7`},
		{"the call wins", below, ctx, `,"tenant":"other","user.id":7,"d":1000000000`},
		{"none", context.Background(), nil, ""},
		{"nil", nil, nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := scopeLine(r, row.ctx, row.bound); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestContextFieldsAreOnTheEvent(t *testing.T) {
	s, end := newSpan(t)
	ctx := events.ContextWith(trace.ContextWithSpan(context.Background(), s), slog.String("tenant", "acme"))
	r := (*events.Policy)(nil).Rules()
	r.Begin(new(r.Scope(ctx, nil)), 0, &events.Call{}).End("INFO", "m", time.Time{})
	if got := end().Events()[0].Attributes; len(got) != 2 || got[1] != attribute.String("tenant", "acme") {
		t.Errorf("attributes are %v", got)
	}
}

func TestAnIDInTheContextGivesWay(t *testing.T) {
	ctx := events.ContextWith(context.Background(), slog.String("trace_id", "mine"), slog.Int("n", 1))
	if got := scopeLine((*events.Policy)(nil).Rules(), ctx, nil); got != `,"n":1` {
		t.Errorf("got %s", got)
	}
}

func TestBaggageAndSpanAttributes(t *testing.T) {
	m, err := baggage.NewMember("user.id", "7")
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := baggage.NewMember("session", "s")
	long, _ := baggage.NewMember("long", strings.Repeat("x", 100))
	b, _ := baggage.New(m, secret, long)
	s, end := newSpan(t)
	s.SetAttributes(attribute.String("order.id", "A-1"), attribute.String("other", "x"), attribute.IntSlice("list", []int{1, 2}))
	ctx := baggage.ContextWithBaggage(trace.ContextWithSpan(context.Background(), s), b)
	r := (&events.Policy{Baggage: []string{"user.id", "absent", "long"}, SpanAttributes: []string{"order.id", "list"}, FieldBytes: 10}).Rules()
	if got, want := scopeLine(r, ctx, nil), `,"user.id":"7","long":"xxxxxxx…","order.id":"A-1","list":[1,2]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.Begin(new(r.Scope(ctx, nil)), 0, &events.Call{}).End("INFO", "m", time.Time{})
	keys := ""
	for _, kv := range end().Events()[0].Attributes {
		keys += string(kv.Key) + " "
	}
	if keys != "log.severity user.id long " {
		t.Errorf("the event has %s", keys)
	}
}

// Without FieldBytes such a field is cut at 1 KiB.
func TestDefaultFieldBytes(t *testing.T) {
	m, err := baggage.NewMember("long", strings.Repeat("x", 5000))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := baggage.New(m)
	s, _ := newSpan(t)
	s.SetAttributes(attribute.String("text", strings.Repeat("y", 5000)), attribute.StringSlice("list", []string{strings.Repeat("z", 5000)}))
	ctx := baggage.ContextWithBaggage(trace.ContextWithSpan(context.Background(), s), b)
	r := (&events.Policy{Baggage: []string{"long"}, SpanAttributes: []string{"text", "list"}}).Rules()
	scope := r.Scope(ctx, nil)
	if len(scope.Fields()) != 3 {
		t.Fatalf("got %d fields, want 3", len(scope.Fields()))
	}
	for _, kv := range scope.Fields() {
		if got := kv.Value.AsString(); len(got) != 1024 || !strings.HasSuffix(got, "…") {
			t.Errorf("%s has %d bytes, want 1024 with a mark", kv.Key, len(got))
		}
	}
}

func TestLink(t *testing.T) {
	tp := sdktrace.NewTracerProvider()
	ctx, s := tp.Tracer("x").Start(context.Background(), "s")
	url := func(sc trace.SpanContext) string { return "https://jaeger.example/trace/" + sc.TraceID().String() }
	r := (&events.Policy{TraceURL: url}).Rules()
	if got := scopeLine(r, ctx, nil); got != "" {
		t.Errorf("a foreign provider has a link: %s", got)
	}
	spanstate.Keep(tp, nil)
	if got, want := scopeLine(r, ctx, nil), `,"event.url":"https://jaeger.example/trace/`+s.SpanContext().TraceID().String()+`"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := scopeLine((*events.Policy)(nil).Rules(), ctx, nil); got != "" {
		t.Errorf("a link without a function that makes it: %s", got)
	}
	unsampled := trace.ContextWithSpanContext(ctx, s.SpanContext().WithTraceFlags(0))
	if got := scopeLine(r, unsampled, nil); got != "" {
		t.Errorf("an unsampled span has a link: %s", got)
	}
	spanstate.Forget(tp)
	if got := scopeLine(r, ctx, nil); got != "" {
		t.Errorf("a link after shutdown: %s", got)
	}
}

func TestMute(t *testing.T) {
	s, end := newSpan(t)
	ctx := spanstate.Mute(trace.ContextWithSpan(context.Background(), s))
	r := (*events.Policy)(nil).Rules()
	if r.Begin(new(r.Scope(ctx, nil)), 8, &events.Call{}) != nil {
		t.Error("a muted call makes an event")
	}
	if r.Begin(new(r.Scope(context.Background(), ctx)), 8, &events.Call{}) != nil {
		t.Error("a call on a muted logger makes an event")
	}
	if got := end(); len(got.Events()) != 0 || got.Status().Code != 0 {
		t.Errorf("events %v, status %v", got.Events(), got.Status())
	}
}
