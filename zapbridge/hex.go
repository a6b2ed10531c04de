package zapbridge

import (
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// idText are the ids of a span, as an inline object with the names of the OTel schema. It is a part of the value of a
// Context field, so that the ids need no memory of their own: encoders copy the bytes that they are given, where a string
// would have to be made.
type idText struct {
	span   trace.Span
	filled atomic.Uint32 // state of memory: empty, being filled, full
	memory [48]byte      // trace id and span id in hexadecimal; never written once it is full
}

const (
	empty = iota
	filling
	full
)

// ecsText is an idText with the names of ECS.
type ecsText idText

var (
	otelNames = [3]string{"trace_id", "span_id", "trace_flags"}
	ecsNames  = [3]string{"trace.id", "span.id", "trace_flags"}
)

// digits returns trace id and span id of a valid span. They are made at the first call; who comes while another
// goroutine makes them gets a copy of its own.
func (t *idText) digits() []byte {
	if t.filled.Load() == full {
		return t.memory[:]
	}
	dst, own := []byte(nil), t.filled.CompareAndSwap(empty, filling)
	if own {
		dst = t.memory[:0]
	}
	sc := t.span.SpanContext()
	traceID, spanID := sc.TraceID(), sc.SpanID()
	dst = spanstate.AppendHex(spanstate.AppendHex(dst, traceID[:]), spanID[:])
	if own {
		t.filled.Store(full)
	}
	return dst
}

func (t *idText) addTo(enc zapcore.ObjectEncoder, names *[3]string) {
	sc := t.span.SpanContext()
	if !sc.IsValid() {
		return
	}
	digits := t.digits()
	enc.AddByteString(names[0], digits[:32])
	enc.AddByteString(names[1], digits[32:])
	enc.AddString(names[2], spanstate.Flags(sc))
}

// MarshalLogObject adds the ids.
func (t *idText) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	t.addTo(enc, &otelNames)
	return nil
}

// MarshalLogObject adds the ids.
func (t *ecsText) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	(*idText)(t).addTo(enc, &ecsNames)
	return nil
}

// String is for a core that formats what it does not know.
func (t *idText) String() string {
	traceID, spanID := spanstate.IDs(t.span.SpanContext())
	return traceID + " " + spanID
}

// String is for a core that formats what it does not know.
func (t *ecsText) String() string { return (*idText)(t).String() }

// printerOf returns what makes an inline object of a valid span's ids under the names of rules; nil where they have
// other names than an idText or an ecsText, or another form.
func printerOf(rules *events.Rules) func(*idText) zapcore.ObjectMarshaler {
	names := rules.Names()
	switch [3]string{names.TraceID, names.SpanID, names.TraceFlags} {
	case otelNames:
		return func(t *idText) zapcore.ObjectMarshaler { return t }
	case ecsNames:
		return func(t *idText) zapcore.ObjectMarshaler { return (*ecsText)(t) }
	}
	return nil
}
