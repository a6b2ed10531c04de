package elktest

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

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
