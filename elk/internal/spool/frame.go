package spool

import (
	"encoding/binary"
	"hash/crc32"
)

// frameHeader is CRC, length, sequence and ordinal.
const frameHeader = 4 + 4 + 8 + 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is one frame as it was found.
type frame struct {
	seq     uint64
	ordinal uint32
	payload []byte
	missing int // frames before it that cannot be read
}

// stamp fills in the header of a frame that lies in b with its payload. The
// CRC begins with the segment's seed, so that no frame of another segment,
// and nothing that a line says, passes for one of this.
func stamp(b []byte, seed uint32, seq uint64, ordinal uint32) {
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-frameHeader))
	binary.LittleEndian.PutUint64(b[8:], seq)
	binary.LittleEndian.PutUint32(b[16:], ordinal)
	binary.LittleEndian.PutUint32(b, sum(seed, b))
}

func sum(seed uint32, b []byte) uint32 { return crc32.Update(seed, castagnoli, b[4:]) }

// seedOf makes the seed of a segment.
func seedOf(id string, number uint64) uint32 {
	text := binary.LittleEndian.AppendUint64([]byte(id), number)
	return crc32.Checksum(text, castagnoli)
}
