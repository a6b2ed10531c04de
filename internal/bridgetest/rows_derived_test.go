package bridgetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

func derivedRows() []row {
	return []row{
		{name: "slices-not-written", says: "a caller's slice is never written, nor is the memory behind its end",
			not: func(fl flavour) bool { return fl.family == "zerolog" }, // its hooks see no slice of the caller's
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				fields := []field{f("trace_id", "mine"), f("a", 1), f("s", []string{"x", "y"}), f("b", []byte{1, 2}),
					f("e", errPlain), f("g", members{f("c", 3), f("trace_id", "mine")}), f("event.name", "n")}
				for _, l := range []logger{s.logger, s.with(fields...), s.open("h").with(fields...)} {
					l.log(s.ctx, 8, "m", f("in", members{f("call", 1)}), f("s2", []string{"z"}))
				}
				s.info("m", fields...)
				s.wantLines(4)
				if changed, of := s.spy.written(); changed > 0 || of == 0 {
					t.Errorf("%d of %d slices were written", changed, of)
				}
			}},
		{name: "siblings", says: "loggers derived from one logger do not share what they add",
			run: func(t *testing.T, with func(setting) *stage) {
				for n := range 12 {
					s := with(setting{})
					base := s.with(f("base", n))
					for i := range n {
						base = base.with(f("b"+digits(i), i))
					}
					first := base.with(f("own", "first"))
					second := base.with(f("own", "second"))
					first.log(s.ctx, 0, "m")
					second.log(s.ctx, 0, "m")
					wantOwn(t, s, "first", "second")
				}
			}},
		{name: "siblings-in-group", says: "nor do they inside a group",
			run: func(t *testing.T, with func(setting) *stage) {
				for n := range 12 {
					s := with(setting{})
					base := s.open("g")
					for i := range n {
						base = base.with(f("b"+digits(i), i))
						if i%3 == 0 {
							base = base.open("g" + digits(i))
						}
					}
					first := base.with(f("own", "first"))
					second := base.with(f("own", "second"))
					inner, _ := base.open("h"), base.open("other")
					first.log(s.ctx, 0, "m")
					second.log(s.ctx, 0, "m")
					inner.log(s.ctx, 0, "m", f("own", "third"))
					lines := wantOwn(t, s, "first", "second", "third")
					wantIn(t, s, lines, "h", "own")
				}
			}},
		{name: "concurrent", says: "derived loggers can be used concurrently: every line and event is whole",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				const each, goroutines = 90, 8 // within the budget of a span
				var all sync.WaitGroup
				base, spans := s.with(f("base", true)), make([]trace.Span, goroutines)
				for i := range spans {
					var ctx context.Context
					ctx, spans[i] = s.tracer.Start(s.ctx, "concurrent")
					all.Go(func() {
						defer failOnPanic(t)
						for range each {
							base.with(f("own", i)).open("g").log(ctx, 0, "m", f("own", i), f("e", errPlain))
						}
					})
				}
				all.Wait()
				s.wantWhole(spans, each)
				wantApart(t, with(setting{}))
			}},
	}
}

// slowSpan is a span whose AddEvent lets another call come between.
type slowSpan struct {
	trace.Span
	between func()
}

func (s slowSpan) AddEvent(name string, options ...trace.EventOption) {
	s.between()
	s.Span.AddEvent(name, options...)
}

// wantApart fails if a call that comes while another one adds its event touches that. What two goroutines do by chance
// is done here on purpose.
func wantApart(t *testing.T, s *stage) {
	t.Helper()
	ctx, other := s.tracer.Start(context.Background(), "other")
	slow := trace.ContextWithSpan(s.ctx, slowSpan{s.span, func() { s.log(ctx, 0, "second", f("own", 2), f("b", "x")) }})
	s.log(slow, 0, "first", f("own", 1))
	e := s.event()
	wantName(t, e, "first")
	wantAttr(t, e, "own", int64(1))
	wantNoAttr(t, e, "b")
	if n := len(s.ended(other).Events()); n != 1 {
		t.Errorf("the second call made %d events, want 1", n)
	}
}

// wantOwn wants as many lines and events, each with its value of own, at the root or in the group.
func wantOwn(t *testing.T, s *stage, values ...string) (lines []object) {
	t.Helper()
	lines = s.lines()
	all := s.end().Events()
	if len(lines) != len(values) || len(all) != len(values) {
		t.Fatalf("got %d lines and %d events, want %d", len(lines), len(all), len(values))
	}
	for i, want := range values {
		if got := find(lines[i], "own"); !equal(got, want) {
			t.Errorf("line: got %v, want %q in %v", got, want, lines[i])
		}
		if !hasOwn(readEvent(t, all[i]), want) {
			t.Errorf("event: got %v, want own %q", all[i].Attributes, want)
		}
	}
	return lines
}

// wantIn wants that member in that group, on the last line and on the last event.
func wantIn(t *testing.T, s *stage, lines []object, group, key string) {
	t.Helper()
	all := s.end().Events()
	if line := lines[len(lines)-1]; !isIn(line, group, key) {
		t.Errorf("line: got %v, want %s in %s", line, key, group)
	}
	attrs := all[len(all)-1].Attributes
	if !slices.ContainsFunc(attrs, func(kv attribute.KeyValue) bool { return strings.HasSuffix(string(kv.Key), "."+group+"."+key) }) {
		t.Errorf("event: got %v, want %s in %s", attrs, key, group)
	}
}

// isIn reports whether a group of that name, at any depth, has the member.
func isIn(o object, group, key string) bool {
	for name, v := range o {
		inner, _ := v.(object)
		if _, there := inner[key]; there && name == group || isIn(inner, group, key) || strings.HasSuffix("."+name, "."+group+"."+key) {
			return true
		}
	}
	return false
}

func hasOwn(e event, want string) bool {
	for key, v := range e.attrs {
		if (key == "own" || strings.HasSuffix(key, ".own")) && v == want {
			return true
		}
	}
	return false
}

// wantWhole wants of each span as many lines and events, each with the number of its span.
func (s *stage) wantWhole(spans []trace.Span, each int) {
	s.t.Helper()
	lines := map[string]int{}
	for _, line := range s.lines() {
		lines[fmt.Sprint(line["span_id"])]++
		wantMember(s.t, inside(s.t, line, "g"), "own", line["own"])
	}
	for i, span := range spans {
		if got := lines[span.SpanContext().SpanID().String()]; got != each {
			s.t.Errorf("got %d lines, want %d", got, each)
		}
		all := s.ended(span).Events()
		for _, e := range all {
			wantAttr(s.t, readEvent(s.t, e), "own", int64(i))
			wantAttr(s.t, readEvent(s.t, e), "g.own", int64(i))
		}
		if len(all) != each {
			s.t.Errorf("got %d events, want %d", len(all), each)
		}
	}
}

// find returns the member of that name at any depth.
func find(o object, key string) any {
	if v, there := o[key]; there {
		return v
	}
	for name, v := range o {
		if isWord(v) && strings.HasSuffix(name, "."+key) {
			return v
		}
		if inner, ok := v.(object); ok {
			if v := find(inner, key); v != nil {
				return v
			}
		}
	}
	return nil
}
