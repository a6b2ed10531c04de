package elk

import "log/slog"

const (
	blockBytes  = 256
	slotBytes   = 40
	chunkBlocks = 1024

	// Levels outside [lowestLane, highestLane] share the outermost lanes.
	lowestLane  = slog.Level(-8)
	highestLane = slog.Level(15)
	laneCount   = int(highestLane-lowestLane) + 1

	none = ^uint32(0)
)

// ring holds the lines that wait to be sent, within a fixed number of bytes.
//
// Memory is cut into blocks of one size; a line is a chain of blocks, and
// the lines of one level are a chain in order of arrival, its lane. So any
// line can leave, the oldest for the sender and the least important for a
// better one, without moving another. Blocks are made when first needed and
// then used again: in the steady state nothing is allocated.
//
// A ring is not safe for concurrent use; queue holds its lock.
type ring struct {
	chunks []chunk
	made   int    // blocks in chunks
	limit  int    // blocks that may be made
	free   uint32 // chain of unused blocks
	unused int    // its length
	lanes  [laneCount]lane
	lines  int
	bytes  int
}

type chunk struct {
	slots []slot
	data  []byte
}

// slot describes a block; below the first field it is set only in the first
// block of a line.
type slot struct {
	next     uint32 // block of the same line, or of the free chain
	nextLine uint32 // line of the same lane
	lineInfo
}

// lineInfo is what the shipper knows about a line.
type lineInfo struct {
	seq  uint64
	at   int64 // arrival, Unix nanoseconds
	size uint32
	full int // length before it was cut to size
}

type lane struct {
	head, tail uint32
	lines      int
	blocks     int
}

// ringCapacity is the longest line that a ring of so many bytes can hold.
func ringCapacity(bytes int) int { return bytes / (blockBytes + slotBytes) * blockBytes }

func newRing(bytes int) ring {
	return ring{limit: bytes / (blockBytes + slotBytes), free: none}
}

func blocksFor(size int) int { return max(1, (size+blockBytes-1)/blockBytes) }

func laneOf(level slog.Level) int {
	return int(min(max(level, lowestLane), highestLane) - lowestLane)
}

// push stores a copy of line. When there is no room it first evicts lines of
// lower levels, lowest first and oldest first, if that makes room; otherwise
// nothing changes and stored is false.
func (r *ring) push(level slog.Level, info lineInfo, line []byte) (evicted int, stored bool) {
	need := blocksFor(len(line))
	at := laneOf(level)
	if need > r.room() {
		if need > r.room()+r.below(at) {
			return 0, false
		}
		evicted = r.evict(need)
	}
	info.size = uint32(len(line))
	first := r.store(line)
	s := r.slot(first)
	s.lineInfo, s.nextLine = info, none
	r.link(&r.lanes[at], first, need)
	r.lines++
	r.bytes += len(line)
	return evicted, true
}

// room is the number of blocks that a new line may take.
func (r *ring) room() int { return r.limit - r.made + r.unused }

// below is the number of blocks held by lines of lower lanes.
func (r *ring) below(at int) int {
	blocks := 0
	for i := range at {
		blocks += r.lanes[i].blocks
	}
	return blocks
}

// evict drops lines, lowest lane first, until there is room for need blocks;
// the caller has made sure that the lanes below its own suffice.
func (r *ring) evict(need int) (evicted int) {
	for i := range r.lanes {
		for r.room() < need && r.lanes[i].lines > 0 {
			r.unlink(&r.lanes[i])
			evicted++
		}
	}
	return evicted
}

// oldest returns the first line to leave, without taking it.
func (r *ring) oldest() (lineInfo, bool) {
	at := r.oldestLane()
	if at < 0 {
		return lineInfo{}, false
	}
	return r.slot(r.lanes[at].head).lineInfo, true
}

func (r *ring) oldestLane() int {
	found, seq := -1, uint64(0)
	for i := range r.lanes {
		if r.lanes[i].lines == 0 {
			continue
		}
		if s := r.slot(r.lanes[i].head).seq; found < 0 || s < seq {
			found, seq = i, s
		}
	}
	return found
}

// pop appends the oldest line to dst and forgets it. The ring must not be
// empty.
func (r *ring) pop(dst []byte) []byte {
	l := &r.lanes[r.oldestLane()]
	left := int(r.slot(l.head).size)
	for block := l.head; left > 0; block = r.slot(block).next {
		n := min(left, blockBytes)
		dst = append(dst, r.block(block)[:n]...)
		left -= n
	}
	r.unlink(l)
	return dst
}

// clear forgets every line.
func (r *ring) clear() {
	for i := range r.lanes {
		for r.lanes[i].lines > 0 {
			r.unlink(&r.lanes[i])
		}
	}
}

// store copies line into free blocks and returns the first of the chain.
func (r *ring) store(line []byte) uint32 {
	first := r.take()
	block := first
	for {
		n := copy(r.block(block), line)
		if line = line[n:]; len(line) == 0 {
			r.slot(block).next = none
			return first
		}
		next := r.take()
		r.slot(block).next = next
		block = next
	}
}

// take returns an unused block, which the caller knows to exist.
func (r *ring) take() uint32 {
	if r.free == none {
		r.grow()
	}
	block := r.free
	r.free = r.slot(block).next
	r.unused--
	return block
}

func (r *ring) give(block uint32) {
	r.slot(block).next = r.free
	r.free = block
	r.unused++
}

func (r *ring) grow() {
	n := min(chunkBlocks, r.limit-r.made)
	r.chunks = append(r.chunks, chunk{slots: make([]slot, n), data: make([]byte, n*blockBytes)})
	for i := range n {
		r.give(uint32(r.made + n - 1 - i))
	}
	r.made += n
}

func (r *ring) link(l *lane, first uint32, blocks int) {
	if l.lines == 0 {
		l.head = first
	} else {
		r.slot(l.tail).nextLine = first
	}
	l.tail = first
	l.lines++
	l.blocks += blocks
}

// unlink removes the first line of a lane and frees its blocks.
func (r *ring) unlink(l *lane) {
	head := r.slot(l.head)
	next, size := head.nextLine, int(head.size)
	for block := l.head; block != none; {
		following := r.slot(block).next
		r.give(block)
		block = following
	}
	l.head = next
	l.lines--
	l.blocks -= blocksFor(size)
	r.lines--
	r.bytes -= size
}

func (r *ring) slot(i uint32) *slot { return &r.chunks[i/chunkBlocks].slots[i%chunkBlocks] }

func (r *ring) block(i uint32) []byte {
	from := i % chunkBlocks * blockBytes
	return r.chunks[i/chunkBlocks].data[from : from+blockBytes]
}
