package spanstate

import (
	"strings"
	"unicode/utf8"
)

// CutMark stands at the end of a string that was cut.
const CutMark = "…"

// MaxString is the length in bytes at which a string value on a span is cut.
const MaxString = 64 << 10

// Valid returns s with what is not UTF-8 replaced by U+FFFD: an exporter that speaks protobuf refuses a whole batch for
// one string that is not.
func Valid(s string) string {
	if isShortASCII(s) || utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// isShortASCII is true of nearly every key: 3 ns, where ValidString, which is made for long texts, takes 7.
func isShortASCII(s string) bool {
	if len(s) > 16 {
		return false
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Cut returns s, or, where it is longer than limit bytes, its beginning and a mark, at most limit bytes together and
// never in the middle of a rune. What is not UTF-8 is replaced, see Valid.
func Cut(s string, limit int) string {
	if s = Valid(s); len(s) <= limit {
		return s
	}
	end := max(0, limit-len(CutMark))
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + CutMark
}
