package elktest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth and maxNumber are Jackson's read limits as Elasticsearch sets them.
const (
	maxDepth  = 1000
	maxNumber = 1000
)

// kind is what a JSON value is.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

// node is one parsed JSON value. Members keep their order.
type node struct {
	kind    kind
	text    string // the decoded string, the number as written, "true" or "false"
	items   []*node
	members []member
	at, end int // offsets of the first and of the last byte
}

// member is one key of an object with its value.
type member struct {
	name  string
	value *node
}

// get returns the member called name, or nil.
func (n *node) get(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// syntaxError says what is wrong with a JSON text, in Jackson's words where they are known.
type syntaxError struct {
	message string
	at      int  // offset where reading stopped
	token   int  // offset of the last good token
	cut     bool // the text ended too early
}

func (e *syntaxError) Error() string { return e.message }

// scanner reads JSON as the servers do: no duplicate keys, no invalid UTF-8 but overlong forms of ASCII, no control
// characters in strings; /* comments */ are blanks.
type scanner struct {
	data  []byte
	pos   int
	token int // offset of the last complete token
	depth int
}

// parseJSON reads the first value of data. It returns nil for blank data, and the offset after the value and the blanks behind it.
func parseJSON(data []byte) (*node, int, *syntaxError) {
	s := &scanner{data: data}
	s.space()
	if s.pos == len(data) {
		return nil, s.pos, nil
	}
	n, err := s.value()
	if err != nil {
		return nil, s.pos, err
	}
	s.space()
	return n, s.pos, nil
}

func (s *scanner) fail(format string, args ...any) *syntaxError {
	return &syntaxError{message: fmt.Sprintf(format, args...), at: s.pos, token: s.token}
}

// early is the error of a text that ended too early.
func (s *scanner) early(format string, args ...any) *syntaxError {
	err := s.fail("Unexpected end-of-input"+format, args...)
	err.cut = true
	return err
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		case '/':
			if !s.comment() {
				return
			}
		default:
			return
		}
	}
}

// comment goes past /* … */, which the servers take for a blank.
func (s *scanner) comment() bool {
	rest := s.data[s.pos:]
	end := bytes.Index(rest, []byte("*/"))
	if !bytes.HasPrefix(rest, []byte("/*")) || end < len("/*") {
		return false
	}
	s.pos += end + len("*/")
	return true
}

// peek skips blanks and returns the next byte, or an error at the end.
func (s *scanner) peek(within string) (byte, *syntaxError) {
	s.space()
	if s.pos == len(s.data) {
		return 0, s.early(": expected %s", within)
	}
	return s.data[s.pos], nil
}

func (s *scanner) value() (*node, *syntaxError) {
	c, err := s.peek("a value")
	if err != nil {
		return nil, err
	}
	switch {
	case c == '{':
		return s.nested((*scanner).object)
	case c == '[':
		return s.nested((*scanner).array)
	case c == '"':
		return s.stringValue()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	default:
		return s.word()
	}
}

// nested enters an object or array, within the depth limit.
func (s *scanner) nested(read func(*scanner, *node) *syntaxError) (*node, *syntaxError) {
	if s.depth++; s.depth > maxDepth {
		return nil, s.fail("Document nesting depth (%d) exceeds the maximum allowed (%d, from `StreamReadConstraints.getMaxNestingDepth()`)", s.depth, maxDepth)
	}
	n := &node{at: s.pos}
	s.token = s.pos
	s.pos++
	if err := read(s, n); err != nil {
		return nil, err
	}
	s.depth--
	n.end, s.token = s.pos, s.pos
	s.pos++
	return n, nil
}

func (s *scanner) object(n *node) *syntaxError {
	n.kind = kindObject
	seen := map[string]bool{}
	for {
		c, err := s.peek("close marker for Object")
		if err != nil {
			return err
		}
		if c == '}' && len(n.members) == 0 {
			return nil
		}
		if err := s.member(n, seen); err != nil {
			return err
		}
		if done, err := s.more('}', "Object entries"); done || err != nil {
			return err
		}
	}
}

func (s *scanner) member(n *node, seen map[string]bool) *syntaxError {
	at := s.pos
	if s.data[s.pos] != '"' {
		return s.unexpected("was expecting double-quote to start field name")
	}
	name, err := s.string()
	if err != nil {
		return err
	}
	if seen[name] {
		return s.fail("Duplicate field '%s'", name)
	}
	seen[name] = true
	s.token = at
	c, err := s.peek("a colon to separate field name and value")
	if err != nil {
		return err
	}
	if c != ':' {
		return s.unexpected("was expecting a colon to separate field name and value")
	}
	s.pos++
	v, err := s.value()
	if err != nil {
		return err
	}
	n.members = append(n.members, member{name, v})
	return nil
}

func (s *scanner) array(n *node) *syntaxError {
	n.kind = kindArray
	for {
		c, err := s.peek("close marker for Array")
		if err != nil {
			return err
		}
		if c == ']' && len(n.items) == 0 {
			return nil
		}
		v, err := s.value()
		if err != nil {
			return err
		}
		n.items = append(n.items, v)
		if done, err := s.more(']', "Array entries"); done || err != nil {
			return err
		}
	}
}

// more stands at the closing byte (done) or goes past a comma and to what follows.
func (s *scanner) more(closing byte, what string) (done bool, err *syntaxError) {
	c, err := s.peek("comma or close marker of " + what)
	switch {
	case err != nil:
		return false, err
	case c == closing:
		return true, nil
	case c != ',':
		return false, s.unexpected("was expecting comma to separate " + what)
	}
	s.pos++
	if c, err = s.peek("the next of " + what); err != nil {
		return false, err
	}
	if c == closing {
		return false, s.unexpected("no trailing comma is allowed in " + what)
	}
	return false, nil
}

