package zerologbridge

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// soFar reports whether a line of zerolog's without its end is well-formed. It looks behind the line, into memory that is
// not in use.
func soFar(line []byte) bool { return len(line) == 0 || wellFormed(append(line, "}\n"...)) }

// wellFormed reports whether a line is one JSON object, in UTF-8, with its newline at the end and none before. It is asked
// of all that New writes, since zerolog takes raw JSON unseen, and reads eight bytes at a time. False may also mean that
// there is white space other than blanks, or that more than 63 objects and arrays stand inside each other.
func wellFormed(b []byte) bool {
	last := len(b) - 1
	if last < 2 || b[last] != '\n' || b[0] != '{' {
		return false
	}
	// The newline at the end is no part of any token: nothing walks past it.
	objects, depth, i := uint64(1), 1, 1 // what is open, the innermost in the lowest bit: whether it is an object
	opened := true
	for {
		for b[i] == ' ' {
			i++
		}
		c := b[i]
		if c == '}' && objects&1 == 1 || c == ']' && objects&1 == 0 {
			i++
			opened = false
			objects >>= 1
			if depth--; depth == 0 {
				return i == last
			}
			continue
		}
		if !opened {
			if c != ',' {
				return false
			}
			i = pastBlanks(b, i+1)
		}
		if objects&1 == 1 {
			if i = pastKey(b, i); i == 0 {
				return false
			}
		}
		switch c = b[i]; c {
		case '"':
			i = pastString(b, i+1)
		case '{', '[':
			if depth++; depth == 64 {
				return false
			}
			objects = objects<<1 | uint64(c>>5&1)
			opened = true
			i++
			continue
		default:
			i = pastScalar(b, i)
		}
		if opened = false; i == 0 {
			return false
		}
	}
}

func pastBlanks(b []byte, i int) int {
	for b[i] == ' ' {
		i++
	}
	return i
}

// pastKey returns the place of the value behind the key at i, 0 where there is no key.
func pastKey(b []byte, i int) int {
	if b[i] != '"' {
		return 0
	}
	if i = pastString(b, i+1); i == 0 {
		return 0
	}
	if i = pastBlanks(b, i); b[i] != ':' {
		return 0
	}
	return pastBlanks(b, i+1)
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// pastString returns the place behind the string whose first character is at i, 0 where it is none.
func pastString(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		special := specials(x)
		if special == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(special) / 8
		if b[i] == '"' {
			return i + 1
		}
		if i = pastSpecial(b, i); i == 0 {
			return 0
		}
	}
	for b[i] != '"' {
		if i = pastSpecial(b, i); i == 0 {
			return 0
		}
	}
	return i + 1
}

// specials marks in eight bytes of a string those that are a control character, a quotation mark, a backslash or not
// ASCII: the lowest bit that is set belongs to the first of them. Higher ones may be carried over.
func specials(x uint64) uint64 {
	quote, slash := x^('"'*ones), x^('\\'*ones)
	return ((x-' '*ones)&^x | (quote-ones)&^quote | (slash-ones)&^slash | x) & highs
}

// pastSpecial returns the place behind one character of a string, 0 where there is none.
func pastSpecial(b []byte, i int) int {
	switch c := b[i]; {
	case c == '\\':
		return pastEscape(b, i+1)
	case c < ' ':
		return 0
	case c < utf8.RuneSelf:
		return i + 1
	}
	if r, n := utf8.DecodeRune(b[i:]); r != utf8.RuneError || n > 1 {
		return i + n
	}
	return 0
}

func pastEscape(b []byte, i int) int {
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for _, c := range b[i+1 : min(i+5, len(b))] {
			if c-'0' > 9 && (c|' ')-'a' > 5 {
				return 0
			}
		}
		return i + 5
	}
	return 0
}

// pastScalar returns the place behind a number, true, false or null.
func pastScalar(b []byte, i int) int {
	s := scanner{b: b, i: i}
	if s.word("true") || s.word("false") || s.word("null") || s.number() {
		return s.i
	}
	return 0
}
