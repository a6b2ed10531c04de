package spool

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	checkpointMagic  = "spanlogC"
	checkpointHeader = 8 + 4 + 4 + 4
	entryHeader      = 8 + 4 + 4 + 8 + 4
)

// entry is what a checkpoint says of a segment.
type entry struct {
	number uint64
	frames uint32 // 0 where it may have more
	told   uint32 // of them, damaged ones that were counted
	acked  set
}

// appendCheckpoint writes down which lines have their verdict.
func appendCheckpoint(dst []byte, segments []*segment) []byte {
	dst = appendPreamble(dst, checkpointMagic, checkpointHeader)
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst, castagnoli))
	from := len(dst)
	for _, s := range segments {
		frames := 0
		if s.sealed && !s.doubt { // else the old file may come back
			frames = s.frames
		}
		dst = binary.LittleEndian.AppendUint64(dst, s.number)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(frames))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(s.damaged))
		dst = binary.LittleEndian.AppendUint64(dst, s.acked.base)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s.acked.words)))
		for _, w := range s.acked.words {
			dst = binary.LittleEndian.AppendUint64(dst, w)
		}
	}
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[from:], castagnoli))
}

// parseCheckpoint returns errDamaged for one that is torn: then lines that
// have their verdict get another, and that is all.
func parseCheckpoint(b []byte, name string) (map[uint64]entry, error) {
	if err := checkPreamble(b, checkpointMagic, name); err != nil {
		return nil, err
	}
	if len(b) < checkpointHeader+4 || crc32.Checksum(b[checkpointHeader:len(b)-4], castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, errDamaged
	}
	found := map[uint64]entry{}
	for b = b[checkpointHeader : len(b)-4]; len(b) > 0; {
		if len(b) < entryHeader {
			return nil, errDamaged
		}
		e := entry{number: binary.LittleEndian.Uint64(b), frames: binary.LittleEndian.Uint32(b[8:]), told: binary.LittleEndian.Uint32(b[12:])}
		e.acked.base = binary.LittleEndian.Uint64(b[16:])
		n := int(binary.LittleEndian.Uint32(b[24:]))
		if b = b[entryHeader:]; len(b)/8 < n {
			return nil, errDamaged
		}
		for range n {
			e.acked.words = append(e.acked.words, binary.LittleEndian.Uint64(b))
			b = b[8:]
		}
		found[e.number] = e
	}
	return found, nil
}

// save writes the checkpoint, unless it would say nothing new: beside the old
// one, durable before it takes its place.
func (f *folder) save() error {
	f.saving.Lock()
	defer f.saving.Unlock()
	f.mu.Lock()
	text := appendCheckpoint(nil, f.segments)
	f.mu.Unlock()
	if bytes.Equal(text, f.checkpoint) || f.checkpoint == nil && !f.news() {
		return nil
	}
	if err := f.place(f.path(checkpointName), func(file File) error { return writeAll(file, text, 0) }); err != nil {
		return fmt.Errorf("spool: checkpoint: %w", err)
	}
	f.checkpoint = text
	return nil
}

// news reports whether there is anything to write down: a verdict, which may be
// on a line of an old file that comes back, damage, or how many frames a
// segment has that gets no more.
func (f *folder) news() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, s := range f.segments {
		if s.live < s.frames || s.damaged > 0 || s.doubt || s.sealed && s.frames > 0 && !s.toldBy(f.segments[i+1:]) {
			return true
		}
	}
	return false
}

// toldBy reports whether the segment behind it, which stays, tells how many
// frames a segment has. Under folder.mu.
func (s *segment) toldBy(behind []*segment) bool {
	return len(behind) > 0 && behind[0].head.before == s.number && !behind[0].done()
}

// place makes a file anew, and its name durable.
func (f *folder) place(name string, write func(File) error) error {
	if err := f.replace(name, write); err != nil {
		return err
	}
	return f.fs.SyncDir(f.dir)
}

// replace makes a file anew beside the old one, which it replaces once the new
// one is durable.
func (f *folder) replace(name string, write func(File) error) error {
	beside := name + newSuffix
	if err := f.fs.Remove(beside); err != nil && !absent(err) {
		return err
	}
	file, err := f.create(beside)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = f.fs.Rename(beside, name)
	}
	if err != nil {
		_ = f.fs.Remove(beside)
	}
	return err
}
