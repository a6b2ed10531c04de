package zerologbridge

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
)

// Nearly all members of a line are plain: an ASCII string without escapes, a number of up to 15 digits without an exponent,
// true or false, with a key of that kind, no white space, and behind it the next such key or the end of an unfinished line.
// They are read in one pass.

// plain is next for a plain member. It returns false, and has read nothing, where the member is any other.
func (s *scanner) plain(m *member) bool {
	if s.head.odd || s.head.value != s.head.keyEnd+1 {
		return false
	}
	v := readPlain(s.b, s.head.value)
	value := pastPlainKey(s.b, v.end, ',')
	if value == 0 {
		return false
	}
	*m = member{header: s.head, end: v.end, kind: v.kind}
	if s.i, s.head = value, plainHeader(v.end, value); value == len(s.b) {
		s.head = header{comma: value, key: value + 1}
	}
	return true
}

// plainly adds the members at the beginning of the line, up to the first that is not plain: for a call with five fields in
// 140 ns less than next and member take. It leaves the scanner at that one, and reports whether there is none: then the line
// is a brace and members, at least one, and well-formed.
func (c *converter) plainly(rest *scanner) (all bool) {
	b, line := c.buf, c.line
	at, value := c.begin()
	if value == 0 {
		*rest, _ = open(b, 0)
		return false
	}
	for value < len(b) {
		v := readPlain(b, value)
		next := pastPlainKey(b, v.end, ',')
		if next == 0 {
			rest.b, rest.i, rest.head = b, value, plainHeader(at, value)
			return false
		}
		key := line[at+2 : value-2]
		if c.first || c.special&bit(key) != 0 {
			c.member(key, &member{header: plainHeader(at, value), end: v.end, kind: v.kind})
		} else {
			switch to := c.to.Place(0, key); {
			case v.kind == '"':
				*to = attribute.StringValue(line[value+1 : v.end-1])
			case v.kind != '0':
				*to = attribute.BoolValue(v.kind == 't')
			case v.decimals == 0:
				*to = attribute.Int64Value(v.n)
			default:
				*to = attribute.Float64Value(float64(v.n) / tens[v.decimals])
			}
		}
		at, value = v.end, next
	}
	return true
}

// begin returns the place of the first plain value, behind the level, if that has the name that it has nearly always, and
// of the comma, or brace, before its key. There is none where the value is at 0, only the level where it is at the end.
func (c *converter) begin() (at, value int) {
	const level = `{"level":"`
	if c.line == "" {
		return 0, 0
	}
	if c.first && strings.HasPrefix(c.line, level) && zerolog.LevelFieldName == "level" {
		at = pastPlainText(c.buf, len(level))
		if value = pastPlainKey(c.buf, at, ','); value > 0 {
			c.first = false
			return at, value
		}
	}
	return 0, pastPlainKey(c.buf, 0, '{')
}

// scalar is a plain value.
type scalar struct {
	end      int  // behind it; 0: it is any other
	kind     byte // as that of a member
	n        int64
	decimals int // a number is n over so many powers of ten
}

func readPlain(b []byte, i int) (v scalar) {
	if i == len(b) {
		return scalar{}
	}
	switch b[i] {
	case '"':
		return scalar{end: pastPlainText(b, i+1), kind: '"'}
	case 't':
		if i+4 <= len(b) && string(b[i:i+4]) == "true" {
			return scalar{end: i + 4, kind: 't'}
		}
	case 'f':
		if i+5 <= len(b) && string(b[i:i+5]) == "false" {
			return scalar{end: i + 5, kind: 'f'}
		}
	default:
		v.kind = '0'
		v.n, v.decimals, v.end = digits(b, i)
	}
	return v
}

// pastPlainKey returns the place of the value behind a comma, or what is to stand there, and a plain key. It returns the end
// of the line where that is the place, and 0 where it is neither, as behind a value that was not plain.
func pastPlainKey(b []byte, at int, comma byte) (value int) {
	switch {
	case at == len(b):
		return at
	case at+1 == len(b) || b[at] != comma || b[at+1] != '"':
		return 0
	}
	end := pastPlainText(b, at+2)
	if end == 0 || end+1 >= len(b) || b[end] != ':' || b[end+1] <= ' ' {
		return 0
	}
	return end + 1
}

// pastPlainText returns the place behind the string whose first character is at b[i], 0 where that is not plain.
func pastPlainText(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if special := specials(binary.LittleEndian.Uint64(b[i:])); special != 0 {
			if i += bits.TrailingZeros64(special) / 8; b[i] != '"' {
				return 0
			}
			return i + 1
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' {
			return i + 1
		} else if c < ' ' || c >= utf8.RuneSelf || c == '\\' {
			return 0
		}
	}
	return 0
}

// plainHeader is the header of a member with a plain key behind the comma, or brace, at this place.
func plainHeader(at, value int) header {
	return header{comma: at, key: at + 1, keyEnd: value - 1, value: value}
}
