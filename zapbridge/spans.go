package zapbridge

import (
	"encoding/binary"
	"reflect"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// Most wrapped cores are those of zapcore.NewCore with one of zap's two encoders. What such an encoder holds is copied
// into each line as it stands. So a core that holds the ids of a span, made with the core's own With, writes them in 5 ns,
// where they take 130 as fields of the call, and the fields of the call need not be copied to stand behind them.

// spanSlots is how many spans a logger has such cores for. One of them is about 1.3 KB.
const spanSlots = 32

// spanCalls is the line of a span, not counting those before a line of another span of the same slot, at which it gets its
// core: making one takes 550 ns, as much as two or three later lines save.
const spanCalls = 4

// spanCores are the cores of a logger for the spans that it was called with last. The zero value is empty.
type spanCores struct {
	slots atomic.Pointer[[spanSlots]spanSlot]
}

// spanSlot is the place of all spans whose ids end alike.
type spanSlot struct {
	core  atomic.Pointer[spanCore]
	calls atomic.Uint64 // the id of the span that came last, but the last two bits, which count its calls
}

// spanCore is a core with the ids of a span. It never changes.
type spanCore struct {
	zapcore.Core
	key   spanstate.Key
	flags trace.TraceFlags
}

// of returns a core that writes the ids of a valid span, nil where there is none yet. With makes one.
func (s *spanCores) of(span trace.Span, with func(trace.SpanContext) zapcore.Core) zapcore.Core {
	slots := s.slots.Load()
	if slots == nil {
		slots = new([spanSlots]spanSlot)
		s.slots.Store(slots)
	}
	sc := span.SpanContext()
	key := spanstate.KeyOf(&sc)
	slot := &slots[key.Byte()%spanSlots]
	if c := slot.core.Load(); c != nil && c.key == key && c.flags == sc.TraceFlags() {
		return c.Core
	}
	if !slot.often(sc.SpanID()) {
		return nil
	}
	c := &spanCore{with(sc), key, sc.TraceFlags()}
	slot.core.Store(c)
	return c.Core
}

// often counts the calls of a span. Calls that come at once may count as one.
func (s *spanSlot) often(id trace.SpanID) bool {
	const count = spanCalls - 1
	n := binary.BigEndian.Uint64(id[:]) &^ count
	if last := s.calls.Load(); last&^count == n {
		n = last + 1
	}
	if n&count == count {
		return true
	}
	s.calls.Store(n)
	return false
}

// zapEncoders are the types of zap's encoders. Those of others may look for a context among the fields, or do more in
// their EncodeEntry than a copy of them does that With makes.
var zapEncoders = sync.OnceValue(func() [2]reflect.Type {
	var cfg zapcore.EncoderConfig
	return [2]reflect.Type{reflect.TypeOf(zapcore.NewJSONEncoder(cfg)), reflect.TypeOf(zapcore.NewConsoleEncoder(cfg))}
})

// hasZapEncoder reports whether core is one of zapcore.NewCore with an encoder of zap's. The encoder is in a private field;
// should it ever have another name, its lines are written the longer way.
func hasZapEncoder(core zapcore.Core) bool {
	if !isIOCore(core) {
		return false
	}
	enc := reflect.ValueOf(core).Elem().FieldByName("enc")
	if enc.Kind() != reflect.Interface || enc.IsNil() {
		return false
	}
	all := zapEncoders()
	return enc.Elem().Type() == all[0] || enc.Elem().Type() == all[1]
}

// coreOf returns the core for a call, and whether it writes the ids of the call's span by itself.
func (w *wrapper) coreOf(scope *events.Scope) (core zapcore.Core, ids bool) {
	if w.spans != nil && scope.Traced() {
		if c := w.spans.of(scope.Span, w.withIDs); c != nil {
			return c, true
		}
	}
	return w.inner, false
}

// withIDs returns the wrapped core with the ids of a span.
func (w *wrapper) withIDs(sc trace.SpanContext) zapcore.Core {
	m := memories.Get().(*memory)
	defer m.free()
	m.fields = w.appendIDs(m.fields[:0], m, sc)
	return w.inner.With(m.fields)
}

// withoutCarrier returns fields without the Context field at the end or at the head, where nearly all have it.
func withoutCarrier(fields []zapcore.Field) []zapcore.Field {
	last := len(fields) - 1
	switch {
	case last >= 0 && carrierOf(&fields[last]) != nil:
		return fields[:last:last]
	case last >= 0 && carrierOf(&fields[0]) != nil:
		return fields[1:]
	}
	return fields
}
