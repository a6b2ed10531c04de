package spool

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
)

const (
	lockName       = "lock"
	checkpointName = "checkpoint"
)

// folder is what one process has written: its own, or one that is adopted.
type folder struct {
	fs    FS
	dir   string
	id    string
	start uint64 // order of the last line before
	base  uint64 // order of a line less its sequence, modulo 2^64

	// writing is held while segments are written, made anew or removed, but
	// not while they are made durable. It is taken before mu.
	writing sync.Mutex
	shut    bool // it was given back for good; under writing

	// saving is held while the checkpoint is written.
	saving     sync.Mutex
	checkpoint []byte // as it was written last

	locking sync.Mutex
	unlock  func() error // nil: the folder is not ours, or no more

	// mu guards the segments, their numbers and sets. No I/O under it.
	mu       sync.Mutex
	segments []*segment // in order of number, and so of sequence
	hint     *segment   // of the last verdict
	public   uint64     // sequence up to which a Cursor goes
	lost     int        // lines that were here only and cannot be read, not yet told
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// find returns the segment of a sequence. Under mu.
func (f *folder) find(seq uint64) *segment {
	if f.hint != nil && f.hint.holds(seq) {
		return f.hint
	}
	at, _ := slices.BinarySearchFunc(f.segments, seq, func(s *segment, seq uint64) int {
		if s.last < seq {
			return -1
		}
		return 1
	})
	if at == len(f.segments) || !f.segments[at].holds(seq) {
		return nil
	}
	f.hint = f.segments[at]
	return f.hint
}

// note does something about lines that are still here.
func (f *folder) note(orders []uint64, do func(*segment, uint64)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, order := range orders {
		seq := order - f.base
		s := f.find(seq)
		if s == nil {
			continue
		}
		if do(s, seq); s.gone {
			f.lose(s, seq, seq) // if it is here only
		}
	}
}

// publish lets Cursors go on up to the last line.
func (f *folder) publish() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.segments); n > 0 {
		f.public = f.segments[n-1].last
	}
}

// take notes that a line is elsewhere as well, and reports whether it was
// here only.
func (f *folder) take(seq uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.find(seq)
	return s != nil && s.take(seq)
}

// lose counts the lines from a sequence up to another that were here only:
// they cannot be read. Under mu.
func (f *folder) lose(s *segment, from, to uint64) {
	s.left.each(from, to, func(seq uint64) {
		s.ack(seq)
		f.lost++
	})
}

// after returns the first segment behind a number that has lines which are
// here only, from a sequence on; nil without one up to the last that is
// public.
func (f *folder) after(number, seq uint64) (found *segment, public uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.segments {
		if s.number > number && s.lefts > 0 && s.last >= seq {
			return s, f.public
		}
	}
	return nil, f.public
}

// live is the number of lines without a verdict.
func (f *folder) live() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.segments {
		n += s.live
	}
	return n
}

// bytes is what the segments take.
func (f *folder) bytes() (n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.segments {
		if !s.gone {
			n += s.end
		}
	}
	return n
}

// reclaim removes the files of segments in which every line has its verdict.
// The checkpoint speaks of them until their removal is durable.
func (f *folder) reclaim() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.shut {
		return nil
	}
	done := f.finished()
	for _, s := range done {
		s.closeFile()
		if err := f.fs.Remove(s.path); err != nil && !absent(err) {
			return fmt.Errorf("spool: %w", err)
		}
	}
	if len(done) == 0 {
		return nil
	}
	if err := f.fs.SyncDir(f.dir); err != nil && !absent(err) {
		return fmt.Errorf("spool: %w", err)
	}
	for _, s := range done {
		f.drop(s)
	}
	return nil
}

func (f *folder) finished() (done []*segment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.segments {
		if s.done() {
			done = append(done, s)
		}
	}
	return done
}

func (f *folder) drop(s *segment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.segments, s); i >= 0 {
		f.segments = slices.Delete(f.segments, i, i+1)
	}
	if f.hint == s {
		f.hint = nil
	}
}

// remove removes the folder; nothing in it is of use any more.
func (f *folder) remove() {
	names, _ := f.fs.ReadDir(f.dir)
	for _, name := range names {
		if name != lockName {
			_ = f.fs.Remove(f.path(name))
		}
	}
	_ = f.fs.Remove(f.path(lockName))
	_ = f.fs.Remove(f.dir)
}

// removed reports whether there is no such folder: another process may have
// removed it, with nothing in it, just before it was locked.
func (f *folder) removed() bool {
	_, err := f.fs.ReadDir(f.dir)
	return absent(err)
}

// close gives the folder back.
func (f *folder) close() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	f.mu.Lock()
	segments := f.segments
	f.mu.Unlock()
	for _, s := range segments {
		s.closeFile()
	}
	f.shut = true
	return f.release()
}

// release gives back the lock.
func (f *folder) release() error {
	f.locking.Lock()
	defer f.locking.Unlock()
	if f.unlock == nil {
		return nil
	}
	unlock := f.unlock
	f.unlock = nil
	return unlock()
}

// held reports whether the folder is ours.
func (f *folder) held() bool {
	f.locking.Lock()
	defer f.locking.Unlock()
	return f.unlock != nil
}

// empty reports whether there is no segment.
func (f *folder) empty() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.segments) == 0
}

// seq is the sequence of a line, 0 of one before this folder.
func (f *folder) seq(order uint64) uint64 {
	if order <= f.start {
		return 0
	}
	return order - f.base
}
