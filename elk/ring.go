package elk

import (
	"log/slog"
	"math/bits"
)

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
// the lines of one target and level are a chain in order of arrival, a lane.
// So any line can leave, the oldest of a target for a sender and the least
// important for a better one, without moving another. Blocks are made when
// first needed and then used again: in the steady state nothing is allocated.
//
// A ring is not safe for concurrent use; queue holds its lock.
type ring struct {
	chunks []chunk
	made   int    // blocks in chunks
	limit  int    // blocks that may be made
	free   uint32 // chain of unused blocks
	unused int    // its length
	roads  []*road
	blocks [laneCount]int // of all roads but the fixed, by lane
	fixed  int            // blocks of the fixed roads
	lines  int
	loose  struct{ lines, bytes int } // of all roads but the fixed
	// reserve is how many blocks are for fixed roads only, and spare how many
	// of them are not in use yet at least.
	reserve, spare int
}

// road is what one target has in the ring.
type road struct {
	lanes  [laneCount]lane
	filled uint32 // a bit for each lane that has lines
	lines  int
	bytes  int
	blocks int
	// refused says that the server takes nothing of this target now, so that
	// its lines make room for those of others at the same level.
	refused bool
	// fixed says that its lines make room for nobody.
	fixed bool
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
	// spooled says that the line is in the spool as well.
	spooled bool
	full    int // length before it was cut to size
}

type lane struct {
	head, tail uint32
	lines      int
	blocks     int
}

// evictions counts lines that made room for others.
type evictions struct {
	lines   int
	refused int // of these, lines of roads that are refused
}

// ringCapacity is the longest line that a ring of so many bytes can hold.
func ringCapacity(bytes int) int { return bytes / (blockBytes + slotBytes) * blockBytes }

func newRing(bytes int) ring {
	return ring{limit: bytes / (blockBytes + slotBytes), free: none}
}

// open makes a road; it stays for the life of the ring.
func (r *ring) open() *road {
	to := &road{}
	r.roads = append(r.roads, to)
	return to
}

func blocksFor(size int) int { return max(1, (size+blockBytes-1)/blockBytes) }

// levelOf undoes laneOf, but for what is outside the lanes.
func levelOf(at int) slog.Level { return lowestLane + slog.Level(at) }

func laneOf(level slog.Level) int {
	return int(min(max(level, lowestLane), highestLane) - lowestLane)
}

// push stores a copy of line. When there is no room it first evicts lines of
// lower levels, lowest first and oldest first, then lines of refused roads up
// to the same level, if that makes room; otherwise nothing changes and stored
// is false.
func (r *ring) push(to *road, level slog.Level, info lineInfo, line []byte) (gone evictions, stored bool) {
	need := blocksFor(len(line))
	at := laneOf(level)
	if need > r.space() {
		if need > r.space()+r.evictable(to, at) {
			return evictions{}, false
		}
		gone = r.evict(to, at, need)
	}
	r.keep(to, at, info, line)
	return gone, true
}

// keep stores a copy of line, for which there is room.
func (r *ring) keep(to *road, at int, info lineInfo, line []byte) {
	info.size = uint32(len(line))
	first := r.store(line)
	s := r.slot(first)
	s.lineInfo = info
	r.attach(to, at, first)
}

// room is the number of blocks that are not in use.
func (r *ring) room() int { return r.limit - r.made + r.unused }

// space is the number of blocks that a new line may take.
func (r *ring) space() int { return r.room() - max(r.reserve-r.fixed, r.spare) }

// evictable is the number of blocks that a line in a lane of to may claim.
func (r *ring) evictable(to *road, at int) (blocks int) {
	for i := range at {
		blocks += r.blocks[i]
	}
	for _, from := range r.roads {
		if yields(from, to) && !from.fixed {
			blocks += from.lanes[at].blocks
		}
	}
	return blocks
}

// yields reports whether from makes room for to at the same level.
func yields(from, to *road) bool { return from.refused && !to.refused }

// evict drops lines until there is room for need blocks; the caller has made
// sure that those evictable suffice.
func (r *ring) evict(to *road, at, need int) (gone evictions) {
	for i := 0; i <= at; i++ {
		for r.space() < need {
			from := r.victim(to, i, i < at)
			if from == nil {
				break
			}
			r.unlink(from, i)
			gone.lines++
			if from.refused {
				gone.refused++
			}
		}
	}
	return gone
}

// victim is the road with the oldest line in a lane, among all of them or
// those that yield to another.
func (r *ring) victim(to *road, at int, anyRoad bool) (found *road) {
	oldest := uint64(0)
	for _, from := range r.roads {
		if from.fixed || from.lanes[at].lines == 0 || !anyRoad && !yields(from, to) {
			continue
		}
		if seq := r.slot(from.lanes[at].head).seq; found == nil || seq < oldest {
			found, oldest = from, seq
		}
	}
	return found
}

// oldest returns what is known of the first line of a road to leave, nil
// without one. It is valid until a line comes or goes.
func (r *ring) oldest(from *road) *lineInfo {
	if from.lines == 0 {
		return nil
	}
	return &r.slot(from.lanes[r.oldestLane(from)].head).lineInfo
}

// oldestLane is where the oldest line of a road is; it must have one.
func (r *ring) oldestLane(from *road) (found int) {
	oldest := ^uint64(0)
	for left := from.filled; left != 0; left &= left - 1 {
		at := bits.TrailingZeros32(left)
		if seq := r.slot(from.lanes[at].head).seq; seq < oldest {
			found, oldest = at, seq
		}
	}
	return found
}

// pop appends the oldest line of a road to dst and forgets it. The road must
// not be empty.
func (r *ring) pop(from *road, dst []byte) []byte {
	at := r.oldestLane(from)
	dst = r.read(from.lanes[at].head, dst)
	r.unlink(from, at)
	return dst
}

// read appends the line that begins with a block to dst.
func (r *ring) read(block uint32, dst []byte) []byte {
	for left := int(r.slot(block).size); left > 0; block = r.slot(block).next {
		n := min(left, blockBytes)
		dst = append(dst, r.block(block)[:n]...)
		left -= n
	}
	return dst
}

// clear forgets every line.
func (r *ring) clear() {
	for _, from := range r.roads {
		for at := range from.lanes {
			for from.lanes[at].lines > 0 {
				r.unlink(from, at)
			}
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

// unlink removes the first line of a lane and frees its blocks.
func (r *ring) unlink(from *road, at int) { r.release(r.detach(from, at)) }

func (r *ring) count(of *road, at, lines, blocks, bytes int) {
	of.lanes[at].lines += lines
	of.lanes[at].blocks += blocks
	of.lines += lines
	of.blocks += blocks
	of.bytes += bytes
	if of.fixed {
		r.fixed += blocks
	} else {
		r.blocks[at] += blocks
		r.loose.lines += lines
		r.loose.bytes += bytes
	}
	r.lines += lines
}

func (r *ring) slot(i uint32) *slot { return &r.chunks[i/chunkBlocks].slots[i%chunkBlocks] }

func (r *ring) block(i uint32) []byte {
	from := i % chunkBlocks * blockBytes
	return r.chunks[i/chunkBlocks].data[from : from+blockBytes]
}
