package elk

import (
	"bytes"
	"encoding/json"
	"math/bits"
	"strconv"
	"time"
)

// shape is what a scan learns about a line.
type shape struct {
	empty bool // {} or { }
	// present has a bit for each field of the list that is there, or that
	// could not be added because of what is there.
	present uint64
}

// scan looks at the root keys of a line, and at those below of objects that a
// field of f goes through, and skips the values. It reports false unless the
// line is one JSON object as far as brackets, strings and separators show;
// what is wrong inside a value is left to the server, which refuses that
// document alone.
func scan(line []byte, f *fields) (shape, bool) {
	s := scanner{data: line, fields: f}
	ok := s.object(f.all(), 0)
	s.space()
	return s.shape, ok && s.pos == len(line)
}

type scanner struct {
	data   []byte
	pos    int
	fields *fields
	shape  shape
}

// object walks the object at pos. Wanted are the fields that may be in it,
// and from is where in their paths its keys begin.
func (s *scanner) object(wanted uint64, from int) bool {
	if !s.eat('{') {
		return false
	}
	s.space()
	if s.eat('}') {
		s.shape.empty = from == 0
		return true
	}
	for s.member(wanted, from) {
		s.space()
		if s.eat('}') {
			return true
		}
		if !s.eat(',') {
			return false
		}
		s.space()
	}
	return false
}

func (s *scanner) member(wanted uint64, from int) bool {
	key, ok := s.key()
	if !ok {
		return false
	}
	s.space()
	if !s.eat(':') {
		return false
	}
	s.space()
	if from > 0 || len(key) > 0 && s.fields.first[key[0]] {
		return s.compare(key, wanted, from)
	}
	return s.value()
}

// compare notes which fields a key is or hides, and looks further into the
// value where a field could be below it.
func (s *scanner) compare(key []byte, wanted uint64, from int) bool {
	var deeper uint64
	for left := wanted; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		rest := s.fields.list[i].path[from:]
		switch {
		case within(key, rest):
			s.shape.present |= 1 << i
		case len(rest) > len(key) && rest[len(key)] == '.' && rest[:len(key)] == string(key):
			deeper |= 1 << i
		}
	}
	if deeper != 0 {
		switch s.peek() {
		case '{':
			return s.object(deeper, from+len(key)+1)
		case 'n': // null is no value, so it conflicts with nothing
		default:
			s.shape.present |= deeper
		}
	}
	return s.value()
}

// key returns the decoded key at pos: \u0040timestamp is @timestamp to the
// server too. Keys are short, so a plain loop finds their end soonest.
func (s *scanner) key() ([]byte, bool) {
	data, from := s.data, s.pos
	if from >= len(data) || data[from] != '"' {
		return nil, false
	}
	for at := from + 1; at < len(data); at++ {
		switch data[at] {
		case '"':
			s.pos = at + 1
			return data[from+1 : at], true
		case '\\':
			return s.escapedKey()
		}
	}
	return nil, false
}

func (s *scanner) escapedKey() ([]byte, bool) {
	from := s.pos
	if !s.text() {
		return nil, false
	}
	var decoded string
	if json.Unmarshal(s.data[from:s.pos], &decoded) != nil {
		return nil, false
	}
	return []byte(decoded), true
}

// value skips the value at pos.
func (s *scanner) value() bool {
	switch s.peek() {
	case '"':
		return s.text()
	case '{', '[':
		return s.composite()
	default:
		return s.scalar()
	}
}

// text skips a string.
func (s *scanner) text() bool {
	end := textEnd(s.data, s.pos)
	if end < 0 {
		return false
	}
	s.pos = end
	return true
}

// textEnd returns where the string that begins at from is over, negative if
// it is not. A quote ends it unless an odd number of backslashes stands
// before it.
func textEnd(data []byte, from int) int {
	for at := from + 1; ; {
		n := bytes.IndexByte(data[at:], '"')
		if n < 0 {
			return -1
		}
		at += n + 1
		if data[at-2] != '\\' || backslashes(data[from+1:at-1])%2 == 0 {
			return at
		}
	}
}

func backslashes(b []byte) (n int) {
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n
}

// composite skips an object or array by its depth.
func (s *scanner) composite() bool {
	data, depth := s.data, 0
	for at := s.pos; at < len(data); at++ {
		switch data[at] {
		case '"':
			if at = textEnd(data, at) - 1; at < 0 {
				return false
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				s.pos = at + 1
				return true
			}
		}
	}
	return false
}

// scalar skips a number or a literal.
func (s *scanner) scalar() bool {
	data, at := s.data, s.pos
	for at < len(data) && isScalar(data[at]) {
		at++
	}
	moved := at > s.pos
	s.pos = at
	return moved
}

func isScalar(c byte) bool {
	return c-'0' <= 9 || c|0x20-'a' <= 'z'-'a' || c == '-' || c == '+' || c == '.'
}

func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) eat(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.pos < len(s.data) && isSpace(s.data[s.pos]) {
		s.pos++
	}
}

// isSpace asks first what is nearly always false.
func isSpace(c byte) bool { return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n') }

// trimSpace is bytes.TrimSpace for JSON's white space only, which is what
// may be cut off without changing a document.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// prefixBytes is room for the longest prefix without constant fields.
const prefixBytes = 192

// appendPrefix appends what goes before a line's bytes after its "{": the
// action line, the brace itself, and the spliced fields.
func appendPrefix(dst []byte, id string, info lineInfo, sh shape, f *fields) []byte {
	dst = append(dst, `{"create":{"_id":"`...)
	dst = appendID(dst, id, info.seq)
	dst = append(dst, "\"}}\n{"...)
	return appendFields(dst, info, sh, f)
}

// appendID appends the id of a document, the same for each of its tries.
func appendID(dst []byte, id string, seq uint64) []byte {
	return strconv.AppendUint(append(append(dst, id...), '-'), seq, 10)
}

func appendFields(dst []byte, info lineInfo, sh shape, f *fields) []byte {
	if sh.present>>atTimestamp&1 == 0 {
		dst = append(dst, `"@timestamp":"`...)
		dst = time.Unix(0, info.at).UTC().AppendFormat(dst, time.RFC3339Nano)
		dst = append(dst, `",`...)
	}
	if sh.present>>atSequence&1 == 0 {
		dst = append(dst, `"event.sequence":`...)
		dst = strconv.AppendUint(dst, info.seq, 10)
		dst = append(dst, ',')
	}
	dst = f.appendConstants(dst, sh.present)
	if sh.empty && dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
