//go:build !race

package slogbridge_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
	"github.com/spanlog/spanlog/slogbridge"
)

// sink is a writer that io cannot recognise.
type sink struct{}

func (sink) Write(p []byte) (int, error) { return len(p), nil }

func TestAllocations(t *testing.T) {
	own := slog.New(slogbridge.NewHandler(sink{}, nil, nil))
	wrapped := slog.New(slogbridge.Wrap(slog.NewJSONHandler(sink{}, nil), nil))
	plain := slog.New(slog.NewJSONHandler(io.Writer(sink{}), nil))
	none, ids := context.Background(), unsampled()
	five := func(l *slog.Logger, ctx context.Context) func() {
		return func() {
			l.LogAttrs(ctx, slog.LevelInfo, "order placed", slog.String("user", "alice"), slog.String("item", "book"), slog.Int("n", 42), slog.Float64("ms", 1.25), slog.Bool("ok", true))
		}
	}
	base := testing.AllocsPerRun(200, five(plain, none))
	for _, row := range []struct {
		name string
		f    func()
		want float64
	}{
		{"own, no span", five(own, none), 0},
		{"own, ids", five(own, ids), 0},
		{"own, ids in a group", five(own.WithGroup("g").With("a", 1), ids), 0},
		{"own, bound", five(slogbridge.With(ids, own), none), 0},
		{"wrapped, no span", five(wrapped, none), base},
		{"wrapped, ids", five(wrapped, ids), base + 1},
		{"disabled", func() { own.LogAttrs(ids, slog.LevelDebug, "x", slog.Int("n", 42)) }, 0},
		{"wrapped, disabled", func() { wrapped.LogAttrs(ids, slog.LevelDebug, "x", slog.Int("n", 42)) }, 0},
		{"wrapped, bound, no span", five(slogbridge.With(none, wrapped), none), base},
	} {
		if got := testing.AllocsPerRun(200, row.f); got > row.want {
			t.Errorf("%s: %v allocations, want at most %v", row.name, got, row.want)
		}
	}
}

// TestEventAllocations: an event costs the SDK's copy and the time stamp; past the budget of its span nothing, or, where
// events wait for the end of the span in memory that is used again, nothing of its own either.
func TestEventAllocations(t *testing.T) {
	logger := slog.New(slogbridge.NewHandler(sink{}, nil, nil))
	call := func(ctx context.Context) func() {
		return func() {
			logger.LogAttrs(ctx, slog.LevelInfo, "order placed", slog.String("user", "alice"), slog.Int("n", 42), slog.Bool("ok", true))
		}
	}
	stock := sdktrace.NewTracerProvider()
	seen := sdktrace.NewTracerProvider()
	spanstate.SeeEnds(seen, sdktrace.DefaultEventCountLimit)
	for _, row := range []struct {
		name     string
		provider *sdktrace.TracerProvider
		before   int // calls on the same span
		runs     int
		want     float64
	}{
		{"event", stock, 0, 80, 2},
		{"budget spent", stock, 300, 200, 0},
		{"held back", seen, 300, 200, 1},
	} {
		ctx, s := row.provider.Tracer("test").Start(context.Background(), "s")
		for range row.before {
			call(ctx)()
		}
		if got := testing.AllocsPerRun(row.runs, call(ctx)); got > row.want {
			t.Errorf("%s: %v allocations, want at most %v", row.name, got, row.want)
		}
		s.End()
	}
}
