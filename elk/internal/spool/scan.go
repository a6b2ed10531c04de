package spool

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"syscall"
)

const (
	// windowBytes is how much is read at once.
	windowBytes = 256 << 10

	// readTries is how often a read that fails is tried at once.
	readTries = 3

	// searchFactor bounds the work of looking for frames behind damage, in
	// sizes of the file: what a line says must not make it endless.
	searchFactor = 8
)

// scanner reads the frames of one segment file in order. Damage is passed
// over: it goes on with the next frame that is whole.
type scanner struct {
	file io.ReaderAt
	seed uint32
	end  int64 // of what is to be read

	place
	window []byte
	base   int64 // place of the window in the file
	budget int64 // bytes to be checked in searches
	broken error // of a read
}

// place is how far a scanner came.
type place struct {
	pos     int64
	ordinal uint32 // of the next frame, if none is missing
	seq     uint64 // of the last one
}

func newScanner(file io.ReaderAt, seed uint32, end int64) *scanner {
	return &scanner{file: file, seed: seed, end: end, place: place{pos: headerBytes}, budget: searchFactor * end}
}

// next returns the next whole frame, with the number of those missing before
// it. Its payload is valid until the call after. Otherwise the error is
// io.EOF, with unread bytes behind pos where the end is damaged, or one of
// the file system, which may pass: next goes on where it was.
func (s *scanner) next() (frame, error) {
	f, size, ok := s.at(s.pos, 0)
	from := s.pos
	if !ok && s.broken == nil { // else it may be whole
		from, f, size, ok = s.search()
	}
	switch {
	case ok:
		f.missing = int(f.ordinal - s.ordinal)
		s.pos, s.ordinal, s.seq = from+size, f.ordinal+1, f.seq
		return f, nil
	case s.broken != nil:
		err := s.broken
		s.broken = nil
		return frame{}, err
	}
	return frame{}, io.EOF
}

// absent reports whether an error means that a file is not there.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// gone reports whether an error means that the bytes are lost.
func gone(err error) bool { return absent(err) || errors.Is(err, syscall.EIO) }

// Passing reports whether an error of a Cursor says nothing of the file: there
// was no handle, no memory or no permission to read it.
func Passing(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM) || errors.Is(err, fs.ErrPermission)
}

// at returns the frame at a place, if a whole one is there that fits what
// came before: skipped bytes may have held so many frames and no more.
func (s *scanner) at(pos, skipped int64) (f frame, size int64, ok bool) {
	head := s.load(pos, frameHeader)
	if head == nil {
		return frame{}, 0, false
	}
	size = frameHeader + int64(binary.LittleEndian.Uint32(head[4:]))
	f.seq = binary.LittleEndian.Uint64(head[8:])
	f.ordinal = binary.LittleEndian.Uint32(head[16:])
	if size > s.end-pos || f.seq <= s.seq || f.ordinal < s.ordinal || int64(f.ordinal-s.ordinal) > skipped/frameHeader {
		return frame{}, 0, false
	}
	if skipped > 0 {
		if s.budget -= size; s.budget < 0 {
			return frame{}, 0, false
		}
	}
	whole := s.load(pos, size)
	if whole == nil || sum(s.seed, whole) != binary.LittleEndian.Uint32(whole) {
		return frame{}, 0, false
	}
	f.payload = whole[frameHeader:]
	return f, size, true
}

// search looks for the next whole frame behind damage at pos: first where the
// damaged one says that it ends, then at every byte.
func (s *scanner) search() (at int64, f frame, size int64, ok bool) {
	if head := s.load(s.pos, frameHeader); head != nil {
		skip := frameHeader + int64(binary.LittleEndian.Uint32(head[4:]))
		if f, size, ok := s.at(s.pos+skip, skip); ok && f.ordinal == s.ordinal+1 {
			return s.pos + skip, f, size, true
		}
	}
	for at := s.pos + 1; at+frameHeader <= s.end && s.budget > 0 && s.broken == nil; at++ {
		if f, size, ok := s.at(at, at-s.pos); ok {
			return at, f, size, true
		}
	}
	return 0, frame{}, 0, false
}

// load returns bytes of the file, nil if they are not there.
func (s *scanner) load(pos, size int64) []byte {
	if size > s.end-pos {
		return nil
	}
	if pos < s.base || pos+size > s.base+int64(len(s.window)) {
		if !s.read(pos, size) {
			return nil
		}
	}
	return s.window[pos-s.base:][:size]
}

// read moves the window to pos.
func (s *scanner) read(pos, size int64) bool {
	want := min(max(size, windowBytes), s.end-pos)
	if int64(cap(s.window)) < want || cap(s.window) > 2*windowBytes && want <= windowBytes {
		s.window = make([]byte, want)
	}
	s.window, s.base = s.window[:want], pos
	n, err := s.file.ReadAt(s.window, pos)
	for tries := 1; tries < readTries && errors.Is(err, syscall.EIO); tries++ {
		n, err = s.file.ReadAt(s.window, pos)
	}
	s.window = s.window[:n]
	if int64(n) >= size {
		return true
	}
	if err != nil && err != io.EOF {
		s.broken = err
	}
	return false
}

// rest is how many bytes at the end cannot be read.
func (s *scanner) rest() int64 { return s.end - s.pos }

// extend moves the end of what is to be read.
func (s *scanner) extend(end int64) {
	s.budget += searchFactor * (end - s.end)
	s.end = end
}
