package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

const (
	magic   = "spanlogS"
	version = 1

	headerBytes = 8 + 4 + 4 + 8 + 8 + 4 + 4 + 4

	// maxHeaderBytes bounds the header of any version.
	maxHeaderBytes = 4096
)

// ErrVersion is wrapped by the sentence that refuses a format of the future.
var ErrVersion = errors.New("unknown format version")

var errDamaged = errors.New("damaged header")

// header is the beginning of a segment file.
type header struct {
	number uint64
	before uint64 // number of the segment before it, 0 for none
	frames uint32 // how many that has
	count  uint32 // frames in it, where that was known: one made anew
}

func (h header) append(dst []byte) []byte {
	from := len(dst)
	dst = appendPreamble(dst, magic, headerBytes)
	dst = binary.LittleEndian.AppendUint64(dst, h.number)
	dst = binary.LittleEndian.AppendUint64(dst, h.before)
	dst = binary.LittleEndian.AppendUint32(dst, h.frames)
	dst = binary.LittleEndian.AppendUint32(dst, h.count)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[from:], castagnoli))
}

// appendPreamble appends what the files of all versions begin with.
func appendPreamble(dst []byte, magic string, size int) []byte {
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint32(dst, version)
	return binary.LittleEndian.AppendUint32(dst, uint32(size))
}

// parseHeader returns errDamaged for one that is damaged, and an error that
// wraps ErrVersion for one that a later program wrote.
func parseHeader(b []byte, name string) (header, error) {
	if err := checkPreamble(b, magic, name); err != nil {
		return header{}, err
	}
	if len(b) < headerBytes {
		return header{}, errDamaged
	}
	return header{
		number: binary.LittleEndian.Uint64(b[16:]),
		before: binary.LittleEndian.Uint64(b[24:]),
		frames: binary.LittleEndian.Uint32(b[32:]),
		count:  binary.LittleEndian.Uint32(b[36:]),
	}, nil
}

func checkPreamble(b []byte, magic, name string) error {
	if len(b) < 20 || string(b[:8]) != magic {
		return errDamaged
	}
	size := binary.LittleEndian.Uint32(b[12:])
	if size < 20 || int64(size) > int64(len(b)) || crc32.Checksum(b[:size-4], castagnoli) != binary.LittleEndian.Uint32(b[size-4:]) {
		return errDamaged
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return fmt.Errorf("%w: %s has version %d, this program reads %d: it is left alone for the program that wrote it", ErrVersion, name, v, version)
	}
	return nil
}
