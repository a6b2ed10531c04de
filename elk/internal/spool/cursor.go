package spool

import (
	"errors"
	"fmt"
	"io"
)

// errTorn: a file that is still written is shorter than what was written.
var errTorn = errors.New("the end of a file is damaged")

// Cursor reads the lines that are in the spool only, in order, also those
// that are written while it reads. It is not safe for concurrent use; all
// else may go on beside it.
type Cursor struct {
	spool  *Spool
	from   uint64 // order of the first line wanted
	at     int    // folder
	number uint64 // segment behind which to go on

	passed uint64 // order up to which nothing is left to return

	open    *segment
	edition int
	file    File
	in      *scanner
}

// Cursor begins at an order.
func (s *Spool) Cursor(from uint64) *Cursor { return &Cursor{spool: s, from: from} }

// Next returns the next line, or false when there is none for now. An error
// may pass: Next goes on where it was. Lines that cannot be read are counted;
// see Lost.
func (c *Cursor) Next(r *Record) (ok bool, err error) {
	for {
		if c.open == nil {
			if more, err := c.enter(); err != nil || !more {
				return false, err
			}
		}
		before := c.in.place
		one, err := c.in.next()
		switch {
		case err == nil && !c.public(one):
			c.in.place = before
			c.pass(before.seq)
			return false, nil
		case err == io.EOF:
			if more, err := c.leave(); err != nil || !more {
				c.pass(c.in.seq)
				return false, err
			}
		case err != nil:
			if !c.again() {
				return false, fmt.Errorf("spool: %w", err)
			}
		case c.wants(one, before.seq) && c.read(r, one):
			return true, nil
		}
	}
}

// enter opens the next segment with lines to read, and reports whether there
// is one.
func (c *Cursor) enter() (more bool, err error) {
	for c.at < len(c.spool.folders) {
		f := c.folder()
		s, public := f.after(c.number, f.seq(c.from))
		if s == nil {
			c.pass(public)
		}
		switch {
		case s != nil:
			if ok, err := c.openFile(f, s); ok || err != nil {
				return ok, err
			}
		case c.at == len(c.spool.folders)-1:
			return false, nil
		default:
			c.at, c.number = c.at+1, 0
		}
	}
	return false, nil
}

func (c *Cursor) folder() *folder { return c.spool.folders[c.at] }

// openFile reports false for a file that is gone, and its lines with it; one
// that is open to be made durable is made anew then. It holds writing, so that
// the file is of the edition that it begins to read.
func (c *Cursor) openFile(f *folder, s *segment) (ok bool, err error) {
	f.writing.Lock()
	f.mu.Lock()
	end, edition := s.end, s.edition
	begin := s.begin(f.seq(c.from))
	f.mu.Unlock()
	kept := s.file != nil
	file, err := f.fs.Open(s.path)
	f.writing.Unlock()
	switch {
	case err == nil:
		c.open, c.edition, c.file, c.in = s, edition, file, newScanner(file, s.seed, end)
		c.in.place = begin
		return true, nil
	case absent(err) && !kept && f.forget(s):
		c.number = s.number
		return false, nil
	}
	return false, fmt.Errorf("spool: %w", err)
}

// forget gives up the lines of a segment that were here only, if it is known
// which those are and no more come.
func (f *folder) forget(s *segment) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.settled(s) {
		return false
	}
	f.lose(s, s.first, s.last)
	return true
}

// settled reports whether a segment gets no more lines, and all of them are
// public. Under mu.
func (f *folder) settled(s *segment) bool { return s.sealed && s.last <= f.public }

// Skip gives up what Next cannot read, after it has returned an error again
// and again: the rest of a file. The lines in it are lost. It does nothing
// before all of them are public.
func (c *Cursor) Skip() {
	c.spool.writer.end() // it may be the one being written
	if c.open == nil {
		if s, _ := c.folder().after(c.number, c.folder().seq(c.from)); s != nil && c.folder().forget(s) {
			c.number = s.number
		}
		return
	}
	f, s := c.folder(), c.open
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.renewed(c.in.seq) || !f.settled(s) {
		return
	}
	f.lose(s, c.in.seq+1, s.last)
	c.shut()
}

// Passed is the order up to which Next, once it has returned false, had
// returned all there was.
func (c *Cursor) Passed() uint64 { return c.passed }

func (c *Cursor) pass(seq uint64) { c.passed = max(c.passed, seq+c.folder().base) }

// shut goes on behind the open segment.
func (c *Cursor) shut() {
	_ = c.file.Close()
	c.number, c.open, c.in, c.file = c.open.number, nil, nil, nil
}

// leave goes on at the end of a segment, in what was added to it meanwhile or
// behind it. It reports false where that is the end for now.
func (c *Cursor) leave() (more bool, err error) {
	f, s := c.folder(), c.open
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case c.renewed(c.in.seq):
		return true, nil
	case s.end > c.in.end:
		c.in.extend(s.end)
		return true, nil
	case f.settled(s):
		f.lose(s, c.in.seq+1, s.last)
		c.shut()
		return true, nil
	case !s.sealed && c.in.rest() > 0:
		return false, fmt.Errorf("spool: %s: %w", s.path, errTorn)
	}
	return false, nil
}

// again is renewed behind what was read last, for who holds no lock.
func (c *Cursor) again() bool {
	f := c.folder()
	f.mu.Lock()
	defer f.mu.Unlock()
	return c.renewed(c.in.seq)
}

// renewed reports whether the open segment was made anew, and then goes on in
// the new file behind a sequence: the old one may lack what came in later, and
// what could not be read of it once may be in the new one. Under folder.mu.
func (c *Cursor) renewed(seq uint64) bool {
	if c.open.edition == c.edition {
		return false
	}
	c.from = max(c.from, seq+1+c.folder().base)
	c.shut()
	c.number--
	return true
}

// public reports whether a line is to be seen yet.
func (c *Cursor) public(one frame) bool {
	f := c.folder()
	f.mu.Lock()
	defer f.mu.Unlock()
	return one.seq <= f.public
}

// wants reports whether a line is to be read, and counts those missing
// before it, unless they are in a new file.
func (c *Cursor) wants(one frame, before uint64) bool {
	f := c.folder()
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.missing > 0 {
		if c.renewed(before) {
			return false
		}
		f.lose(c.open, before+1, one.seq-1)
	}
	return one.seq+f.base >= c.from && c.open.left.has(one.seq)
}

func (c *Cursor) read(r *Record, one frame) bool {
	f := c.folder()
	if r.decode(one.payload) {
		r.Seq, r.Order, r.ID = one.seq, one.seq+f.base, f.id
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lose(c.open, one.seq, one.seq)
	return false
}

// Close ends the reading.
func (c *Cursor) Close() {
	if c.file != nil {
		_ = c.file.Close()
		c.file, c.open = nil, nil
	}
}
