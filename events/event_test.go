package events_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

func newSpan(t testing.TB) (trace.Span, func() sdktrace.ReadOnlySpan) {
	t.Helper()
	rec := tracetest.NewSpanRecorder()
	_, s := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(rec)).Tracer("test").Start(context.Background(), "s")
	return s, func() sdktrace.ReadOnlySpan { s.End(); return rec.Ended()[0] }
}

// in is the scope of a call in s.
func in(s trace.Span) events.Scope {
	var p *events.Policy
	ctx := context.Background()
	if s != nil {
		ctx = trace.ContextWithSpan(ctx, s)
	}
	return p.Rules().Scope(ctx, nil)
}

func TestBegin(t *testing.T) {
	s, end := newSpan(t)
	var p *events.Policy
	rules := p.Rules()
	for level, want := range map[slog.Level]bool{slog.LevelDebug: false, slog.LevelInfo: true, slog.LevelError: true} {
		if e := rules.Begin(new(in(s)), level, &events.Call{}); (e != nil) != want {
			t.Errorf("Begin at %v: %v, want %v", level, e != nil, want)
		}
	}
	off := (&events.Policy{EventLevel: events.Off, StatusLevel: events.Off}).Rules()
	if off.Begin(new(in(s)), slog.LevelError+100, &events.Call{}) != nil || off.Begin(new(in(s)), events.Off, &events.Call{}) != nil {
		t.Error("Begin with everything off is not nil")
	}
	if rules.Begin(new(in(nil)), slog.LevelInfo, &events.Call{}) != nil {
		t.Error("Begin on a nil span is not nil")
	}
	end()
	if rules.Begin(new(in(s)), slog.LevelInfo, &events.Call{}) != nil {
		t.Error("Begin on an ended span is not nil")
	}
}

func TestLevelsMayChange(t *testing.T) {
	s, _ := newSpan(t)
	var level slog.LevelVar
	rules := (&events.Policy{EventLevel: &level}).Rules()
	level.Set(slog.LevelWarn)
	if rules.Begin(new(in(s)), slog.LevelInfo, &events.Call{}) != nil {
		t.Error("Info is an event at EventLevel Warn")
	}
	level.Set(slog.LevelDebug)
	if rules.Begin(new(in(s)), slog.LevelDebug, &events.Call{}) == nil {
		t.Error("Debug is no event at EventLevel Debug")
	}
}

func TestEventNames(t *testing.T) {
	s, end := newSpan(t)
	rules := (*events.Policy)(nil).Rules()
	emit := func(message string, fields ...attribute.KeyValue) {
		e := rules.Begin(new(in(s)), slog.LevelInfo, &events.Call{})
		for _, kv := range fields {
			e.Add(kv)
		}
		e.End("INFO", message, time.Time{})
	}
	emit("message")
	emit("")
	emit("message", attribute.String("event.name", "cart.checkout"))
	emit(strings.Repeat("x", 300))
	emit("m", attribute.String("", "no key"))
	got := end().Events()
	for i, want := range []string{"message", "log", "cart.checkout", strings.Repeat("x", 253) + "…", "m"} {
		if got[i].Name != want {
			t.Errorf("event %d is %q, want %q", i, got[i].Name, want)
		}
	}
	if len(got[2].Attributes) != 1 {
		t.Errorf("event.name is an attribute too: %v", got[2].Attributes)
	}
	if got[4].Attributes[1] != attribute.String("_", "no key") {
		t.Errorf("a field without a key is lost: %v", got[4].Attributes)
	}
}

