package spool

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	segmentSuffix = ".seg"
	newSuffix     = ".new" // of a file that is not yet in its place
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
	end     int64 // of the whole frames
	synced  int64 // of those that are durable
	listed  bool  // its name is durable
	doubt   bool  // a sync failed: what is not known to be durable never will be
	sealed  bool  // nothing is added
	edition int   // counts how often it was made anew

	damaged int // frames that cannot be read, counted once
	live    int // frames without a verdict
	acked   set // those with one
	left    set // those without one that are here only
	lefts   int // how many those are
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
