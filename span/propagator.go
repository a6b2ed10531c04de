package span

import (
	"context"
	"net/http"
	"reflect"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Propagator returns [TraceContext] and [Baggage] as one. It is what package span/setup installs by default; without
// setup, give it to otel.SetTextMapPropagator or to an instrumentation of your choice.
func Propagator() propagation.TextMapPropagator { return w3c{} }

// w3c is a struct and no list, so that two of it can be compared.
type w3c struct{}

func (w3c) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	TraceContext{}.Inject(ctx, carrier)
	Baggage{}.Inject(ctx, carrier)
}

func (w3c) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	return Baggage{}.Extract(TraceContext{}.Extract(ctx, carrier), carrier)
}

func (w3c) Fields() []string { return []string{traceparentField, tracestateField, baggageField} }

// TraceContext propagates the span context as W3C Trace Context Level 2, strictly:
//
//   - A traceparent that is invalid or comes twice is ignored, and the tracestate with it: the context stays as it is,
//     and the next span in it starts a trace of its own, unless there was a span before. Spaces and tabs around a value
//     do not count. Versions 01 to fe are read by the rules for later versions. Version 00 is sent.
//   - Of the flags, sampled and random are kept; the others are taken for zero and sent so.
//   - Repeated tracestate headers are one list, if the carrier is a [propagation.ValuesGetter]; Get returns the first
//     one only. Of a repeated key the first entry counts. Empty entries are left out.
//   - A tracestate with an invalid entry, more than 32 entries or more than 32 kB is ignored as a whole; the traceparent
//     counts nevertheless.
//   - Entries that a sampler added or changed are sent in front of the others; of more than 32, the last are left out.
//   - Keys that are valid in level 2 only, such as 1@2, do not fit into a [trace.TraceState]. They travel in the context
//     and are sent by Inject, as long as the span is of the same trace.
//
// Inject replaces what the carrier holds, also by nothing: a tracestate of another trace does not stay beside the new
// traceparent. That takes Delete(key string), or else Set with an empty value. Without a valid span context it changes
// nothing. A carrier that is nil or a nil map is taken for an empty one.
//
// The zero value is ready. It is safe for concurrent use as far as the carrier is.
type TraceContext struct{}

var _ propagation.TextMapPropagator = TraceContext{}

// Inject writes the span context in ctx into carrier.
func (TraceContext) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() || absent(carrier) {
		return
	}
	carrier.Set(traceparentField, formatTraceparent(sc))
	if state := tracestate(ctx, sc); state != "" {
		carrier.Set(tracestateField, state)
	} else {
		clearField(carrier, tracestateField)
	}
}

// Extract returns ctx with the remote span context that carrier holds, or ctx itself if that is none or invalid.
func (TraceContext) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = orBackground(ctx)
	parents := fieldValues(carrier, traceparentField)
	if len(parents) != 1 {
		return ctx
	}
	sc, ok := parseTraceparent(parents[0])
	if !ok {
		return ctx
	}
	ctx = withTracestate(ctx, &sc, parseTracestate(fieldValues(carrier, tracestateField)))
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(sc))
}

// Fields returns the names of the headers that Inject sets.
func (TraceContext) Fields() []string { return []string{traceparentField, tracestateField} }

// Baggage propagates the baggage of package go.opentelemetry.io/otel/baggage as W3C Baggage, both ways up to 64 members
// and 8192 bytes. A member that is invalid or exceeds that is left out, alone; on the way in those that come later go
// first, on the way out those whose keys sort later. Repeated headers are one list, as in [TraceContext].
//
// The zero value is ready. It is safe for concurrent use as far as the carrier is.
type Baggage struct{}

var _ propagation.TextMapPropagator = Baggage{}

// Inject writes the baggage in ctx into carrier. Without any, it changes nothing.
func (Baggage) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if absent(carrier) {
		return
	}
	if text := formatBaggage(baggage.FromContext(orBackground(ctx))); text != "" {
		carrier.Set(baggageField, text)
	}
}

// Extract returns ctx with the baggage that carrier holds, or ctx itself if that is none.
func (Baggage) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = orBackground(ctx)
	b := parseBaggage(fieldValues(carrier, baggageField))
	if b.Len() == 0 {
		return ctx
	}
	return baggage.ContextWithBaggage(ctx, b)
}

// Fields returns the name of the header that Inject sets.
func (Baggage) Fields() []string { return []string{baggageField} }

func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}

// absent tells whether nothing can be written into carrier: most carriers are maps, and Set on a nil one panics.
func absent(carrier propagation.TextMapCarrier) bool {
	if carrier == nil {
		return true
	}
	v := reflect.ValueOf(carrier)
	return v.Kind() == reflect.Map && v.IsNil()
}

// fieldValues returns all values of a header, also empty ones if the carrier can tell them from none.
func fieldValues(carrier propagation.TextMapCarrier, key string) []string {
	if carrier == nil {
		return nil
	}
	if many, ok := carrier.(propagation.ValuesGetter); ok {
		return many.Values(key)
	}
	if value := carrier.Get(key); value != "" {
		return []string{value}
	}
	return nil
}

// clearField takes a field away that the carrier may have kept from an earlier request.
func clearField(carrier propagation.TextMapCarrier, key string) {
	if len(fieldValues(carrier, key)) == 0 {
		return
	}
	switch c := carrier.(type) {
	case interface{ Delete(key string) }:
		c.Delete(key)
	case propagation.HeaderCarrier:
		http.Header(c).Del(key)
	case propagation.MapCarrier:
		delete(c, key)
	default:
		carrier.Set(key, "")
	}
}
