package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Found is what was in the folders of ended processes.
type Found struct {
	Lines   int // without a verdict, and readable
	Damaged int // known to have been there, and not readable
	// Targets says for each data stream where its lines begin.
	Targets map[string]uint64
}

// file is a segment file found in a folder.
type file struct {
	number uint64
	head   header
	intact bool // the header is
}

// load reads a folder of an ended process, whose segments get no more lines.
// Nothing in it is changed.
func (f *folder) load() (found Found, err error) {
	files, err := f.list()
	if err != nil {
		return found, err
	}
	done, err := f.loadCheckpoint()
	if err != nil {
		return found, err
	}
	found.Targets = map[string]uint64{}
	var last uint64
	for i, one := range files {
		s := newSegment(f.dir, f.id, one.head, last)
		total := one.total(files[i+1:], done[one.number])
		before := found.Damaged
		if err := f.scan(s, done[one.number].acked, total, &found); err != nil {
			return found, err
		}
		s.damaged = found.Damaged - before
		found.Damaged -= min(s.damaged, int(done[one.number].told))
		f.segments = append(f.segments, s)
		last = s.last
	}
	return found, nil
}

// list returns the segments of a folder, in order.
func (f *folder) list() (files []file, err error) {
	names, err := f.fs.ReadDir(f.dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		number, ok := segmentNumber(name)
		if !ok {
			continue
		}
		head, err := f.header(name)
		if err != nil && !errors.Is(err, errDamaged) {
			return nil, err
		}
		one := file{number, head, err == nil && head.number == number}
		one.head.number = number
		files = append(files, one)
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.number, b.number) })
	return files, nil
}

// header reads the header of a segment file.
func (f *folder) header(name string) (header, error) {
	text, err := readFile(f.fs, f.path(name), maxHeaderBytes)
	if err != nil {
		return header{}, err
	}
	return parseHeader(text, f.path(name))
}

// loadCheckpoint reads which lines have their verdict. One that is torn says
// of none.
func (f *folder) loadCheckpoint() (map[uint64]entry, error) {
	name := f.path(checkpointName)
	text, err := readFile(f.fs, name, 0)
	if err != nil {
		if gone(err) {
			return nil, nil
		}
		return nil, err
	}
	done, err := parseCheckpoint(text, name)
	if errors.Is(err, errDamaged) {
		return nil, nil
	}
	return done, err
}

// readFile reads a file up to a size, 0 for all of it.
func readFile(fs FS, name string, limit int64) ([]byte, error) {
	file, err := fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	size, err := file.Size()
	if err != nil {
		return nil, err
	}
	if limit > 0 {
		size = min(size, limit)
	}
	text := make([]byte, size)
	n, err := file.ReadAt(text, 0)
	if err == io.EOF {
		err = nil
	}
	return text[:n], err
}

// total is how many frames a segment had, negative where nobody knows: of the
// last one, which the process was writing when it ended.
func (one file) total(behind []file, e entry) int {
	switch {
	case one.intact && one.head.count > 0:
		return int(one.head.count)
	case e.frames > 0:
		return int(e.frames)
	case len(behind) > 0 && behind[0].intact && behind[0].head.before == one.number:
		return int(behind[0].head.frames)
	}
	return -1
}

// scan reads every frame of a segment.
func (f *folder) scan(s *segment, acked set, total int, found *Found) error {
	file, err := f.fs.Open(s.path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	size, err := file.Size()
	if err != nil {
		return err
	}
	s.acked = acked
	in := newScanner(file, s.seed, size)
	in.seq = s.last
	for total < 0 || int(in.ordinal) < total {
		before := in.seq
		one, err := in.next()
		if err == io.EOF || err != nil && gone(err) {
			found.Damaged += s.missing(tail(in, total), before+1, ^uint64(0))
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		found.Damaged += s.missing(one.missing, before+1, one.seq-1)
		f.found(s, one, found)
	}
	s.end, s.synced, s.listed, s.sealed = in.pos, in.pos, true, true
	s.frames = max(total, int(in.ordinal)) // also those that cannot be read
	return nil
}

// tail is how many frames are missing at the end of a segment. Where nobody
// knows how many there were, what is there was one, torn when the process or
// the machine ended.
func tail(in *scanner, total int) int {
	if total >= 0 {
		return total - int(in.ordinal)
	}
	return int(min(in.rest(), 1))
}

// missing is how many of n missing frames have no verdict.
func (s *segment) missing(n int, from, to uint64) int {
	if n == 0 {
		return 0
	}
	return max(0, n-s.acked.count(from, to))
}

// found notes a frame.
func (f *folder) found(s *segment, one frame, found *Found) {
	s.add(one.seq)
	if s.acked.has(one.seq) {
		s.live--
		return
	}
	var r Record
	if !r.decode(one.payload) {
		s.live--
		found.Damaged++
		return
	}
	s.leave(one.seq)
	found.Lines++
	if _, ok := found.Targets[string(r.Target)]; !ok {
		found.Targets[string(r.Target)] = one.seq
	}
}
