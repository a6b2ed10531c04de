package spanstate

import (
	"strings"
	"unicode/utf8"
)

// mark stands at the end of a string that was cut.
const mark = "…"

// Valid returns s with each run of bytes that is not UTF-8 replaced by U+FFFD. An OTLP exporter loses the whole batch
// over a single string that is not: protobuf refuses it.
func Valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// Cut returns s as valid UTF-8, or, where it is longer than limit bytes, its beginning and a mark, at most limit bytes together and
// never in the middle of a rune.
func Cut(s string, limit int) string {
	s = Valid(s)
	if len(s) <= limit {
		return s
	}
	end := max(0, limit-len(mark))
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
