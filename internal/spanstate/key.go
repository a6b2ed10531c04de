package spanstate

import (
	"encoding/binary"

	"go.opentelemetry.io/otel/trace"
)

// Key names a span. The ids are compared, never the span value: an interface holding an uncomparable span would panic.
// They are held as numbers, which stay in registers: arrays that were written a moment ago are slow to copy: 5 ns a call.
type Key struct {
	high, low uint64 // of the trace
	span      uint64
}

// KeyOf returns the key of the span that has this context.
func KeyOf(sc *trace.SpanContext) Key {
	t, s := sc.TraceID(), sc.SpanID()
	return Key{binary.BigEndian.Uint64(t[:8]), binary.BigEndian.Uint64(t[8:]), binary.BigEndian.Uint64(s[:])}
}

// IsValid reports whether the context that k is of was valid.
func (k *Key) IsValid() bool { return k.high|k.low != 0 && k.span != 0 }

// Byte is the last byte of the span's id, which is random.
func (k *Key) Byte() byte { return byte(k.span) }
