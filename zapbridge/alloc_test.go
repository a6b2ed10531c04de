//go:build !race

package zapbridge

import (
	"context"
	"io"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// TestAllocs: nothing beyond what plain zap allocates for the same call.
func TestAllocs(t *testing.T) {
	fields := five()
	measure := func(l *zap.Logger, fields ...zap.Field) float64 {
		return testing.AllocsPerRun(200, func() { l.Info("charged", fields...) })
	}
	plain := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zap.InfoLevel))
	core := zap.New(NewCore(io.Discard, nil, nil))
	wrapped := Wrap(plain, nil)
	noRecord := trace.ContextWithSpanContext(t.Context(), trace.SpanContextFromContext(remote()))
	base := measure(plain, fields...)
	perCall := func(l *zap.Logger) float64 {
		six := append(five(), zap.Skip())
		return testing.AllocsPerRun(200, func() {
			six[5] = Context(noRecord)
			l.Info("charged", six...)
		})
	}
	field := Context(noRecord)
	newSpans := func(l *zap.Logger) float64 {
		six, n := append(five(), zap.Skip()), byte(0)
		var all [201]context.Context
		for i := range all {
			all[i] = trace.ContextWithSpanContext(t.Context(), numbered(byte(i), 1))
		}
		return testing.AllocsPerRun(len(all)-1, func() {
			six[5] = Context(all[n])
			l.Info("charged", six...)
			n++
		})
	}
	tests := []struct {
		name      string
		got, over float64
	}{
		{"core, no span", measure(core, fields...), 0},
		{"core, no span in the context", testing.AllocsPerRun(200, func() { Context(t.Context()) }), -base},
		{"core, bound", measure(With(noRecord, core), fields...), 0},
		{"core, bound, namespace", measure(With(noRecord, core).With(zap.Namespace("ns")), fields...), 0},
		{"core, field made before", measure(core, append(five(), field)...), 0},
		{"core, ECS, bound", measure(With(noRecord, zap.New(NewCore(io.Discard, nil, policyOfECS))), fields...), 0},
		{"wrap, no span", measure(wrapped, fields...), 0},
		{"wrap, no span, namespace", measure(wrapped.With(zap.Namespace("ns")), fields...), 0},
		{"wrap, bound", measure(With(noRecord, wrapped), fields...), 0},
		{"wrap, field made before", measure(wrapped, append(five(), field)...), 0},
		{"core, field per call", perCall(core), 1},
		{"wrap, field per call", perCall(wrapped), 1},
		{"wrap, a new span in each call", newSpans(wrapped), 1},
		{"wrap, tee, field per call", perCall(Wrap(zap.New(zapcore.NewTee(plain.Core(), zapcore.NewNopCore())), nil)), 1},
		{"wrap, ECS, field per call", perCall(Wrap(plain, policyOfECS)), 1},
		{"core, a field of the context", measure(With(aContext(), core), fields...), 0},
		{"core, ECS, resource, 20 names", measure(zap.New(NewCore(io.Discard, nil, policyOfECS)).With(twenty()...), fields...), 0},
	}
	for _, tt := range tests {
		if tt.got > base+tt.over {
			t.Errorf("%s: %v allocations, plain zap %v, want at most %v more", tt.name, tt.got, base, tt.over)
		}
	}
	for name, l := range map[string]*zap.Logger{"core": With(noRecord, core), "wrap": With(noRecord, wrapped)} {
		if n := testing.AllocsPerRun(200, func() { l.Debug("m", fields...) }); n != 0 {
			t.Errorf("%s, disabled: %v allocations", name, n)
		}
	}
}

// TestEventAllocs: an event costs the SDK's copy and the time stamp. The runs stay below the budget of one span.
func TestEventAllocs(t *testing.T) {
	fields := five()
	for name, l := range map[string]*zap.Logger{
		"core": zap.New(NewCore(nil, nil, nil)),
		"wrap": Wrap(zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zap.InfoLevel)), nil),
	} {
		r := record(t)
		bound := With(r.ctx, l)
		if n := testing.AllocsPerRun(80, func() { bound.Info("m", fields...) }); n > 2 {
			t.Errorf("%s: %v allocations, want at most 2", name, n)
		}
		if n := len(r.span.Events()); n != 81 {
			t.Errorf("%s: events = %d, want 81", name, n)
		}
	}
}

// TestSpentAllocs: past the budget of a span nothing is allocated beyond plain zap's own; see the ring for events that wait.
func TestSpentAllocs(t *testing.T) {
	fields := five()
	l := zap.New(NewCore(nil, nil, nil))
	for name, want := range map[string]float64{"spent": 0, "held back": 1} {
		tp := sdktrace.NewTracerProvider()
		if name == "held back" {
			spanstate.SeeEnds(tp, sdktrace.DefaultEventCountLimit)
		}
		ctx, s := tp.Tracer("test").Start(t.Context(), "s")
		bound := With(ctx, l)
		for range 300 {
			bound.Info("m", fields...)
		}
		if n := testing.AllocsPerRun(200, func() { bound.Info("m", fields...) }); n > want {
			t.Errorf("%s: %v allocations, want at most %v", name, n, want)
		}
		s.End()
	}
}
