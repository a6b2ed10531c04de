package events

import (
	"context"
	"log/slog"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/trace"
)

// Off as a level says never: no events, or no span status.
const Off = slog.Level(math.MaxInt)

// defaultFlushTimeout is what FlushTimeout is when it is zero.
const defaultFlushTimeout = 2 * time.Second

// defaultFieldBytes is what FieldBytes is when it is zero.
const defaultFieldBytes = 1 << 10

// Policy says what becomes of a log call inside a span. The zero value and nil are the defaults. It is copied when a
// logger is made with it, so later changes have no effect; what may change at run time are the levels, which are asked
// at every call and must be safe for concurrent use (a [slog.LevelVar] is).
type Policy struct {
	// Schema chooses the names of the fields that spanlog writes. Zero: OTel.
	Schema Schema

	// Names, when not nil, takes the place of the schema's names.
	Names *Names

	// GCPProject is the project in the trace's resource name under the schema GCP. Empty: the bare trace id.
	GCPProject string

	// EventLevel is the lowest level that becomes a span event. Nil, or a Leveler that panics: Info. Off: no events.
	EventLevel slog.Leveler

	// StatusLevel is the lowest level that sets the span's status to Error. Nil, or a Leveler that panics: Error. Off: the
	// status is never touched.
	StatusLevel slog.Leveler

	// Groups says what groups of fields are on a span event. Zero: GroupsDotted.
	Groups Groups

	// Resource is on every line, at its root: give it the attributes of the SDK's resource, so that lines and spans
	// name their service alike. A value of type MAP or SLICE is there as its JSON, in a string; so is one of SpanAttributes.
	Resource []attribute.KeyValue

	// TraceURL makes the link of a line to its trace, the field event.url. A line has it only when the trace is kept: the
	// span is sampled by a provider that package setup made and that is not shut down. Nil: what setup was given; no
	// link if that is nothing. It is called at every such line and must be safe for concurrent use.
	TraceURL func(trace.SpanContext) string

	// Baggage names the members of the context's baggage that are fields of lines and events, under their own names.
	Baggage []string

	// SpanAttributes names the attributes of the span that are fields of its lines, as far as the span can be read (the
	// SDK's can).
	SpanAttributes []string

	// FieldBytes is the length, in bytes, at which a value from baggage or a span attribute is cut. Zero: 1 KiB.
	FieldBytes int

	// Redact hides secrets on lines, events and records alike. See RedactKeys, RedactPattern and RedactSecrets.
	Redact []Redaction

	// Logs, when not nil, gets every call as an OpenTelemetry log record too: same attributes, severity, time.
	Logs log.LoggerProvider

	// Route says what a call becomes when Logs is set. Zero: RouteBoth.
	Route Route

	// Flush is called on Fatal and Panic, after the line was written; elk's Shipper has a Flush that fits.
	Flush func(context.Context) error

	// FlushTimeout bounds the flush of spans, and that of Flush, on Fatal and Panic. Zero: 2 s.
	FlushTimeout time.Duration
}

// Groups is a form for groups of fields on a span event.
type Groups uint8

const (
	// GroupsDotted joins the names of the groups and the key with dots.
	GroupsDotted Groups = iota

	// GroupsMap makes attributes of type MAP. Not every viewer shows them.
	GroupsMap
)

// Route is where a log call goes when Policy.Logs is set.
type Route uint8

const (
	// RouteBoth makes a span event and a log record. The record is marked, so that events/eventbridge does not make
	// a second event of it.
	RouteBoth Route = iota

	// RouteEvents makes span events only.
	RouteEvents

	// RouteRecords makes log records only; span events are then up to the provider (events/eventbridge).
	RouteRecords
)
