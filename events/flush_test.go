package events_test

import (
	"context"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/spanlog/spanlog/events"
)

func TestFlushSpans(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(time.Hour)))
	ctx, s := tp.Tracer("x").Start(context.Background(), "s")
	_, done := tp.Tracer("x").Start(ctx, "done")
	done.End()
	r := (*events.Policy)(nil).Rules()
	r.FlushSpans(r.Scope(ctx, nil), false)
	if got := len(exporter.GetSpans()); got != 1 || !s.IsRecording() {
		t.Errorf("on Panic %d spans are exported, still open: %v, want 1 and true", got, s.IsRecording())
	}
	r.FlushSpans(r.Scope(ctx, nil), true)
	if got := len(exporter.GetSpans()); got != 2 || s.IsRecording() {
		t.Errorf("on Fatal %d spans are exported, still open: %v, want 2 and false", got, s.IsRecording())
	}
	_ = tp.Shutdown(context.Background())
}

func TestFlushIsBounded(t *testing.T) {
	for name, flush := range map[string]func(context.Context) error{
		"waits for ever": func(context.Context) error { select {} },
		"panics":         func(context.Context) error { panic("flush") },
		"fine":           func(ctx context.Context) error { return ctx.Err() },
		"none":           nil,
	} {
		t.Run(name, func(t *testing.T) {
			r := (&events.Policy{Flush: flush, FlushTimeout: 20 * time.Millisecond}).Rules()
			start := time.Now()
			r.FlushLines()
			r.FlushSpans(r.Scope(context.Background(), nil), true)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