func (s *scanner) unexpected(why string) *syntaxError {
	r, size := utf8.DecodeRune(s.data[s.pos:])
	s.pos += size
	return s.fail("Unexpected character ('%c' (code %d)): %s", r, r, why)
}

// word reads true, false and null. Anything else made of letters is quoted back.
func (s *scanner) word() (*node, *syntaxError) {
	start := s.pos
	for s.pos < len(s.data) && wordByte(s.data[s.pos]) {
		s.pos++
	}
	text := string(s.data[start:s.pos])
	n := &node{text: text, at: start, end: s.pos - 1}
	switch text {
	case "true", "false":
		n.kind = kindBool
	case "null":
		n.kind = kindNull
	case "":
		return nil, s.unexpected("expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
	default:
		return nil, s.fail("Unrecognized token '%s': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')", text)
	}
	s.token = start
	return n, nil
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$'
}

func (s *scanner) number() (*node, *syntaxError) {
	start := s.pos
	if s.data[s.pos] == '-' {
		s.pos++
	}
	whole := s.digits()
	first := s.pos - whole
	if whole == 0 || whole > 1 && s.data[first] == '0' {
		return nil, s.fail("Invalid numeric value: a digit is missing or a leading zero is present")
	}
	if err := s.fraction(); err != nil {
		return nil, err
	}
	if s.pos < len(s.data) && (wordByte(s.data[s.pos]) || s.data[s.pos] == '.') {
		return nil, s.unexpected("Expected space separating root-level values")
	}
	if s.pos-start > maxNumber {
		return nil, s.fail("Number value length (%d) exceeds the maximum allowed (%d, from `StreamReadConstraints.getMaxNumberLength()`)", s.pos-start, maxNumber)
	}
	s.token = start
	return &node{kind: kindNumber, text: string(s.data[start:s.pos]), at: start, end: s.pos - 1}, nil
}

// fraction reads the optional fraction and exponent of a number.
func (s *scanner) fraction() *syntaxError {
	if s.pos < len(s.data) && s.data[s.pos] == '.' {
		if s.pos++; s.digits() == 0 {
			return s.fail("Decimal point not followed by a digit")
		}
	}
	if s.pos < len(s.data) && (s.data[s.pos] == 'e' || s.data[s.pos] == 'E') {
		s.pos++
		if s.pos < len(s.data) && (s.data[s.pos] == '+' || s.data[s.pos] == '-') {
			s.pos++
		}
		if s.digits() == 0 {
			return s.fail("Exponent indicator not followed by a digit")
		}
	}
	return nil
}

func (s *scanner) digits() int {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}

func (s *scanner) stringValue() (*node, *syntaxError) {
	start := s.pos
	text, err := s.string()
	if err != nil {
		return nil, err
	}
	s.token = start
	return &node{kind: kindString, text: text, at: start, end: s.pos - 1}, nil
}

// string reads a quoted string. Lone surrogate escapes are accepted and become U+FFFD.
func (s *scanner) string() (string, *syntaxError) {
	s.pos++
	var out []byte
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case c == '"':
			s.pos++
			return string(out), nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		case c < ' ':
			s.pos++
			return "", s.fail("Illegal unquoted character ((CTRL-CHAR, code %d)): has to be escaped using backslash to be included in string value", c)
		case c < utf8.RuneSelf:
			out = append(out, c)
			s.pos++
		case c <= 0xc1 && s.pos+1 < len(s.data) && c >= 0xc0 && s.data[s.pos+1]>>6 == 2:
			out = append(out, c<<6|s.data[s.pos+1]&0x3f) // overlong, and taken all the same
			s.pos += 2
		default:
			r, size := utf8.DecodeRune(s.data[s.pos:])
			if r == utf8.RuneError && size == 1 {
				s.pos++
				return "", s.fail("Invalid UTF-8 start byte 0x%x", c)
			}
			out = append(out, s.data[s.pos:s.pos+size]...)
			s.pos += size
		}
	}
	return "", s.early(": was expecting closing quote for a string value")
}

func (s *scanner) escape() (rune, *syntaxError) {
	s.pos++
	if s.pos == len(s.data) {
		return 0, s.early(" in character escape sequence")
	}
	c := s.data[s.pos]
	if c == 'u' {
		return s.unicodeEscape()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, s.unexpected("Unrecognized character escape")
	}
	s.pos++
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// unicodeEscape reads \uXXXX, and its second half when both are a surrogate pair.
func (s *scanner) unicodeEscape() (rune, *syntaxError) {
	r, ok := s.hex(s.pos + 1)
	if !ok {
		return 0, s.fail("expected a hex-digit for character escape sequence")
	}
	s.pos += 5
	if !utf16.IsSurrogate(r) || s.pos+1 >= len(s.data) || s.data[s.pos] != '\\' || s.data[s.pos+1] != 'u' {
		return r, nil
	}
	low, ok := s.hex(s.pos + 2)
	if !ok {
		return r, nil
	}
	if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
		s.pos += 6
		return pair, nil
	}
	return r, nil
}

func (s *scanner) hex(from int) (rune, bool) {
	if from+4 > len(s.data) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(s.data[from:from+4]), 16, 32)
	return rune(v), err == nil
}
