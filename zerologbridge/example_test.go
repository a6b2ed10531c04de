//go:build !binary_log

package zerologbridge_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/zerologbridge"
)

// remote is the context of a request whose caller sent these ids.
func remote() context.Context {
	traceID, _ := trace.TraceIDFromHex("4bf92f3577b34da6a3ce929d0e0e4736")
	spanID, _ := trace.SpanIDFromHex("00f067aa0ba902b7")
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled, Remote: true})
	return trace.ContextWithSpanContext(context.Background(), sc)
}

func ExampleWrap() {
	existing := zerolog.New(os.Stdout)
	base := zerologbridge.Wrap(existing, nil)
	base.Info().Ctx(remote()).Int("amount", 42).Msg("charged")
	base.Info().Msg("no span, no ids")
	// Output:
	// {"level":"info","amount":42,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01","message":"charged"}
	// {"level":"info","message":"no span, no ids"}
}

func ExampleWith() {
	base := zerologbridge.Wrap(zerolog.New(os.Stdout), nil)
	log := zerologbridge.With(remote(), base)
	log.Info().Int("amount", 42).Msg("charged")
	// Output:
	// {"level":"info","amount":42,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01","message":"charged"}
}

func ExampleNew() {
	zerolog.TimestampFunc = func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 42, time.UTC) } // for this page only
	defer func() { zerolog.TimestampFunc = time.Now }()
	base := zerologbridge.New(os.Stdout, &events.Policy{
		Schema:   events.ECS,
		Resource: []attribute.KeyValue{attribute.String("service.name", "mail")},
	})
	base.Error().Ctx(remote()).Err(errors.New("mailbox full")).Str("user", "ann").Msg("not sent")
	// Output:
	// {"@timestamp":"2026-11-25T12:00:00.000000042Z","log.level":"error","message":"not sent","trace.id":"4bf92f3577b34da6a3ce929d0e0e4736","span.id":"00f067aa0ba902b7","trace_flags":"01","ecs.version":"8.17.0","service.name":"mail","error.message":"mailbox full","labels.user":"ann"}
}

// A call in a recording span is an event of the span, with the fields of the line.
func Example_spanEvent() {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)).Tracer("example")
	ctx, span := tracer.Start(context.Background(), "charge_payment")

	log := zerologbridge.With(ctx, zerologbridge.New(nil, nil).With().Str("tenant", "acme").Logger())
	log.Warn().Int("amount", 42).Dict("card", zerolog.Dict().Bool("expired", true)).Msg("declined")

	span.End()
	event := recorder.Ended()[0].Events()[0]
	fmt.Println(event.Name)
	for _, kv := range event.Attributes {
		fmt.Println(kv.Key, kv.Value.Type(), kv.Value.String())
	}
	// Output:
	// declined
	// log.severity STRING WARN
	// tenant STRING acme
	// amount INT64 42
	// card.expired BOOL true
}
