package main

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// The call that every column writes.
const message = "order accepted"

const (
	method   = "POST"
	path     = "/orders/42"
	status   = 201
	duration = 12.75
	cached   = true
	account  = int64(7345012345)
	region   = "eu-central-1"
	city     = "Berlin"
	zip      = "10115"
)

var (
	errStock = errors.New("stock is low")
	deadline = time.Date(2026, 11, 22, 10, 11, 12, 123456789, time.UTC)
)

// ids are the three ids as a program writes them by hand.
func ids(ctx context.Context) (traceID, spanID, flags string) {
	sc := trace.SpanContextFromContext(ctx)
	return sc.TraceID().String(), sc.SpanID().String(), sc.TraceFlags().String()
}

// naive adds an event with five attributes and the severity, as a program writes it by hand: the same that the bridges
// add for a call with five attributes.
func naive(ctx context.Context) {
	trace.SpanFromContext(ctx).AddEvent(message, trace.WithAttributes(
		attribute.String("log.severity", "INFO"),
		attribute.String("method", method), attribute.String("path", path), attribute.Int("status", status),
		attribute.Float64("duration", duration), attribute.Bool("cached", cached),
	))
}

// naiveColumns are the parts that are subtracted from others: an event of five attributes alone, and what every column
// pays for its spans.
func naiveColumns(call string) []column {
	if call != "five" {
		return nil
	}
	return []column{
		{"nothing", fresh, func(*env) func(context.Context) { return func(context.Context) {} }, wants{}},
		{"naive event", fresh, func(*env) func(context.Context) { return naive }, wants{event: true}},
	}
}
