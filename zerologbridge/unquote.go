package zerologbridge

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote returns the text of a JSON string, given without its quotation marks, as encoding/json reads it: half a
// surrogate pair and each byte of invalid UTF-8 are U+FFFD. What needs no change is returned as it is, without a copy.
// The string is one that a scanner read; an escape that JSON does not have stands for its letter.
func unquote(s string) string {
	if strings.IndexByte(s, '\\') < 0 && utf8.ValidString(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		var size int
		b, size = unescape(b, s[i:])
		i += size
	}
	return string(b)
}

// unescape appends what the escape at the beginning of s stands for, and returns its size.
func unescape(b []byte, s string) ([]byte, int) {
	if s[1] == 'u' {
		r, size := unicodeEscape(s)
		return utf8.AppendRune(b, r), size
	}
	if at := strings.IndexByte("bfnrt", s[1]); at >= 0 {
		return append(b, "\b\f\n\r\t"[at]), 2
	}
	r, size := utf8.DecodeRuneInString(s[1:])
	return utf8.AppendRune(b, r), 1 + size
}

// unicodeEscape reads \uXXXX, or two of them that are one character.
func unicodeEscape(s string) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return utf8.RuneError, 2
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if low, ok := hex4(s[6:]); ok {
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
