package spool

import (
	"encoding/binary"
	"log/slog"
	"math"
)

const recordHeader = 8 + 4 + 2 + 1

// Meta is what goes with a line.
type Meta struct {
	Seq    uint64 // counts up, from 1
	Time   int64  // Unix nanoseconds
	Level  slog.Level
	Full   int    // length of the line before it was cut
	Target string // name of the data stream, at most 255 bytes
}

// Record is a line as it comes back. Target and Line are valid until the
// next.
type Record struct {
	Order  uint64 // place among all lines of the Spool
	Seq    uint64 // place in its own folder: with ID its identity
	ID     string // of the folder
	Time   int64
	Level  slog.Level
	Full   int
	Target []byte
	Line   []byte
}

func appendMeta(dst []byte, m Meta) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(m.Time))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(min(m.Full, math.MaxUint32)))
	level := int16(min(max(m.Level, math.MinInt16), math.MaxInt16))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(level))
	name := m.Target[:min(len(m.Target), math.MaxUint8)]
	return append(append(dst, byte(len(name))), name...)
}

// decode reads the payload of a frame; false if it cannot be one.
func (r *Record) decode(payload []byte) bool {
	if len(payload) < recordHeader || len(payload) < recordHeader+int(payload[recordHeader-1]) {
		return false
	}
	r.Time = int64(binary.LittleEndian.Uint64(payload))
	r.Full = int(binary.LittleEndian.Uint32(payload[8:]))
	r.Level = slog.Level(int16(binary.LittleEndian.Uint16(payload[12:])))
	line := recordHeader + int(payload[recordHeader-1])
	r.Target, r.Line = payload[recordHeader:line], payload[line:]
	return true
}
