package spanstate

import "unicode/utf8"

// mark stands at the end of a string that was cut.
const mark = "…"

// Cut returns s, or, where it is longer than limit bytes, its beginning and a mark, at most limit bytes together and
// never in the middle of a rune.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := max(0, limit-len(mark))
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
