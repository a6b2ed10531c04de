package spanstate

import (
	"context"
	"strconv"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// seenSpan returns a span of a provider whose ends are seen.
func seenSpan(t *testing.T, limit int) trace.Span {
	t.Helper()
	p := sdktrace.NewTracerProvider()
	SeeEnds(p, limit)
	t.Cleanup(func() { UnseeEnds(p) })
	_, s := p.Tracer("test").Start(context.Background(), "s")
	return s
}

// logCall does what package events does with a log call.
func logCall(s trace.Span, name string) {
	st := Of(s)
	switch place, _ := st.Take(s, nil, 0, false); place {
	case Add:
		s.AddEvent(name)
	case Hold:
		st.Hold(name, time.Now(), []attribute.KeyValue{attribute.String("name", name)})
	}
}

func callsOn(s trace.Span, from, to int) {
	for i := from; i < to; i++ {
		logCall(s, strconv.Itoa(i))
	}
}

func TestEnded(t *testing.T) {
	for _, row := range []struct {
		name                       string
		limit, calls, room         int
		held, dropped, first, last int
	}{
		{"no call", 128, 0, 128, 0, 0, 0, 0},
		{"nothing held back", 128, 64, 128, 0, 0, 0, 0},
		{"nothing lost", 128, 126, 64, 62, 0, 64, 125},
		{"the oldest give way", 128, 500, 64, 62, 374, 438, 499},
		{"no room", 128, 126, 0, 0, 62, 0, 0},
		{"less than no room", 128, 126, -5, 0, 62, 0, 0},
		{"little room", 128, 126, 2, 2, 60, 124, 125},
		{"another limit", 256, 252, 128, 124, 0, 128, 251},
		{"no limit counts as 128", -1, 500, 1 << 30, 62, 374, 438, 499},
		{"none at all", 0, 5, 0, 0, 5, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := seenSpan(t, row.limit)
			callsOn(s, 0, row.calls)
			rest := Ended(s.SpanContext(), row.room)
			held, dropped := rest.Held, rest.Dropped
			if len(held) != row.held || dropped != row.dropped {
				t.Fatalf("got %d held and %d dropped, want %d and %d", len(held), dropped, row.held, row.dropped)
			}
			if len(held) > 0 && (held[0].Name != strconv.Itoa(row.first) || held[len(held)-1].Name != strconv.Itoa(row.last)) {
				t.Errorf("got %s to %s, want %d to %d", held[0].Name, held[len(held)-1].Name, row.first, row.last)
			}
			if rest := Ended(s.SpanContext(), row.room); len(rest.Held) != 0 || rest.Dropped != 0 {
				t.Errorf("a second Ended: got %d and %d", len(rest.Held), rest.Dropped)
			}
		})
	}
}

// Between Leave and the end of a span others may log on it: nothing is added twice, and all is counted.
func TestCallsBetweenLeaveAndEnded(t *testing.T) {
	s := seenSpan(t, 128)
	Enter(nil, s, true)
	callsOn(s, 0, 126)
	Leave(s)
	if got := len(s.(sdktrace.ReadOnlySpan).Events()); got != 126 {
		t.Errorf("Leave: got %d events, want 126", got)
	}
	callsOn(s, 126, 136)
	if rest := Ended(s.SpanContext(), 1<<30); len(rest.Held) != 0 || rest.Dropped != 10 {
		t.Errorf("got %d held and %d dropped, want 0 and 10", len(rest.Held), rest.Dropped)
	}
}

// The first entry stays: what package span enters afterwards makes no end uncertain.
func TestEndsOfEnteredSpansAreCertain(t *testing.T) {
	s := seenSpan(t, 128)
	Enter(nil, s, false)
	callsOn(s, 0, 126)
	if rest := Ended(s.SpanContext(), 64); len(rest.Held) != 62 || rest.Dropped != 0 {
		t.Errorf("got %d held and %d dropped, want 62 and 0", len(rest.Held), rest.Dropped)
	}
}

func TestUnseeEnds(t *testing.T) {
	p := sdktrace.NewTracerProvider()
	SeeEnds(p, 128)
	UnseeEnds(p)
	_, s := p.Tracer("test").Start(context.Background(), "s")
	callsOn(s, 0, 500)
	if got := len(s.(sdktrace.ReadOnlySpan).Events()); got != 96 {
		t.Errorf("got %d events, want the 96 of a span whose end is not certain", got)
	}
}
