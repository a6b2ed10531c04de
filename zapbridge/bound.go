package zapbridge

import (
	"context"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// bound is what the With calls of a logger left for its lines and span events.
type bound struct {
	fields events.Fields
	prefix string          // names of the open namespaces, each with a dot behind it; empty at the root
	ctx    context.Context // of a Context field; nil if there was none
	scope  events.Scope    // of a call without a Context field, if there is ctx
	live   bool            // the scope must be made anew: it has attributes of the span, which may change
	linked bool            // the same for a link, which may hold the time and ends with the provider
}

// start is the bound of a logger without fields.
func start(p *events.Policy) bound { return bound{live: p != nil && len(p.SpanAttributes) > 0} }

// with adds the fields of one With call. It returns the indexes of the first field that opens a namespace and of the
// first that hides behind an id, len(fields) where there is none; a namespace of an id's name counts as both.
func (b *bound) with(rules *events.Rules, fields []zapcore.Field) (opens, hides int) {
	for i := range fields {
		if c := carrierOf(&fields[i]); c != nil {
			b.ctx = rebind(b.ctx, c.Context)
			b.scope = rules.Scope(b.ctx, nil)
			b.linked = slices.ContainsFunc(b.scope.Fields(), isLink)
		}
	}
	b.fields = b.fields.Clone()
	c := &converter{rules: rules, to: &b.fields, prefix: b.prefix}
	opens, hides = len(fields), len(fields)
	for i := range fields {
		c.field(&fields[i])
		if c.prefix != "" {
			opens = min(opens, i)
		}
		if c.hides {
			hides = min(hides, i)
		}
	}
	b.prefix = c.prefix
	return opens, hides
}

func isLink(kv attribute.KeyValue) bool { return kv.Key == "event.url" }

var converters = sync.Pool{New: func() any { return new(converter) }}

// addTo makes the event of a call, if the policy wants one.
func (b *bound) addTo(scope *events.Scope, rules *events.Rules, ent *zapcore.Entry, fields []zapcore.Field) {
	e := b.begin(scope, rules, ent)
	if e == nil {
		return
	}
	c := converters.Get().(*converter)
	defer converters.Put(c)
	b.convert(e, rules, c, fields)
	endEvent(e, ent)
}

// begin begins the event of a call with all but the fields of the call. It is nil where the policy wants none.
func (b *bound) begin(scope *events.Scope, rules *events.Rules, ent *zapcore.Entry) *events.Event {
	e := rules.Begin(scope, severity(ent.Level), &events.Call{Time: ent.Time, PC: ent.Caller.PC, Message: ent.Message})
	if e == nil {
		return nil
	}
	e.AddFields(b.fields)
	if ent.Caller.Defined {
		e.AddSource(ent.Caller.Function, ent.Caller.File, ent.Caller.Line)
	}
	if ent.LoggerName != "" {
		e.Add(attribute.String("logger", ent.LoggerName))
	}
	if ent.Stack != "" {
		e.Add(semconv.CodeStacktrace(ent.Stack))
	}
	return e
}

// convert adds fields of the call to its event. The converter is memory that is used again.
func (b *bound) convert(e *events.Event, rules *events.Rules, c *converter, fields []zapcore.Field) {
	*c = converter{rules: rules, to: &e.Fields, prefix: b.prefix}
	for i := range fields {
		c.field(&fields[i])
	}
	*c = converter{}
}

func endEvent(e *events.Event, ent *zapcore.Entry) {
	e.End(ent.Level.CapitalString(), ent.Message, ent.Time)
}
