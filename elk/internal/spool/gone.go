package spool

import (
	"errors"
	"fmt"
	"slices"
)

// ErrGone is wrapped by what Sync returns when it finds files gone.
var ErrGone = errors.New("files are gone")

// Exposed is the number of lines without a verdict whose files somebody has
// removed, or that could not be read when their file was made anew: they are
// elsewhere, and here no more.
func (s *Spool) Exposed() (n int) {
	for _, f := range s.folders {
		n += f.exposed()
	}
	return n
}

func (f *folder) exposed() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.segments {
		switch {
		case s.gone:
			n += s.live
		case s.there.words != nil:
			n += s.live - s.there.without(&s.acked)
		}
	}
	return n
}

// look finds out which files somebody has removed. Lines that were there only
// are lost.
func (s *Spool) look() error {
	var errs []error
	for _, f := range s.folders {
		errs = append(errs, f.look())
	}
	return errors.Join(errs...)
}

// look holds writing, so that no file changes its name meanwhile. Files that
// are open are not its business: what is in them can be read.
func (f *folder) look() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	closed := f.closedFiles()
	if f.shut || len(closed) == 0 {
		return nil
	}
	names, err := f.fs.ReadDir(f.dir)
	if err != nil && !absent(err) {
		return fmt.Errorf("spool: %w", err)
	}
	slices.Sort(names)
	n := 0
	for _, s := range closed {
		if _, there := slices.BinarySearch(names, segmentName(s.number)); !there {
			n += f.miss(s)
		}
	}
	if n > 0 {
		return fmt.Errorf("spool: %w, which had %d lines: %s", ErrGone, n, f.dir)
	}
	return nil
}

// closedFiles are the segments with lines that are needed and whose files are
// not open. Under writing.
func (f *folder) closedFiles() (found []*segment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.segments {
		if s.file == nil && s.live > 0 && !s.gone {
			found = append(found, s)
		}
	}
	return found
}

// miss notes that the file of a segment is gone, and returns how many lines
// without a verdict it had.
func (f *folder) miss(s *segment) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n = s.live
	s.gone = true
	f.lose(s, s.first, s.last)
	return n
}