func TestEventTimeIsTheRecords(t *testing.T) {
	s, end := newSpan(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
	(*events.Policy)(nil).Rules().Begin(new(in(s)), slog.LevelInfo, &events.Call{}).End("INFO", "m", at)
	if got := end().Events()[0].Time; !got.Equal(at) {
		t.Errorf("time is %v, want %v", got, at)
	}
}

func TestManyAttributes(t *testing.T) {
	s, end := newSpan(t)
	e := (*events.Policy)(nil).Rules().Begin(new(in(s)), slog.LevelError, &events.Call{})
	for i := range 200 {
		e.Add(attribute.Int(fmt.Sprintf("k%d", i), i))
	}
	e.AddError(errors.New("boom"))
	e.End("ERROR", "m", time.Time{})
	got := end().Events()[0]
	if len(got.Attributes) != 128 || got.DroppedAttributeCount != 75 {
		t.Errorf("%d attributes, %d dropped, want 128 and 75", len(got.Attributes), got.DroppedAttributeCount)
	}
	for i, want := range []attribute.Key{"log.severity", "exception.type", "exception.message", "k0"} {
		if got.Attributes[i].Key != want {
			t.Errorf("attribute %d is %s, want %s", i, got.Attributes[i].Key, want)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, row := range []struct {
		name  string
		p     *events.Policy
		level slog.Level
		err   error
		want  sdktrace.Status
		typ   string
	}{
		{"error value", nil, slog.LevelError, errors.New("boom"), sdktrace.Status{Code: codes.Error, Description: "m: boom"}, "*errors.errorString"},
		{"no error value", nil, slog.LevelError, nil, sdktrace.Status{Code: codes.Error, Description: "m"}, "_OTHER"},
		{"warning", nil, slog.LevelWarn, errors.New("boom"), sdktrace.Status{}, ""},
		{"off", &events.Policy{StatusLevel: events.Off}, slog.LevelError, errors.New("boom"), sdktrace.Status{}, ""},
		{"from warning on", &events.Policy{StatusLevel: slog.LevelWarn}, slog.LevelWarn, nil, sdktrace.Status{Code: codes.Error, Description: "m"}, "_OTHER"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, end := newSpan(t)
			e := row.p.Rules().Begin(new(in(s)), row.level, &events.Call{})
			e.AddError(row.err)
			e.End("X", "m", time.Time{})
			got := end()
			if got.Status() != row.want {
				t.Errorf("status is %v, want %v", got.Status(), row.want)
			}
			typ := ""
			for _, kv := range got.Attributes() {
				if kv.Key == "error.type" {
					typ = kv.Value.AsString()
				}
			}
			if typ != row.typ {
				t.Errorf("error.type is %q, want %q", typ, row.typ)
			}
		})
	}
}

// Buffers are used again: a later event must not change an earlier one.
func TestEventsDoNotShareMemory(t *testing.T) {
	s, end := newSpan(t)
	rules := (*events.Policy)(nil).Rules()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				e := rules.Begin(new(in(s)), slog.LevelInfo, &events.Call{})
				e.Add(attribute.Int("g", g))
				e.Add(attribute.Int("i", i))
				e.End("INFO", fmt.Sprintf("%d/%d", g, i), time.Time{})
			}
		})
	}
	wg.Wait()
	for _, e := range end().Events() {
		if want := fmt.Sprintf("%d/%d", e.Attributes[1].Value.AsInt64(), e.Attributes[2].Value.AsInt64()); e.Name != want {
			t.Errorf("event %q holds the attributes of %q", e.Name, want)
		}
	}
}

func TestFieldsClone(t *testing.T) {
	var base events.Fields
	base.Add(attribute.Int("a", 1))
	one, two := base.Clone(), base.Clone()
	one.Add(attribute.Int("one", 1))
	two.Add(attribute.Int("two", 2))
	s, end := newSpan(t)
	e := (*events.Policy)(nil).Rules().Begin(new(in(s)), slog.LevelInfo, &events.Call{})
	e.AddFields(one)
	e.End("INFO", "m", time.Time{})
	if got := end().Events()[0].Attributes; len(got) != 3 || got[2] != attribute.Int("one", 1) {
		t.Errorf("attributes are %v", got)
	}
}

// Groups whose names are longer than a key may be: the attribute is in none, and nothing panics.
func TestLongGroups(t *testing.T) {
	for _, groups := range []events.Groups{events.GroupsDotted, events.GroupsMap} {
		s, end := newSpan(t)
		r := (&events.Policy{Groups: groups}).Rules()
		e := r.Begin(new(r.Scope(trace.ContextWithSpan(context.Background(), s), nil)), 0, &events.Call{})
		group := strings.Repeat("g", 5000) + "."
		e.AddInt64(len(group), group+"k", 1)
		e.AddIn(len(group), attribute.StringSlice(group+"s", []string{"x"}))
		e.AddInt64(2, "a."+group, 2)
		e.End("INFO", "m", time.Time{})
		got := end().Events()[0].Attributes
		if len(got) != 4 || len(got[1].Key) > 1024 || len(got[2].Key) > 1024 {
			t.Errorf("attributes are %.200v", got)
		}
	}
}
