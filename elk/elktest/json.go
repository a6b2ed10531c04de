package elktest

import (
	"bytes"
	"fmt"
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

func (s *scanner) unexpected(why string) *syntaxError {
	r, size := utf8.DecodeRune(s.data[s.pos:])
	s.pos += size
	return s.fail("Unexpected character ('%c' (code %d)): %s", r, r, why)
}
