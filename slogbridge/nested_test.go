package slogbridge_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// A handler of ours behind one that spreads records cannot be seen by Wrap; what stands on the line already does not come again.
func TestOursBehindMultiHandler(t *testing.T) {
	for name, inner := range map[string]func(io.Writer, *events.Policy) slog.Handler{
		"own": func(w io.Writer, p *events.Policy) slog.Handler { return slogbridge.NewHandler(w, nil, p) },
		"wrapped": func(w io.Writer, p *events.Policy) slog.Handler {
			return slogbridge.Wrap(slog.NewJSONHandler(w, nil), p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			ctx = asked(t, ctx)
			var buf bytes.Buffer
			h := slog.NewMultiHandler(inner(&buf, &events.Policy{Baggage: []string{"user"}}), slog.NewJSONHandler(io.Discard, nil))
			l := slog.New(slogbridge.Wrap(h, &events.Policy{Baggage: []string{"user"}}))
			l.InfoContext(ctx, "m", "a", 1)
			slogbridge.With(ctx, l).WithGroup("g").Info("m", "a", 1)
			for _, m := range objects(t, &buf) {
				if m["tenant"] != "acme" || m["user"] != "bob" {
					t.Errorf("line is %v", m)
				}
			}
			for _, key := range []string{`"tenant"`, `"user"`, `"trace_id"`} {
				if n := bytes.Count(buf.Bytes(), []byte(key)); n != 0 && n != 2 {
					t.Errorf("%s stands %d times on two lines", key, n)
				}
			}
			got := end().Events()
			if len(got) != 2 {
				t.Fatalf("%d events, want 2", len(got))
			}
			if set := attribute.NewSet(got[0].Attributes...); !set.HasValue("tenant") || len(got[0].Attributes) != 4 {
				t.Errorf("attributes are %v", got[0].Attributes)
			}
		})
	}
}

// asked returns ctx with a user in its baggage and a tenant among its fields.
func asked(t *testing.T, ctx context.Context) context.Context {
	t.Helper()
	user, err := baggage.NewMember("user", "bob")
	if err != nil {
		t.Fatal(err)
	}
	bag, err := baggage.New(user)
	if err != nil {
		t.Fatal(err)
	}
	return events.ContextWith(baggage.ContextWithBaggage(ctx, bag), slog.String("tenant", "acme"))
}

// With on a slog.MultiHandler binds the handlers of ours in it too: each has the ids under its own names, and what its
// policy takes from the bound context; the call is one event.
func TestWithBindsBehindMultiHandler(t *testing.T) {
	for name, log := range map[string]func(*slog.Logger){
		"no context":      func(l *slog.Logger) { l.Info("m", "a", 1) },
		"without a span":  func(l *slog.Logger) { l.InfoContext(t.Context(), "m", "a", 1) },
		"in a group":      func(l *slog.Logger) { l.WithGroup("g").Info("m", "a", 1) },
		"with attributes": func(l *slog.Logger) { l.With("b", 2).Info("m", "a", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			ctx = asked(t, ctx)
			var ecs, gcp, plain bytes.Buffer
			h := slog.NewMultiHandler(
				slogbridge.NewHandler(&ecs, nil, &events.Policy{Schema: events.ECS, Baggage: []string{"user"}}),
				slogbridge.Wrap(slog.NewJSONHandler(&gcp, nil), &events.Policy{Schema: events.GCP}),
				slog.NewJSONHandler(&plain, nil))
			log(slogbridge.With(ctx, slog.New(h)))
			traceID, spanID := span.IDs(ctx)
			m := objects(t, &ecs)[0]
			if m["trace.id"] != traceID || m["span.id"] != spanID || m["labels.user"] != "bob" || m["tenant"] != "acme" || m["trace_id"] != nil {
				t.Errorf("ECS: %v", m)
			}
			if m := objects(t, &gcp)[0]; m["logging.googleapis.com/trace"] != traceID || m["tenant"] != "acme" {
				t.Errorf("GCP: %v", m)
			}
			if m := objects(t, &plain)[0]; len(m) > 5 {
				t.Errorf("a handler that is not ours has more than its own: %v", m)
			}
			if n := len(end().Events()); n != 1 {
				t.Errorf("%d events, want 1", n)
			}
		})
	}
}

