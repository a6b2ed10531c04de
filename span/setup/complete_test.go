package setup

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

func bridged() *slog.Logger { return slog.New(slogbridge.NewHandler(io.Discard, nil, nil)) }

// logCalls logs messages 0 to n-1 on the span in ctx.
func logCalls(ctx context.Context, n int) {
	logger := bridged()
	for i := range n {
		logger.InfoContext(ctx, strconv.Itoa(i), "call", i)
	}
}

// starters are ways to have a span whose end package span does not see, and one whose end it does.
func starters() map[string]func(*SDK, func(context.Context)) {
	return map[string]func(*SDK, func(context.Context)){
		"raw": func(sdk *SDK, f func(context.Context)) {
			ctx, s := sdk.TracerProvider.Tracer("test").Start(context.Background(), "raw")
			f(ctx)
			s.End()
		},
		"raw child of a remote parent": func(sdk *SDK, f func(context.Context)) {
			sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: 1, Remote: true})
			ctx, s := sdk.TracerProvider.Tracer("test").Start(trace.ContextWithSpanContext(context.Background(), sc), "raw")
			f(ctx)
			s.End()
		},
		"otelhttp": func(sdk *SDK, f func(context.Context)) {
			h := otelhttp.NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(r.Context()) }),
				"op", otelhttp.WithTracerProvider(sdk.TracerProvider))
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		},
		"span.Start, ended by raw code": func(sdk *SDK, f func(context.Context)) {
			parent, root := sdk.TracerProvider.Tracer("test").Start(context.Background(), "root")
			ctx, s := span.Start(parent, "started")
			f(ctx)
			s.End()
			root.End()
		},
		"span.Do": func(sdk *SDK, f func(context.Context)) {
			parent, root := sdk.TracerProvider.Tracer("test").Start(context.Background(), "root")
			_ = span.Do(parent, "done", func(ctx context.Context) error { f(ctx); return nil })
			root.End()
		},
	}
}

func wantMessages(t *testing.T, got sdktrace.ReadOnlySpan, want ...[2]int) {
	t.Helper()
	var names, wanted []string
	for _, e := range got.Events() {
		names = append(names, e.Name)
	}
	for _, r := range want {
		for i := r[0]; i < r[1]; i++ {
			wanted = append(wanted, strconv.Itoa(i))
		}
	}
	if !slices.Equal(names, wanted) {
		t.Errorf("%s: got events %q, want %v", got.Name(), names, want)
	}
	if !slices.IsSortedFunc(got.Events(), func(a, b sdktrace.Event) int { return a.Time.Compare(b.Time) }) {
		t.Errorf("%s: the events are not in order of time", got.Name())
	}
}

func wantDropped(t *testing.T, got sdktrace.ReadOnlySpan, want int) {
	t.Helper()
	dropped, n := 0, 0
	for _, kv := range got.Attributes() {
		if kv.Key == "log.events.dropped" {
			dropped = int(kv.Value.AsInt64())
			n++
		}
	}
	if dropped != want || got.DroppedEvents() != want || n > 1 {
		t.Errorf("%s: got log.events.dropped %d in %d attributes and DroppedEvents %d, want %d", got.Name(), dropped, n, got.DroppedEvents(), want)
	}
}

func TestEveryEndIsCertain(t *testing.T) {
	environment(t)
	for name, start := range starters() {
		t.Run(name, func(t *testing.T) {
			second := tracetest.NewSpanRecorder()
			sdk, first := quiet(t, WithSpanProcessor(second))
			for _, row := range []struct {
				calls, dropped int
				want           [][2]int
			}{
				{0, 0, nil},
				{64, 0, [][2]int{{0, 64}}},
				{126, 0, [][2]int{{0, 126}}},
				{127, 1, [][2]int{{0, 64}, {65, 127}}},
				{500, 374, [][2]int{{0, 64}, {438, 500}}},
			} {
				before := len(first.Ended())
				start(sdk, func(ctx context.Context) { logCalls(ctx, row.calls) })
				got, same := first.Ended()[before], second.Ended()[before]
				wantMessages(t, got, row.want...)
				wantDropped(t, got, row.dropped)
				if got != same {
					t.Error("the processors were given different spans")
				}
			}
		})
	}
}

// Warnings have places of their own, and an event keeps its attributes.
func TestWarningsOfACertainSpan(t *testing.T) {
	environment(t)
	sdk, recorder := quiet(t)
	ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "raw")
	logCalls(ctx, 300)
	for range 40 {
		bridged().WarnContext(ctx, "slow", "ms", 7)
	}
	s.End()
	got := recorder.Ended()[0]
	warnings := 0
	for _, e := range got.Events() {
		if e.Name == "slow" {
			warnings++
			if !slices.Contains(e.Attributes, attribute.Int("ms", 7)) {
				t.Fatalf("a warning has %v", e.Attributes)
			}
		}
	}
	// The first 64 calls, 30 warnings, and of the ring of 62 the newest 32: 22 calls and 10 warnings.
	if len(got.Events()) != 126 || warnings != 40 {
		t.Errorf("got %d events with %d warnings, want 126 with 40", len(got.Events()), warnings)
	}
	wantDropped(t, got, 340-126)
}

