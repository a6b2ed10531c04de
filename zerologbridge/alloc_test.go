//go:build !binary_log && !race

package zerologbridge

import (
	"context"
	"io"
	"testing"

	"github.com/rs/zerolog"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// A line that is renamed is copied once.
func TestAllocationsECS(t *testing.T) {
	l, ctx := New(io.Discard, &events.Policy{Schema: events.ECS}), fixed(0, true)
	if got := testing.AllocsPerRun(200, func() { five(l, zerolog.InfoLevel, ctx) }); got > 1 {
		t.Errorf("got %v allocations, want at most 1", got)
	}
}

// counted is how many events a span takes by its budget, and less than that.
const counted = 80

// span starts a recording span that keeps one event, so that counting does not measure the memory of the others.
func span() context.Context {
	tp := sdktrace.NewTracerProvider(sdktrace.WithRawSpanLimits(sdktrace.SpanLimits{EventCountLimit: 1, AttributePerEventCountLimit: -1, AttributeValueLengthLimit: -1}))
	ctx, _ := tp.Tracer("test").Start(context.Background(), "work")
	return ctx
}

func five(l zerolog.Logger, level zerolog.Level, ctx context.Context) {
	l.WithLevel(level).Ctx(ctx).Str("a", "text").Int("b", 42).Float64("c", 0.5).Bool("d", true).Str("e", "more text").Msg("charged")
}

// The promised allocations of a call with five fields.
func TestAllocations(t *testing.T) {
	tests := []struct {
		name  string
		level zerolog.Level
		ctx   func() context.Context
		want  float64
	}{
		{"no span", zerolog.InfoLevel, context.Background, 0},
		{"ids", zerolog.InfoLevel, func() context.Context { return fixed(0, true) }, 0},
		{"sampled ids, no event", zerolog.InfoLevel, func() context.Context { return spanstate.Mute(span()) }, 0},
		{"disabled", zerolog.DebugLevel, span, 0},
		{"event", zerolog.InfoLevel, span, 3},
	}
	for _, tt := range tests {
		loggers := map[string]zerolog.Logger{
			"Wrap": Wrap(zerolog.New(io.Discard).Level(zerolog.InfoLevel), nil),
			"New":  New(io.Discard, nil).Level(zerolog.InfoLevel),
		}
		for name, l := range loggers {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				ctx := tt.ctx()
				got := testing.AllocsPerRun(counted, func() { five(l, tt.level, ctx) })
				if got > tt.want {
					t.Errorf("got %v allocations, want at most %v", got, tt.want)
				}
				t.Logf("%v allocations", got)
			})
		}
	}
}

// Past the budget of a span: nothing, or, where events wait for its end in memory that is used again, the line's text.
func TestAllocationsSpent(t *testing.T) {
	for name, want := range map[string]float64{"spent": 0, "held back": 1} {
		tp := sdktrace.NewTracerProvider()
		if name == "held back" {
			spanstate.SeeEnds(tp, sdktrace.DefaultEventCountLimit)
		}
		ctx, s := tp.Tracer("test").Start(context.Background(), "work")
		l := Wrap(zerolog.New(io.Discard), nil)
		for range 300 {
			five(l, zerolog.InfoLevel, ctx)
		}
		if got := testing.AllocsPerRun(200, func() { five(l, zerolog.InfoLevel, ctx) }); got > want {
			t.Errorf("%s: %v allocations, want at most %v", name, got, want)
		}
		s.End()
	}
}
