package elk

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// shape is what a scan learns about a line.
type shape struct {
	empty     bool // {} or { }
	timestamp bool // a root key @timestamp
	sequence  bool // event.sequence is there, or could not be added
}

// scan looks at the root keys of a line, and at those of a root "event",
// and skips the values. It reports false unless the line is one JSON object
// as far as brackets, strings and separators show; what is wrong inside a
// value is left to the server, which refuses that document alone.
func scan(line []byte) (shape, bool) {
	s := scanner{data: line}
	ok := s.object(false)
	s.space()
	return s.shape, ok && s.pos == len(line)
}

type scanner struct {
	data  []byte
	pos   int
	shape shape
}

// object walks the object at pos; inEvent says whose keys they are.
func (s *scanner) object(inEvent bool) bool {
	if !s.eat('{') {
		return false
	}
	s.space()
	if s.eat('}') {
		s.shape.empty = !inEvent
		return true
	}
	for s.member(inEvent) {
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

func (s *scanner) member(inEvent bool) bool {
	key, ok := s.key()
	if !ok {
		return false
	}
	s.space()
	if !s.eat(':') {
		return false
	}
	s.space()
	if inEvent {
		s.shape.sequence = s.shape.sequence || within(key, "sequence")
		return s.value()
	}
	return s.rootMember(key)
}

func (s *scanner) rootMember(key []byte) bool {
	switch {
	case string(key) == "@timestamp":
		s.shape.timestamp = true
	case within(key, "event.sequence"):
		s.shape.sequence = true
	case string(key) == "event":
		switch s.peek() {
		case '{':
			return s.object(true)
		case 'n': // null is no value, so it conflicts with nothing
		default:
			s.shape.sequence = true
		}
	}
	return s.value()
}

// within reports whether key is the field name or one below it.
func within(key []byte, name string) bool {
	rest, ok := bytes.CutPrefix(key, []byte(name))
	return ok && (len(rest) == 0 || rest[0] == '.')
}

// key returns the decoded key at pos: \u0040timestamp is @timestamp to the
// server too.
func (s *scanner) key() ([]byte, bool) {
	from := s.pos
	if s.peek() != '"' || !s.text() {
		return nil, false
	}
	raw := s.data[from:s.pos]
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	var decoded string
	if json.Unmarshal(raw, &decoded) != nil {
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

// text skips a string. A quote ends it unless an odd number of backslashes
// stands before it.
func (s *scanner) text() bool {
	from := s.pos + 1
	for at := from; ; {
		n := bytes.IndexByte(s.data[at:], '"')
		if n < 0 {
			return false
		}
		at += n + 1
		if backslashes(s.data[from:at-1])%2 == 0 {
			s.pos = at
			return true
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
	depth := 0
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case '"':
			if !s.text() {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.pos++
		if depth == 0 {
			return true
		}
	}
	return false
}

// scalar skips a number or a literal.
func (s *scanner) scalar() bool {
	from := s.pos
	for s.pos < len(s.data) && isScalar(s.data[s.pos]) {
		s.pos++
	}
	return s.pos > from
}

func isScalar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) eat(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) space() {
	for s.pos < len(s.data) && isSpace(s.data[s.pos]) {
		s.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

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

// prefixBytes is room for the longest prefix.
const prefixBytes = 192

// appendPrefix appends what goes before a line's bytes after its "{": the
// action line, the brace itself, and the spliced fields.
func appendPrefix(dst []byte, id string, info lineInfo, sh shape) []byte {
	dst = append(dst, `{"create":{"_id":"`...)
	dst = append(dst, id...)
	dst = append(dst, '-')
	dst = strconv.AppendUint(dst, info.seq, 10)
	dst = append(dst, "\"}}\n{"...)
	return appendFields(dst, info, sh)
}

func appendFields(dst []byte, info lineInfo, sh shape) []byte {
	if !sh.timestamp {
		dst = append(dst, `"@timestamp":"`...)
		dst = time.Unix(0, info.at).UTC().AppendFormat(dst, time.RFC3339Nano)
		dst = append(dst, `",`...)
	}
	if !sh.sequence {
		dst = append(dst, `"event.sequence":`...)
		dst = strconv.AppendUint(dst, info.seq, 10)
		dst = append(dst, ',')
	}
	if sh.empty && dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
