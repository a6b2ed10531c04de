package events

import (
	"log/slog"
	"math"

	"go.opentelemetry.io/otel/attribute"
)

// Off as a level says never: no events, or no span status.
const Off = slog.Level(math.MaxInt)

// Policy says what becomes of a log call inside a span. The zero value and nil are the defaults. It is copied when a
// logger is made with it, so later changes have no effect; what may change at run time are the levels, which are asked
// at every call and must be safe for concurrent use (a [slog.LevelVar] is).
type Policy struct {
	// Schema chooses the names of the fields that spanlog writes. Zero: OTel.
	Schema Schema

	// Names, when not nil, takes the place of the schema's names.
	Names *Names

	// EventLevel is the lowest level that becomes a span event. Nil: Info. Off: no events.
	EventLevel slog.Leveler

	// StatusLevel is the lowest level that sets the span's status to Error. Nil: Error. Off: the status is never touched.
	StatusLevel slog.Leveler

	// Resource is on every line, at its root: give it the attributes of the SDK's resource, so that lines and spans
	// name their service alike.
	Resource []attribute.KeyValue
}

func leveler(l slog.Leveler, missing slog.Level) slog.Leveler {
	if l == nil {
		return missing
	}
	return l
}
