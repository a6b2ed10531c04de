package eventbridge

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// Processor is a log processor that makes span events of log records. It is made by [New].
type Processor struct {
	name func(*sdklog.Record) string
}

var _ sdklog.Processor = (*Processor)(nil)

// Option changes a [Processor].
type Option func(*Processor)

// WithNames also bridges records without an event name, under the name that name returns; an empty one leaves the record
// alone. It goes beyond the specification, for plain log records. It is called concurrently and must not keep the record.
func WithNames(name func(*sdklog.Record) string) Option {
	return func(p *Processor) { p.name = name }
}

// New returns the processor. Without options it does what the specification says. A nil option is skipped.
func New(options ...Option) *Processor {
	p := &Processor{}
	for _, o := range options {
		if o != nil {
			o(p)
		}
	}
	return p
}

// Enabled reports whether a record with these parameters could become an event. It is false without a recording span,
// so that callers need not build the record. Parameters without an event name say nothing of the record's: a caller that
// asks before it has built the record does not know it.
func (p *Processor) Enabled(ctx context.Context, _ sdklog.EnabledParameters) bool {
	return !spanstate.Bridged(ctx) && !spanstate.Muted(ctx) && trace.SpanFromContext(ctx).IsRecording()
}

// OnEmit adds the event. It never fails and does not change the record.
func (p *Processor) OnEmit(ctx context.Context, r *sdklog.Record) error {
	span := trace.SpanFromContext(ctx)
	if spanstate.Bridged(ctx) || spanstate.Muted(ctx) || !span.IsRecording() || !of(r, span.SpanContext()) {
		return nil
	}
	if name := p.nameOf(r); name != "" {
		add(ctx, span, name, r)
	}
	return nil
}

// add adds the event, or holds it back until the end of the span, if the span has a place for it and no other output of
// the log call, of which the record was made, has made an event.
func add(ctx context.Context, span trace.Span, name string, r *sdklog.Record) {
	state, origin := spanstate.Of(span), spanstate.OriginOf(ctx)
	place, _ := state.Take(span, &origin.Call, origin.Output, r.Severity() >= log.SeverityWarn)
	if place == spanstate.Drop {
		return
	}
	attrs := make([]attribute.KeyValue, 0, r.AttributesLen())
	r.WalkAttributes(func(kv attribute.KeyValue) bool {
		attrs = append(attrs, kv)
		return true
	})
	if place == spanstate.Hold {
		state.Hold(name, timeOf(r), attrs)
		return
	}
	span.AddEvent(name, trace.WithAttributes(attrs...), trace.WithTimestamp(timeOf(r)))
}

// of reports whether the record belongs to the span.
func of(r *sdklog.Record, sc trace.SpanContext) bool {
	return r.TraceID().IsValid() && r.SpanID().IsValid() && r.TraceID() == sc.TraceID() && r.SpanID() == sc.SpanID()
}

func (p *Processor) nameOf(r *sdklog.Record) (name string) {
	if name = r.EventName(); name != "" || p.name == nil {
		return name
	}
	defer func() {
		if recover() != nil {
			name = ""
		}
	}()
	return p.name(r)
}

func timeOf(r *sdklog.Record) time.Time {
	if t := r.Timestamp(); !t.IsZero() {
		return t
	}
	return r.ObservedTimestamp()
}

// Shutdown does nothing and returns nil.
func (*Processor) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing and returns nil.
func (*Processor) ForceFlush(context.Context) error { return nil }
