package zerologbridge

import (
	"bytes"
	"math"

	"github.com/spanlog/spanlog/events"
)

// finder looks for keys on a line, by the algorithm of Horspool: the byte at the end of a window says how far the window
// may move. Nearly every line has none of the keys, so this is the cost of looking for them.
type finder struct {
	keys   [][]byte  // as they stand on a line, without the opening quotation mark: trace_id"
	window int       // bytes of the shortest one
	lasts  [256]bool // of them, the bytes before the closing quotation mark
	skip   [256]uint8
}

func newFinder(names []string) *finder {
	f := &finder{window: math.MaxUint8}
	for _, name := range names {
		quoted := events.AppendJSONString(nil, name)
		f.lasts[quoted[len(quoted)-2]] = true
		f.keys = append(f.keys, quoted[1:])
		f.window = min(f.window, len(quoted)-1)
	}
	for i := range f.skip {
		f.skip[i] = uint8(f.window)
	}
	for _, key := range f.keys {
		end := key[len(key)-f.window:]
		for i, c := range end[:f.window-1] {
			f.skip[c] = min(f.skip[c], uint8(f.window-1-i))
		}
	}
	return f
}

// in reports whether one of the keys is somewhere on the line, at its root or deeper, or looks as if it were. Raw JSON
// that is none may have brought it in, with a blank before the colon or with letters as escapes.
func (f *finder) in(line []byte) bool {
	if len(f.keys) == 0 {
		return false
	}
	for i := max(1, f.window-1); i < len(line); i += int(f.skip[line[i]]) {
		if line[i] == '"' && f.lasts[line[i-1]] && f.ends(line[:i+1]) {
			return true
		}
	}
	escape := bytes.IndexByte(line, '\\') // nearly every line has none
	return escape >= 0 && bytes.Contains(line[escape:], []byte(`\u`))
}

func (f *finder) ends(line []byte) bool {
	for _, key := range f.keys {
		if bytes.HasSuffix(line, key) {
			return true
		}
	}
	return false
}
