package spool

import "errors"

// Maintain writes down which lines have their verdict, and removes what is of
// no more use: segments, and adopted folders. When little room is left it
// also makes segments smaller of which most lines have their verdict: one
// line for a data stream that is refused must not keep all the others.
func (s *Spool) Maintain() error {
	var errs []error
	for _, f := range s.folders {
		if !f.held() {
			continue
		}
		errs = append(errs, f.save(), f.reclaim())
		if f != s.writer.folder && f.empty() {
			f.retire()
		}
	}
	if s.Bytes() > s.options.Size/4*3 {
		errs = append(errs, s.shrink())
	}
	return errors.Join(errs...)
}

// retire removes a folder in which nothing is left.
func (f *folder) retire() {
	f.remove()
	_ = f.release()
}

func (s *Spool) shrink() error {
	for _, f := range s.folders {
		if err := f.shrink(); err != nil {
			return err
		}
	}
	return nil
}

// shrink makes the segments anew of which less than half is needed.
func (f *folder) shrink() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.shut {
		return nil
	}
	f.mu.Lock()
	var sparse []*segment
	for _, s := range f.segments {
		if s.sealed && !s.gone && s.live > 0 && s.live < s.frames/2 {
			sparse = append(sparse, s)
		}
	}
	f.mu.Unlock()
	for _, s := range sparse {
		if err := f.rebuild(s); err != nil {
			return err
		}
	}
	return nil
}

// Close writes down what has its verdict and gives the folders back, to be
// adopted. It removes its own if nothing is left in it. What was appended is
// durable if it returns nil, unless the policy is None. A second call does
// nothing, and so do Sync and Maintain; Append returns an error.
func (s *Spool) Close() error {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.Sync()
	s.writer.end()
	err = errors.Join(err, s.Maintain())
	if s.writer.held() && s.writer.empty() {
		s.writer.retire()
	}
	return errors.Join(err, s.unlock())
}

// end seals the current segment.
func (w *writer) end() {
	w.writing.Lock()
	defer w.writing.Unlock()
	if w.current != nil {
		w.seal()
	}
}
