package zapbridge

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// Context returns a field that carries ctx to the cores of this package, in a call, in With, or among the arguments of a
// sugared logger. They take it out and put the ids of its span, and the fields of events.ContextWith, at the root of the
// line. A core of any other make prints the ids where it prints fields; contrib's otelzap finds the field as its context.
// The context itself is never printed.
//
// With a nil ctx, or one that has nothing for a log call (no span, no fields, no baggage, no span.Mute), the field is
// [zap.Skip]. Otherwise it costs one allocation. The field may be used again and by several goroutines.
func Context(ctx context.Context) zap.Field {
	span := trace.SpanFromContext(ctx)
	if !span.SpanContext().IsValid() && !says(ctx) {
		return zap.Skip()
	}
	return zap.Field{Type: zapcore.InlineMarshalerType, Interface: &carrier{ctx}}
}

// says reports whether a context without a span matters to a log call.
func says(ctx context.Context) bool {
	if ctx == nil {
		return false
	}
	scope := bare.Scope(ctx, nil)
	return len(scope.Fields()) > 0 || spanstate.Muted(ctx) || baggage.FromContext(ctx).Len() > 0
}

// bare knows no policy: its scopes have the fields of events.ContextWith only.
var bare = new(events.Rules)

// carrier is the value of a Context field: a context for those who look for one, a marshaler for those who print. It is
// what each call allocates, and holds nothing that can be looked up again.
type carrier struct{ context.Context }

// MarshalLogObject is called by cores that do not know us.
func (c *carrier) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	printIDs(enc, trace.SpanContextFromContext(c.Context))
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

// contextOnly reports whether there are only Context fields.
func contextOnly(fields []zapcore.Field) bool {
	for i := range fields {
		if carrierOf(&fields[i]) == nil {
			return false
		}
	}
	return true
}

// lastCarrier returns the last Context field, nil if there is none.
func lastCarrier(fields []zapcore.Field) *carrier {
	for i := len(fields) - 1; i >= 0; i-- {
		if c := carrierOf(&fields[i]); c != nil {
			return c
		}
	}
	return nil
}

// scopeOf is the scope of a call with fields.
func (b *bound) scopeOf(rules *events.Rules, fields []zapcore.Field) events.Scope {
	c, bound := lastCarrier(fields), b.ctx
	switch {
	case c != nil:
		return rules.Scope(c.Context, bound)
	case bound == nil:
		return nowhere
	case b.live || b.linked:
		return rules.Scope(bound, nil)
	}
	return b.scope
}

// nowhere is the scope of a call without any context.
var nowhere = bare.Scope(context.Background(), nil)

// rebind is the context of a logger that was bound to old, nil if it was not, and is now bound to ctx. A span stays until
// another one comes.
func rebind(old, ctx context.Context) context.Context {
	if old == nil || trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	if spanstate.Muted(old) {
		ctx = spanstate.Mute(ctx)
	}
	return trace.ContextWithSpan(ctx, trace.SpanFromContext(old))
}
