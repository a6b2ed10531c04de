package zapbridge_test

import (
	"context"
	"errors"
	"os"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/zapbridge"
)

// inSpan returns the context of a request that has a span; in a program the tracing library makes it.
func inSpan() context.Context {
	return trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    trace.TraceID{0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36},
		SpanID:     trace.SpanID{0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7},
		TraceFlags: trace.FlagsSampled,
	}))
}

// noTime takes the time off the entries, so that the output is always the same.
func noTime(c zapcore.Core) zapcore.Core { return timeless{c} }

type timeless struct{ zapcore.Core }

func (t timeless) With(fields []zapcore.Field) zapcore.Core { return timeless{t.Core.With(fields)} }
func (t timeless) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return ce.AddCore(e, t)
}
func (t timeless) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Time = time.Time{}
	return t.Core.Write(e, fields)
}

func ExampleNewCore() {
	ctx := inSpan()
	logger := zap.New(noTime(zapbridge.NewCore(os.Stdout, zap.InfoLevel, nil)))

	logger.Info("charged", zapbridge.Context(ctx), zap.Int("amount", 42))
	logger.Info("started")
	// Output:
	// {"level":"info","msg":"charged","amount":42,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01"}
	// {"level":"info","msg":"started"}
}

func ExampleNewCore_ecs() {
	ctx := inSpan()
	logger := zap.New(noTime(zapbridge.NewCore(os.Stdout, nil, &events.Policy{Schema: events.ECS})))

	logger.Error("declined", zapbridge.Context(ctx), zap.Error(errors.New("no funds")))
	// Output:
	// {"log.level":"error","message":"declined","error.message":"no funds","error.type":"*errors.errorString","trace.id":"4bf92f3577b34da6a3ce929d0e0e4736","span.id":"00f067aa0ba902b7","trace_flags":"01","ecs.version":"8.17.0"}
}

func ExampleWrap() {
	ctx := inSpan()
	existing := zap.NewExample().With(zap.String("shop", "s1"))
	logger := zapbridge.Wrap(existing, nil)

	logger.Info("charged", zapbridge.Context(ctx), zap.Namespace("payment"), zap.Int("amount", 42))
	// Output:
	// {"level":"info","msg":"charged","shop":"s1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01","payment":{"amount":42}}
}

func ExampleWith() {
	ctx := inSpan()
	logger := zapbridge.With(ctx, zap.NewExample())

	logger.Sugar().Infow("charged", "amount", 42)
	// Output:
	// {"level":"info","msg":"charged","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01","amount":42}
}
