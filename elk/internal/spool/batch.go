package spool

// Batch collects lines to be written in one go. It is used again after
// Reset. It is not safe for concurrent use.
type Batch struct {
	buf    []byte
	frames []mark
}

// mark is a frame in a Batch.
type mark struct {
	seq  uint64
	from int
	to   int
}

// Reset forgets the lines and keeps the room, unless that is far too much.
func (b *Batch) Reset() {
	if cap(b.buf) > maxIdleBatch {
		b.buf = nil
	}
	b.buf, b.frames = b.buf[:0], b.frames[:0]
}

// maxIdleBatch is the room that a Batch keeps.
const maxIdleBatch = 4 << 20

// emptyHeader is the room for what seal fills in.
var emptyHeader [frameHeader]byte

// Len is the number of lines.
func (b *Batch) Len() int { return len(b.frames) }

// Bytes is what the lines take.
func (b *Batch) Bytes() int { return len(b.buf) }

// Begin starts a line and returns what its bytes are to be appended to; End
// must follow with the result. Sequences must count up.
func (b *Batch) Begin(m Meta) []byte {
	b.frames = append(b.frames, mark{})
	f := &b.frames[len(b.frames)-1]
	f.seq, f.from = m.Seq, len(b.buf)
	b.buf = append(b.buf, emptyHeader[:]...)
	return appendMeta(b.buf, m)
}

// End ends the line.
func (b *Batch) End(buf []byte) {
	b.buf = buf
	b.frames[len(b.frames)-1].to = len(buf)
}

// copy takes a frame over as it is.
func (b *Batch) copy(f frame) {
	from := len(b.buf)
	b.buf = append(b.buf, emptyHeader[:]...)
	b.buf = append(b.buf, f.payload...)
	b.frames = append(b.frames, mark{seq: f.seq, from: from, to: len(b.buf)})
}

// fit is how many frames from the first on there is room for.
func (b *Batch) fit(first int, room int64, span uint64) (n int) {
	for i := first; i < len(b.frames); i++ {
		if int64(b.frames[i].to-b.frames[first].from) > room || b.frames[i].seq-b.frames[first].seq > span {
			break
		}
		n++
	}
	return n
}

// seal fills in the headers of frames and returns their bytes.
func (b *Batch) seal(first, n int, seed, ordinal uint32) []byte {
	for i, f := range b.frames[first : first+n] {
		stamp(b.buf[f.from:f.to], seed, f.seq, ordinal+uint32(i))
	}
	return b.buf[b.frames[first].from:b.frames[first+n-1].to]
}
