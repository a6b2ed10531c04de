package spool

import (
	"fmt"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

const (
	segmentSuffix = ".seg"
	newSuffix     = ".new" // of a file that is not yet in its place

	// markBytes is how far apart the places are at which reading can begin.
	markBytes = 64 << 10
)

// segment is what is known of one segment file. All but the first block is
// guarded by folder.mu.
type segment struct {
	number uint64
	path   string
	seed   uint32
	head   header

	file    File   // while it is written, or not yet durable; under folder.writing
	first   uint64 // sequence of the first frame; without one, above last
	last    uint64 // of the last frame; without one, of the last before
	frames  int
	end     int64   // of the whole frames
	synced  int64   // of those that are durable
	listed  bool    // its name is durable
	doubt   bool    // a sync failed: what is not known to be durable never will be, or the name is not
	sealed  bool    // nothing is added
	gone    bool    // somebody has removed the file
	edition int     // counts how often it was made anew
	marks   []place // some, from which a Cursor can begin; in order

	damaged int // frames that cannot be read, counted once
	live    int // frames without a verdict
	acked   set // those with one
	left    set // those without one that are here only
	lefts   int // how many those are
	there   set // of a file made anew that lacks some without a verdict, those it has
}

func segmentName(number uint64) string { return fmt.Sprintf("%012d%s", number, segmentSuffix) }

func segmentNumber(name string) (number uint64, ok bool) {
	text, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return 0, false
	}
	number, err := strconv.ParseUint(text, 10, 64)
	return number, err == nil && segmentName(number) == name
}

func newSegment(dir, id string, head header, last uint64) *segment {
	number := head.number
	return &segment{
		number: number,
		path:   filepath.Join(dir, segmentName(number)),
		seed:   seedOf(id, number),
		head:   head,
		end:    headerBytes,
		first:  last + 1,
		last:   last,
	}
}

// add notes a frame at the end.
func (s *segment) add(seq uint64) {
	if s.frames == 0 {
		s.first = seq
		s.base(seq)
	}
	s.last = seq
	s.frames++
	s.live++
}

// mark notes a place where frames begin, if it is far enough from the last.
func (s *segment) mark() {
	if n := len(s.marks); n == 0 || s.end-s.marks[n-1].pos >= markBytes {
		s.marks = append(s.marks, place{pos: s.end, ordinal: uint32(s.frames), seq: s.last})
	}
}

// begin is the last place known from which every line is read that is here
// only, from a sequence on.
func (s *segment) begin(seq uint64) place {
	first := s.last + 1
	s.left.each(seq, s.last, func(seq uint64) { first = min(first, seq) })
	behind := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].seq >= first })
	if behind == 0 {
		return place{pos: headerBytes}
	}
	return s.marks[behind-1]
}

// base begins the sets at a sequence.
func (s *segment) base(seq uint64) {
	if s.acked.words == nil {
		s.acked.base = seq
	}
	if s.left.words == nil {
		s.left.base = seq
	}
}

// ack notes the verdict on a frame.
func (s *segment) ack(seq uint64) {
	if s.acked.add(seq) {
		s.take(seq)
		s.live--
	}
}

// done reports whether the file is of no more use.
func (s *segment) done() bool { return s.sealed && s.live == 0 }

// holds reports whether a sequence is in the range of the segment.
func (s *segment) holds(seq uint64) bool { return s.first <= seq && seq <= s.last }

// leave notes that a line is here only.
func (s *segment) leave(seq uint64) {
	if !s.acked.has(seq) && s.left.add(seq) {
		s.lefts++
	}
}

// take notes that a line is elsewhere as well, and reports whether it was
// here only.
func (s *segment) take(seq uint64) bool {
	if !s.left.remove(seq) {
		return false
	}
	s.lefts--
	return true
}

// closeFile closes the file, if it is open. Under folder.writing.
func (s *segment) closeFile() {
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
}
