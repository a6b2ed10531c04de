package zapbridge

import (
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// printIDs adds the ids of a span under the names of the OTel schema, for a core that is not of this package.
func printIDs(enc zapcore.ObjectEncoder, sc trace.SpanContext) {
	if !sc.IsValid() {
		return
	}
	traceID, spanID := spanstate.IDs(sc)
	enc.AddString(otelNames[0], traceID)
	enc.AddString(otelNames[1], spanID)
	enc.AddString(otelNames[2], spanstate.Flags(sc))
}

// hexIDs are the ids of a span as an inline object for zap's encoders, which copy the bytes that they are given: the first
// lines of a span need no strings, which would be two allocations.
type hexIDs struct {
	names  *[3]string
	digits [48]byte // of the trace id and the span id
	flags  string
}

var (
	otelNames = [3]string{"trace_id", "span_id", "trace_flags"}
	ecsNames  = [3]string{"trace.id", "span.id", "trace_flags"}
)

// hexNames returns the names of the ids where they are those of OTel or ECS, which have them in hexadecimal; else nil.
func hexNames(rules *events.Rules) *[3]string {
	names := rules.Names()
	switch [3]string{names.TraceID, names.SpanID, names.TraceFlags} {
	case otelNames:
		return &otelNames
	case ecsNames:
		return &ecsNames
	}
	return nil
}

// set takes the ids of a valid span.
func (h *hexIDs) set(names *[3]string, sc *trace.SpanContext) {
	traceID, spanID := sc.TraceID(), sc.SpanID()
	spanstate.AppendHex(spanstate.AppendHex(h.digits[:0], traceID[:]), spanID[:])
	h.names, h.flags = names, spanstate.Flags(*sc)
}

// MarshalLogObject adds the ids.
func (h *hexIDs) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddByteString(h.names[0], h.digits[:32])
	enc.AddByteString(h.names[1], h.digits[32:])
	enc.AddString(h.names[2], h.flags)
	return nil
}