func TestEventCountLimit(t *testing.T) {
	for _, row := range []struct {
		limit          string
		own            int // events of the program itself, before the calls
		calls, dropped int
		want           [][2]int
	}{
		{"3", 0, 5, 2, [][2]int{{0, 2}, {4, 5}}},
		{"1", 0, 7, 6, [][2]int{{0, 1}}}, // the span itself says 4
		{"0", 0, 5, 5, nil},
		{"-1", 0, 500, 374, [][2]int{{0, 64}, {438, 500}}},
		{"256", 0, 252, 0, [][2]int{{0, 252}}},
		// What the program adds itself takes room from the ring, not from the limit.
		{"128", 10, 126, 8, [][2]int{{0, 64}, {72, 126}}},
	} {
		t.Run(fmt.Sprint(row.limit, " ", row.own), func(t *testing.T) {
			environment(t, "OTEL_SPAN_EVENT_COUNT_LIMIT="+row.limit)
			sdk, recorder := quiet(t)
			ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "raw")
			for range row.own {
				s.AddEvent("own")
			}
			logCalls(ctx, row.calls)
			s.End()
			got := recorder.Ended()[0]
			all := got.Events()
			if n, _ := strconv.Atoi(row.limit); n >= 0 && len(all) > n {
				t.Errorf("got %d events, the limit is %s", len(all), row.limit)
			}
			rest := &completed{ReadOnlySpan: got, events: all[row.own:]}
			wantMessages(t, rest, row.want...)
			wantDropped(t, got, row.dropped)
		})
	}
}

// The other limits hold for what is merged too.
func TestAttributeLimits(t *testing.T) {
	environment(t, "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT=1", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=1")
	sdk, recorder := quiet(t)
	ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "raw")
	s.SetAttributes(attribute.Bool("own", true))
	logCalls(ctx, 200)
	s.End()
	got := recorder.Ended()[0]
	if len(got.Attributes()) != 1 || got.DroppedEvents() != 200-126 {
		t.Errorf("got attributes %v and %d dropped events", got.Attributes(), got.DroppedEvents())
	}
	for _, e := range got.Events() {
		if len(e.Attributes) != 1 || e.DroppedAttributeCount != 1 {
			t.Fatalf("event %s: got %v and %d dropped", e.Name, e.Attributes, e.DroppedAttributeCount)
		}
	}
}

// Many goroutines log on one span while others begin and end theirs.
func TestCertainEndsConcurrently(t *testing.T) {
	environment(t)
	sdk, recorder := quiet(t)
	tracer := sdk.TracerProvider.Tracer("test")
	ctx, shared := tracer.Start(t.Context(), "shared")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				ctx, s := tracer.Start(ctx, "own")
				logCalls(ctx, 126)
				s.End()
			}
			logCalls(ctx, 100)
		})
	}
	wg.Wait()
	shared.End()
	for _, got := range recorder.Ended() {
		if got.Name() == "own" {
			wantMessages(t, got, [2]int{0, 126})
			wantDropped(t, got, 0)
			continue
		}
		if len(got.Events()) != 126 {
			t.Errorf("the shared span has %d events, want 126", len(got.Events()))
		}
		wantDropped(t, got, 800-126)
	}
}

// A processor that comes later sees the plain span; a span of another provider has no certain end.
func TestPlainSpans(t *testing.T) {
	environment(t)
	sdk, _ := quiet(t)
	late := tracetest.NewSpanRecorder()
	sdk.TracerProvider.(*sdktrace.TracerProvider).RegisterSpanProcessor(late)
	starters()["raw"](sdk, func(ctx context.Context) { logCalls(ctx, 126) })
	wantMessages(t, late.Ended()[0], [2]int{0, 64})

	foreign := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(foreign))
	ctx, s := provider.Tracer("test").Start(t.Context(), "foreign")
	logCalls(ctx, 500)
	s.End()
	wantMessages(t, foreign.Ended()[0], [2]int{0, 96})
}

// Held-back events keep the times of their calls, between those that a program adds itself.
func TestMergeSortsByTime(t *testing.T) {
	environment(t)
	sdk, recorder := quiet(t)
	ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "raw")
	logCalls(ctx, 100)
	s.AddEvent("late", trace.WithTimestamp(time.Now().Add(time.Hour)))
	s.AddEvent("early", trace.WithTimestamp(time.Now().Add(-time.Hour)))
	s.End()
	events := recorder.Ended()[0].Events()
	if first, last := events[0].Name, events[len(events)-1].Name; first != "early" || last != "late" {
		t.Errorf("got %q first and %q last", first, last)
	}
}
