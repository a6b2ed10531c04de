package zapbridge

import (
	"context"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// Context returns a field that carries ctx to the cores of this package, in a call, in With, or among the arguments of a
// sugared logger. They take it out and put the ids of its span at the root of the line. A core of any other make prints
// the ids where it prints fields; contrib's otelzap finds the field as its context. The context itself is never printed.
//
// Without a span in ctx, or with a nil ctx, the field is [zap.Skip]. Otherwise it costs one allocation. The field may be
// used again and by several goroutines.
func Context(ctx context.Context) zap.Field {
	span := trace.SpanFromContext(ctx)
	if !span.SpanContext().IsValid() {
		return zap.Skip()
	}
	return zap.Field{Type: zapcore.InlineMarshalerType, Interface: &carrier{Context: ctx, span: span}}
}

// carrier is the value of a Context field: a context for those who look for one, a marshaler for those who print.
type carrier struct {
	context.Context
	span trace.Span
}

// MarshalLogObject is called by cores that do not know us.
func (c *carrier) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	sc := c.span.SpanContext()
	traceID, spanID := spanstate.IDs(sc)
	enc.AddString("trace_id", traceID)
	enc.AddString("span_id", spanID)
	enc.AddString("trace_flags", spanstate.Flags(sc))
	return nil
}

// String keeps the context from being printed by a core that formats what it does not know.
func (c *carrier) String() string { return "" }

// silent is a carrier whose ids are on the line already. It is handed on inside a wrapped logger for those cores that
// look for a context, and prints nothing.
type silent carrier

func (*silent) MarshalLogObject(zapcore.ObjectEncoder) error { return nil }
func (*silent) String() string                               { return "" }

func carrierOf(f *zapcore.Field) *carrier {
	if f.Type != zapcore.InlineMarshalerType {
		return nil
	}
	c, _ := f.Interface.(*carrier)
	return c
}

// lastSpan returns the span of the last Context field, or missing if there is none.
func lastSpan(fields []zapcore.Field, missing trace.Span) trace.Span {
	for i := len(fields) - 1; i >= 0; i-- {
		if c := carrierOf(&fields[i]); c != nil {
			return c.span
		}
	}
	return missing
}

// spanContext returns that of a span that may be nil.
func spanContext(span trace.Span) trace.SpanContext {
	if span == nil {
		return trace.SpanContext{}
	}
	return span.SpanContext()
}

func appendIDs(dst []zapcore.Field, rules *events.Rules, sc trace.SpanContext) []zapcore.Field {
	ids, n := rules.IDs(sc)
	for _, id := range ids[:n] {
		dst = append(dst, zap.String(id.Key, id.Value))
	}
	return dst
}
