package events

import (
	"encoding/json"
	"slices"
	"strings"
)

// wholeJSON ends the beginning of a JSON object or array where it was cut, so that it is JSON again: the string that was
// cut, or else without the member that was. What is no such beginning is returned as it is.
func wholeJSON(text string) string {
	var s nesting
	for i := 0; i < len(text); i++ {
		s.step(text, i)
	}
	if s.quoted {
		if whole := text + `"` + closing(s.open); json.Valid([]byte(whole)) {
			return whole
		}
	}
	if !beginsMember(text[s.whole:]) {
		return text
	}
	return text[:s.whole] + closing(s.open[:s.depth])
}

const blanks = " \t\r\n"

// beginsMember reports whether text is the beginning of a member that is no object or array, with the comma before it.
func beginsMember(text string) bool {
	text = afterString(strings.TrimLeft(text, ","+blanks))
	if value, found := strings.CutPrefix(text, ":"); found {
		text = afterString(strings.TrimLeft(value, blanks))
	}
	return strings.Trim(strings.TrimRight(text, blanks), "-+.0123456789eEtrufalsn") == ""
}

// afterString returns what stands behind a string and blanks; nothing where the string has no end.
func afterString(text string) string {
	if !strings.HasPrefix(text, `"`) {
		return text
	}
	var s nesting
	for i := range len(text) {
		if s.step(text, i); !s.quoted {
			return strings.TrimLeft(text[i+1:], blanks)
		}
	}
	return ""
}

// nesting is where a reader of JSON stands.
type nesting struct {
	open            []byte // the brackets that are open, by those that close them
	quoted, escaped bool
	whole, depth    int // up to where all members are whole, and how many brackets are open there
}

func (s *nesting) step(text string, i int) {
	switch c := text[i]; {
	case s.escaped:
		s.escaped = false
	case s.quoted:
		s.escaped, s.quoted = c == '\\', c != '"'
	case c == '"':
		s.quoted = true
	case c == '{' || c == '[':
		s.open = append(s.open, c+2) // which closes it, in ASCII
		s.whole, s.depth = i+1, len(s.open)
	case c == '}' || c == ']':
		s.open = s.open[:max(0, len(s.open)-1)]
		s.whole, s.depth = i+1, len(s.open)
	case c == ',':
		s.whole, s.depth = i, len(s.open)
	}
}

// closing is what closes the brackets, the innermost first.
func closing(open []byte) string {
	brackets := slices.Clone(open)
	slices.Reverse(brackets)
	return string(brackets)
}
