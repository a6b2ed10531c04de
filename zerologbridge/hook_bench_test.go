//go:build !binary_log

package zerologbridge

import (
	"context"
	"testing"

	"github.com/rs/zerolog"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// byHand is the hook that programs write for themselves: it does for the line what Wrap does, and nothing else.
type byHand struct{}

func (byHand) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	if sc := trace.SpanContextFromContext(e.GetCtx()); sc.IsValid() {
		e.Str("trace_id", sc.TraceID().String()).Str("span_id", sc.SpanID().String()).Str("trace_flags", sc.TraceFlags().String())
	}
}

// sink drops everything. It is not io.Discard, so that nothing can take a short cut for it.
type sink struct{}

func (sink) Write(p []byte) (int, error) { return len(p), nil }

// benchmark is a call with five fields.
type benchmark struct {
	name   string
	logger func(zerolog.Logger) zerolog.Logger
	ctx    context.Context // nil: the logger's own
	level  zerolog.Level
	fresh  bool // each span gets 64 events, within its budget; their start and end are in the figure
}

func (bm benchmark) call(l zerolog.Logger) func() {
	l = bm.logger(l)
	calls, tracer := 0, sdktrace.NewTracerProvider().Tracer("bench")
	return func() {
		if calls++; bm.fresh && calls%64 == 1 {
			trace.SpanFromContext(bm.ctx).End()
			bm.ctx, _ = tracer.Start(context.Background(), "work")
			bm.ctx = served(bm.ctx)
		}
		e := l.WithLevel(bm.level)
		if bm.ctx != nil {
			e.Ctx(bm.ctx)
		}
		e.Str("a", "text").Int("b", 42).Float64("c", 0.5).Bool("d", true).Str("e", "more text").Msg("charged")
	}
}

// served is a context as a server has it: values above the span and below.
func served(ctx context.Context) context.Context {
	type key int
	span := trace.SpanFromContext(ctx)
	ctx = context.WithValue(context.WithValue(context.Background(), key(1), 1), key(2), 2)
	ctx = trace.ContextWithSpan(ctx, span)
	return context.WithValue(context.WithValue(ctx, key(3), 3), key(4), 4)
}

// benchmarks are the ways to log; the first is what the others are compared with.
func benchmarks() []benchmark {
	plain := func(l zerolog.Logger) zerolog.Logger { return l }
	hand := func(l zerolog.Logger) zerolog.Logger { return l.Hook(byHand{}) }
	timed := func(l zerolog.Logger) zerolog.Logger { return l.Hook(byHand{}).With().Timestamp().Logger() }
	wrap := func(l zerolog.Logger) zerolog.Logger { return Wrap(l, nil) }
	own := func(zerolog.Logger) zerolog.Logger { return New(sink{}, nil) }
	ids, none := served(fixed(1, false)), served(context.Background())
	bind := func(make func(zerolog.Logger) zerolog.Logger, ctx context.Context) func(zerolog.Logger) zerolog.Logger {
		return func(l zerolog.Logger) zerolog.Logger { return With(ctx, make(l)) }
	}
	const info, debug = zerolog.InfoLevel, zerolog.DebugLevel
	return []benchmark{
		{"plain", plain, ids, info, false},
		{"ids/hand", hand, ids, info, false},
		{"ids/hand, time", timed, ids, info, false},
		{"ids/Wrap", wrap, ids, info, false},
		{"ids/Wrap bound", bind(wrap, ids), nil, info, false},
		{"ids/New", own, ids, info, false},
		{"ids/New bound", bind(own, ids), nil, info, false},
		{"no span/hand", hand, none, info, false},
		{"no span/Wrap", wrap, none, info, false},
		{"no span/Wrap bound", bind(wrap, none), nil, info, false},
		{"event/Wrap", wrap, none, info, true},
		{"event/New", own, none, info, true},
		{"disabled/plain", plain, ids, debug, false},
		{"disabled/Wrap", wrap, ids, debug, false},
	}
}

// The figures of one machine say little: compare them with those of plain in the same run.
func BenchmarkHook(b *testing.B) {
	for _, bm := range benchmarks() {
		b.Run(bm.name, func(b *testing.B) {
			call := bm.call(zerolog.New(sink{}).Level(zerolog.InfoLevel))
			b.ReportAllocs()
			for b.Loop() {
				call()
			}
		})
	}
}