// A context that is bound later takes the place of one that was bound before, and so does the call's.
func TestWithOverBoundBehindMultiHandler(t *testing.T) {
	first, endFirst := recording(t)
	second, endSecond := recording(t)
	third, endThird := recording(t)
	var buf bytes.Buffer
	h := slogbridge.With(first, slog.New(slogbridge.NewHandler(&buf, nil, &events.Policy{Schema: events.ECS}))).Handler()
	for _, around := range []slog.Handler{slog.NewMultiHandler(h), slogbridge.Wrap(slog.NewMultiHandler(h), nil)} {
		l := slogbridge.With(second, slog.New(around))
		l.Info("m")
		l.InfoContext(third, "m")
	}
	slogbridge.With(span.Mute(second), slog.New(slog.NewMultiHandler(h))).Error("m")
	for i, ctx := range []context.Context{second, third, second, third, second} {
		if traceID, _ := span.IDs(ctx); objects(t, bytes.NewBuffer(bytes.SplitAfter(buf.Bytes(), []byte("\n"))[i]))[0]["trace.id"] != traceID {
			t.Errorf("line %d: got %s, want trace.id %s", i, &buf, traceID)
		}
	}
	for i, end := range []func() sdktrace.ReadOnlySpan{endFirst, endSecond, endThird} {
		if got, want := len(end().Events()), 2*min(i, 1); got != want {
			t.Errorf("span %d has %d events, want %d", i, got, want)
		}
	}
}

// What With binds behind a slog.MultiHandler is hidden by the policies there: no other policy sees the call.
func TestWithBehindMultiHandlerRedacts(t *testing.T) {
	ctx, end := recording(t)
	p := &events.Policy{Redact: []events.Redaction{events.RedactSecrets()}, Resource: []attribute.KeyValue{attribute.String("service.name", "shop")}}
	var one, two bytes.Buffer
	h := slog.NewMultiHandler(slogbridge.NewHandler(&one, nil, p), middle{slogbridge.Wrap(slog.NewJSONHandler(&two, nil), p)})
	l := slogbridge.With(ctx, slog.New(h)).With("password", "hunter2")
	slogbridge.With(ctx, l).Info("m", "token", "hunter2")
	slogbridge.NewLogLogger(ctx, l.Handler(), slog.LevelInfo).Print("m")
	for _, b := range []*bytes.Buffer{&one, &two} {
		for _, m := range objects(t, b) {
			if m["service.name"] != "shop" || m["password"] != events.Redacted || m["labels.service_name"] != nil {
				t.Errorf("got %v", m)
			}
		}
	}
	got := end().Events()
	if len(got) != 2 {
		t.Errorf("%d events, want 2", len(got))
	}
	for _, e := range got {
		if s := attrs(e.Attributes); s["password"] != events.Redacted || s["token"] == "hunter2" {
			t.Errorf("event has %v", s)
		}
	}
	var none context.Context
	if l := slogbridge.With(none, slog.New(h)); l.Handler() != slog.Handler(h) {
		t.Errorf("got %T", l.Handler())
	}
}

// middle is a handler of a user's around another, for which a probe is an attribute like any other.
type middle struct{ slog.Handler }

func (m middle) WithAttrs(attrs []slog.Attr) slog.Handler { return middle{m.Handler.WithAttrs(attrs)} }
func (m middle) WithGroup(name string) slog.Handler       { return middle{m.Handler.WithGroup(name)} }

// dislikes panics on attributes that it does not know, as a user's handler may.
type dislikes struct{ slog.Handler }

func (dislikes) WithAttrs([]slog.Attr) slog.Handler { panic("no") }

func TestWithAroundAHandlerThatPanics(t *testing.T) {
	ctx, end := recording(t)
	var b bytes.Buffer
	slogbridge.With(ctx, slog.New(dislikes{slog.NewJSONHandler(&b, nil)})).Info("m")
	traceID, _ := span.IDs(ctx)
	if m := objects(t, &b)[0]; m["trace_id"] != traceID || len(end().Events()) != 1 {
		t.Errorf("got %v", m)
	}
}
