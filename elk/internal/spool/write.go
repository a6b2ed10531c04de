package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
)

const (
	// maxSpan is how far apart the sequences of a segment may be: its sets
	// have a bit for each.
	maxSpan = 1 << 20

	// maxWrite is how much is written in one call.
	maxWrite = 1 << 20
)

// writer appends to a folder of its own. Its fields are under folder.writing.
type writer struct {
	*folder
	limit   int64 // bytes of a segment
	policy  Policy
	syncing sync.Mutex // one sync at a time; taken before folder.writing
	current *segment
	head    header // of the next segment
	last    uint64 // sequence of the newest frame
}

// append writes lines, and returns how many of them are in the file whatever
// the error. room is asked before more of the disk is taken.
func (w *writer) append(b *Batch, room func(int64) error) (n int, err error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	if w.shut {
		return 0, errClosed
	}
	for n < b.Len() {
		wrote, err := w.chunk(b, n, room)
		if n += wrote; err != nil {
			return n, fmt.Errorf("spool: %w", err)
		}
	}
	return n, nil
}

// chunk writes as many lines as the segment takes, at least one.
func (w *writer) chunk(b *Batch, first int, room func(int64) error) (n int, err error) {
	s, err := w.segmentFor(b.frames[first], room)
	if err != nil {
		return 0, err
	}
	span := uint64(maxSpan)
	if s.frames > 0 {
		span -= b.frames[first].seq - s.first
	}
	n = max(1, b.fit(first, min(w.limit-s.end, maxWrite), span))
	text := b.seal(first, n, s.seed, uint32(s.frames))
	if err := room(int64(len(text))); err != nil {
		return 0, err
	}
	if err := writeAll(s.file, text, s.end); err != nil {
		w.give(s)
		return 0, err
	}
	w.mu.Lock()
	s.mark()
	for _, f := range b.frames[first : first+n] {
		s.add(f.seq)
	}
	s.end += int64(len(text))
	w.last = s.last
	w.mu.Unlock()
	return n, nil
}

// segmentFor returns the segment for a frame.
func (w *writer) segmentFor(f mark, room func(int64) error) (*segment, error) {
	if s := w.current; s != nil {
		if s.frames == 0 || s.end+int64(f.to-f.from) <= w.limit && f.seq-s.first <= maxSpan {
			return s, nil
		}
		w.seal()
	}
	if err := room(headerBytes); err != nil {
		return nil, err
	}
	return w.begin()
}

// begin makes the next segment. A number is never used again, whatever
// became of its file.
func (w *writer) begin() (*segment, error) {
	w.head.number++
	s := newSegment(w.dir, w.id, w.head, w.last)
	file, err := w.create(s.path)
	if err != nil {
		return nil, err
	}
	if err := writeAll(file, w.head.append(nil), 0); err != nil {
		_ = file.Close()
		_ = w.fs.Remove(s.path)
		return nil, err
	}
	s.file = file
	w.current = s
	w.mu.Lock()
	w.segments = append(w.segments, s)
	w.mu.Unlock()
	return s, nil
}

// create makes a file, and the folder if somebody has removed it.
func (f *folder) create(name string) (File, error) {
	file, err := f.fs.Create(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	if err := f.make(); err != nil {
		return nil, err
	}
	_ = f.fs.SyncDir(filepath.Dir(filepath.Dir(f.dir))) // may not be ours to open
	return f.fs.Create(name)
}

// make makes the folder and locks it.
func (f *folder) make() error {
	if err := f.fs.MkdirAll(f.dir); err != nil {
		return err
	}
	if err := f.lock(); err != nil {
		return err
	}
	return f.fs.SyncDir(filepath.Dir(f.dir))
}

// lock takes the lock, of which an earlier one may be on a file that is gone.
func (f *folder) lock() (err error) {
	_ = f.release()
	f.locking.Lock()
	defer f.locking.Unlock()
	f.unlock, err = f.fs.Lock(f.path(lockName))
	return err
}

// seal ends the current segment. Its file stays open until it is durable, or
// made anew.
func (w *writer) seal() {
	s := w.current
	w.current = nil
	if w.policy == None && !s.doubt {
		s.closeFile()
	}
	if s.frames > 0 {
		w.head.before, w.head.frames = s.number, uint32(s.frames)
	}
	w.mu.Lock()
	s.sealed = true
	w.mu.Unlock()
}

// give ends a segment to which a write failed. Whatever part of it arrived
// lies behind the end that the next segment's header tells; nothing is ever
// written behind it.
func (w *writer) give(s *segment) {
	_ = s.file.Truncate(s.end)
	w.seal()
	if s.frames > 0 {
		return
	}
	w.drop(s)
	s.closeFile()
	_ = w.fs.Remove(s.path)
}

func writeAll(file File, text []byte, at int64) error {
	n, err := file.WriteAt(text, at)
	if err == nil && n < len(text) {
		err = io.ErrShortWrite
	}
	return err
}
