package zerologbridge

import (
	"context"
	"io"
	"testing"

	"github.com/rs/zerolog"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
)

// A line that is renamed is copied once.
func TestAllocationsECS(t *testing.T) {
	if raceEnabled {
		t.Log("the race detector allocates; not counted")
		return
	}
	l, ctx := New(io.Discard, &events.Policy{Schema: events.ECS}), fixed(0, true)
	if got := testing.AllocsPerRun(200, func() { five(l, zerolog.InfoLevel, ctx) }); got > 1 {
		t.Errorf("got %v allocations, want at most 1", got)
	}
}

// budgets are the promised allocations of a call with five fields.
func budgets() (wrapped, own zerolog.Logger, span context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithRawSpanLimits(sdktrace.SpanLimits{EventCountLimit: 1, AttributePerEventCountLimit: -1, AttributeValueLengthLimit: -1}))
	ctx, _ := tp.Tracer("test").Start(context.Background(), "work")
	return Wrap(zerolog.New(io.Discard).Level(zerolog.InfoLevel), nil), New(io.Discard, nil).Level(zerolog.InfoLevel), ctx
}

func five(l zerolog.Logger, level zerolog.Level, ctx context.Context) {
	l.WithLevel(level).Ctx(ctx).Str("a", "text").Int("b", 42).Float64("c", 0.5).Bool("d", true).Str("e", "more text").Msg("charged")
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Log("the race detector allocates; not counted")
		return
	}
	wrapped, own, span := budgets()
	tests := []struct {
		name  string
		level zerolog.Level
		ctx   context.Context
		want  float64
	}{
		{"no span", zerolog.InfoLevel, context.Background(), 0},
		{"ids", zerolog.InfoLevel, fixed(0, true), 0},
		{"disabled", zerolog.DebugLevel, span, 0},
		{"event", zerolog.InfoLevel, span, 3},
	}
	for _, tt := range tests {
		for name, l := range map[string]zerolog.Logger{"Wrap": wrapped, "New": own} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				got := testing.AllocsPerRun(200, func() { five(l, tt.level, tt.ctx) })
				if got > tt.want {
					t.Errorf("got %v allocations, want at most %v", got, tt.want)
				}
				t.Logf("%v allocations", got)
			})
		}
	}
}
