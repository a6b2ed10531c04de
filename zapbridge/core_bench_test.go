package zapbridge

import (
	"context"
	"io"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// BenchmarkCall is one entry with five fields. Plain zap's production core is the first: the others are to be divided by it.
func BenchmarkCall(b *testing.B) {
	noRecord := trace.ContextWithSpanContext(context.Background(), trace.SpanContextFromContext(remote()))
	plain := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zap.InfoLevel))
	own, ecs, wrapped := zap.New(NewCore(io.Discard, nil, nil)), zap.New(NewCore(io.Discard, nil, policyOfECS)), Wrap(plain, nil)
	for _, bb := range []struct {
		name  string
		l     *zap.Logger
		level zapcore.Level
		ctx   context.Context // of a Context field in each call
	}{
		{"plain", plain, zap.InfoLevel, nil},
		{"own, no span", own, zap.InfoLevel, nil},
		{"own, bound", With(noRecord, own), zap.InfoLevel, nil},
		{"own, ECS, bound", With(noRecord, ecs), zap.InfoLevel, nil},
		{"own, disabled", With(noRecord, own), zap.DebugLevel, nil},
		{"wrap, no span", wrapped, zap.InfoLevel, nil},
		{"wrap, bound", With(noRecord, wrapped), zap.InfoLevel, nil},
		{"wrap, per call", wrapped, zap.InfoLevel, noRecord},
		{"wrap, per call, no span", wrapped, zap.InfoLevel, context.Background()},
	} {
		b.Run(bb.name, func(b *testing.B) { benchmarkCall(b, bb.l, bb.level, bb.ctx) })
	}
	for name, l := range map[string]*zap.Logger{"own, event, bound": own, "own, ECS, event, bound": ecs, "wrap, event, bound": wrapped} {
		b.Run(name, func(b *testing.B) { benchmarkEvent(b, l) })
	}
}

func benchmarkCall(b *testing.B, l *zap.Logger, level zapcore.Level, ctx context.Context) {
	fields := five()
	if ctx != nil {
		fields = append(fields, zap.Skip())
	}
	b.ReportAllocs()
	for b.Loop() {
		if ctx != nil {
			fields[5] = Context(ctx)
		}
		l.Log(level, "charged", fields...)
	}
}

// benchmarkEvent takes a new span before the budget of the last one is spent.
func benchmarkEvent(b *testing.B, l *zap.Logger) {
	fields, tracer := five(), sdktrace.NewTracerProvider().Tracer("test")
	ctx, span := tracer.Start(context.Background(), "op")
	bound := With(ctx, l)
	b.ReportAllocs()
	for i := 1; b.Loop(); i++ {
		if i%100 == 0 {
			b.StopTimer()
			span.End()
			ctx, span = tracer.Start(context.Background(), "op")
			bound = With(ctx, l)
			b.StartTimer()
		}
		bound.Info("charged", fields...)
	}
	span.End()
}
