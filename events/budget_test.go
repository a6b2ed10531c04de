package events_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/span"
)

func log(r *events.Rules, ctx context.Context, level slog.Level, name string, n int) {
	if e := r.Begin(new(r.Scope(ctx, nil)), level, &events.Call{}); e != nil {
		e.Add(attribute.Int("n", n))
		e.End(level.String(), name, time.Unix(0, int64(n)))
	}
}

func dropped(s sdktrace.ReadOnlySpan) int64 {
	for _, kv := range s.Attributes() {
		if kv.Key == "log.events.dropped" {
			return kv.Value.AsInt64()
		}
	}
	return 0
}

// The first 96 stay, then 30 more at Warn and above; what is left out is said at 1, 2, 4, 8 …
func TestBudgetOfAForeignSpan(t *testing.T) {
	s, end := newSpan(t)
	ctx := trace.ContextWithSpan(context.Background(), s)
	r := (*events.Policy)(nil).Rules()
	for i := range 200 {
		log(r, ctx, slog.LevelInfo, fmt.Sprintf("info %d", i), i)
	}
	for i := range 40 {
		log(r, ctx, slog.LevelWarn, fmt.Sprintf("warn %d", i), 200+i)
	}
	got := end()
	if len(got.Events()) != 126 || got.DroppedEvents() != 0 {
		t.Fatalf("%d events, %d dropped by the SDK, want 126 and 0", len(got.Events()), got.DroppedEvents())
	}
	for i, want := range map[int]string{0: "info 0", 95: "info 95", 96: "warn 0", 125: "warn 29"} {
		if got.Events()[i].Name != want {
			t.Errorf("event %d is %q, want %q", i, got.Events()[i].Name, want)
		}
	}
	if n := dropped(got); n != 64 { // 114 in all
		t.Errorf("log.events.dropped is %d, want the last power of two, 64", n)
	}
}

// Where the end is certain, 126 calls lose nothing, and more lose the middle.
func TestBudgetWhereTheEndIsCertain(t *testing.T) {
	for _, row := range []struct {
		calls, events int
		dropped       int64
		last          string
	}{{126, 126, 0, "info 125"}, {127, 126, 1, "info 126"}, {500, 126, 374, "info 499"}} {
		rec := tracetest.NewSpanRecorder()
		ctx, _ := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(rec)).Tracer("x").Start(context.Background(), "root")
		r := (*events.Policy)(nil).Rules()
		_ = span.Do(ctx, "work", func(ctx context.Context) error {
			for i := range row.calls {
				log(r, ctx, slog.LevelInfo, fmt.Sprintf("info %d", i), i)
			}
			return nil
		})
		got := rec.Ended()[0]
		if len(got.Events()) != row.events || dropped(got) != row.dropped || got.DroppedEvents() != 0 {
			t.Errorf("%d calls: %d events, %d dropped, want %d and %d", row.calls, len(got.Events()), dropped(got), row.events, row.dropped)
		}
		if first, last := got.Events()[0].Name, got.Events()[len(got.Events())-1]; first != "info 0" || last.Name != row.last || last.Time.UnixNano() != int64(row.calls-1) {
			t.Errorf("%d calls: from %q to %q at %v", row.calls, first, last.Name, last.Time)
		}
	}
}

// Places for exceptions are kept: an error at the end of a chatty span is told.
func TestBudgetKeepsPlacesForExceptions(t *testing.T) {
	s, end := newSpan(t)
	ctx := trace.ContextWithSpan(context.Background(), s)
	r := (*events.Policy)(nil).Rules()
	for i := range 300 {
		log(r, ctx, slog.LevelWarn, "w", i)
	}
	_ = span.Fail(ctx, context.DeadlineExceeded)
	got := end()
	if last := got.Events()[len(got.Events())-1]; last.Name != "exception" || len(got.Events()) != 127 || got.DroppedEvents() != 0 {
		t.Errorf("%d events, last %q", len(got.Events()), last.Name)
	}
}

func TestPastTheBudgetNothingIsConverted(t *testing.T) {
	s, _ := newSpan(t)
	ctx := trace.ContextWithSpan(context.Background(), s)
	r := (*events.Policy)(nil).Rules()
	for i := range 96 {
		log(r, ctx, slog.LevelInfo, "m", i)
	}
	if r.Begin(new(r.Scope(ctx, nil)), slog.LevelInfo, &events.Call{}) != nil {
		t.Error("Begin past the budget is not nil")
	}
}

// One call through two outputs is one event; two equal calls of one output are two.
func TestOneCallOneEvent(t *testing.T) {
	s, end := newSpan(t)
	ctx := trace.ContextWithSpan(context.Background(), s)
	one, two := (*events.Policy)(nil).Rules(), (*events.Policy)(nil).Rules()
	call := events.Call{Time: time.Unix(1, 0), PC: 7, Message: "m"}
	emit := func(r *events.Rules, c events.Call, name string) {
		if e := r.Begin(new(r.Scope(ctx, nil)), 0, &c); e != nil {
			e.End("INFO", name, time.Time{})
		}
	}
	emit(one, call, "first output")
	emit(two, call, "second output")
	emit(one, call, "an equal call")
	emit(two, call, "its second output")
	emit(two, events.Call{Time: time.Unix(1, 0), PC: 8, Message: "m"}, "another call")
	var names []string
	for _, e := range end().Events() {
		names = append(names, e.Name)
	}
	if got, want := fmt.Sprint(names), "[first output an equal call another call]"; got != want {
		t.Errorf("events are %s, want %s", got, want)
	}
}
