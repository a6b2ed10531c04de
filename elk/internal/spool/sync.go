package spool

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// unsynced is a segment with frames that are not known to be durable, up to
// an end.
type unsynced struct {
	*segment
	file   File
	end    int64
	sealed bool
	listed bool
	clean  bool // all is durable, and the file stays open
}

// sync makes durable what was written before. What a failed sync leaves
// behind is never believed, whatever a later one returns: those lines are
// written again to a new file, and only that counts.
func (w *writer) sync() error {
	w.syncing.Lock()
	defer w.syncing.Unlock()
	if err := w.mend(); err != nil {
		return err
	}
	for _, u := range w.unsynced() {
		err := w.syncOne(u)
		if err != nil {
			err = w.remake(u.segment, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mend writes again what an earlier sync could not make durable.
func (w *writer) mend() error {
	w.writing.Lock()
	defer w.writing.Unlock()
	if w.shut {
		return nil
	}
	for _, s := range w.doubtful() {
		if err := w.rebuild(s); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	return nil
}

func (w *writer) doubtful() (found []*segment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.segments {
		if s.doubt && s.live > 0 && !s.gone {
			found = append(found, s)
		}
	}
	return found
}

// unsynced lists what is to be made durable, and what is open.
func (w *writer) unsynced() (found []unsynced) {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.segments {
		if s.file != nil && s.live > 0 {
			found = append(found, unsynced{s, s.file, s.end, s.sealed, s.listed, s.synced == s.end && !s.sealed})
		}
	}
	return found
}

// syncOne runs without a lock, so that writing goes on.
func (w *writer) syncOne(u unsynced) error {
	if err := u.file.Linked(); err != nil {
		return err
	}
	if w.policy == None || u.clean {
		return nil
	}
	if err := u.file.Sync(); err != nil {
		return err
	}
	if !u.listed {
		if err := w.fs.SyncDir(w.dir); err != nil {
			return err
		}
	}
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	u.segment.synced, u.segment.listed = u.end, true
	w.mu.Unlock()
	if u.sealed {
		u.segment.closeFile()
	}
	return nil
}

// remake ends a segment that could not be made durable, and writes its lines
// again.
func (w *writer) remake(s *segment, cause error) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	if !w.doubt(s, true) {
		return nil // reclaimed meanwhile
	}
	if w.shut {
		return cause
	}
	if w.current == s {
		w.seal()
	}
	if err := w.rebuild(s); err != nil {
		return fmt.Errorf("spool: sync: %w; writing the lines again: %w", cause, err)
	}
	return nil
}

// doubt notes whether a segment is not to be believed, and reports whether it
// is still there.
func (f *folder) doubt(s *segment, doubt bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.doubt = doubt
	return slices.Contains(f.segments, s)
}

// rebuild makes the file of a sealed segment anew, with those lines that have
// no verdict, and puts it in the place of the old one. From then on it is what
// there is to read, also while nobody knows whether its name is durable: then
// it stays in doubt. Under writing.
func (f *folder) rebuild(s *segment) error {
	b, err := f.collect(s)
	if err != nil {
		return err
	}
	if b.Len() > 0 {
		h := s.head
		h.count = uint32(b.Len())
		text := b.seal(0, b.Len(), s.seed, 0)
		err := f.replace(s.path, func(file File) error {
			return errors.Join(writeAll(file, h.append(nil), 0), writeAll(file, text, headerBytes))
		})
		if err != nil {
			return err
		}
	}
	s.closeFile()
	f.renew(s, b)
	if b.Len() == 0 {
		return nil
	}
	err = f.fs.SyncDir(f.dir)
	f.doubt(s, err != nil)
	return err
}

// collect reads the lines of a segment that have no verdict.
func (f *folder) collect(s *segment) (*Batch, error) {
	from := s.file
	if from == nil {
		file, err := f.fs.Open(s.path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	b, in := new(Batch), newScanner(from, s.seed, s.end)
	for {
		one, err := in.next()
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return nil, err
		case !f.over(s, one.seq):
			b.copy(one)
		}
	}
}

// over reports whether a line has its verdict.
func (f *folder) over(s *segment, seq uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return s.acked.has(seq)
}

// renew notes what is in the new file of a segment, whose name may not be
// durable. Lines that are not are lost, if they were here only.
func (f *folder) renew(s *segment, b *Batch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := s.first
	for _, one := range b.frames {
		f.lose(s, next, one.seq-1)
		next = one.seq + 1
	}
	f.lose(s, next, s.last)
	s.there = set{base: s.first}
	for _, one := range b.frames {
		s.there.add(one.seq)
	}
	if s.there.without(&s.acked) == s.live {
		s.there.words = nil // it has them all
	}
	s.frames, s.end = b.Len(), headerBytes+int64(len(b.buf))
	s.synced, s.listed, s.doubt = s.end, true, b.Len() > 0
	s.edition++
	s.marks = nil
}
