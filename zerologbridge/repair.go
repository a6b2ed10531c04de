package zerologbridge

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// notJSON stands before raw JSON that is none.
const notJSON = "!ERROR:invalid JSON: "

// blanks is the white space that JSON has between its tokens.
const blanks = " \t\r\n"

// mend takes raw JSON that is none out of a line without its end, and returns it under its keys, as text with a mark.
func mend(line []byte, rules *events.Rules) (moved []attribute.KeyValue) {
	all := string(line)
	if valid([]byte(all + "}")) {
		return nil
	}
	b := blanker{line: line}
	b.each(func(m *member) bool {
		if valid([]byte(all[m.key:m.keyEnd])) && valid([]byte(strings.Trim(all[m.value:m.end], blanks))) {
			return false
		}
		moved = append(moved, attribute.String(text(all, m.key, m.keyEnd, m.odd), markOf(all[m.value:m.end], rules)))
		return true
	})
	if valid([]byte(string(line) + "}")) { // white space other than blanks may be left
		return moved
	}
	b.blank(0, len(line))
	line[len(line)-1] = '{'
	return []attribute.KeyValue{attribute.String("_", markOf(all, rules))}
}

// markOf is what stands in the place of raw JSON that is none. It may hide a secret under a key that cannot be read.
func markOf(raw string, rules *events.Rules) string {
	if rules.Redacts() {
		return events.Redacted
	}
	return notJSON + raw
}

func valid(text []byte) bool { return json.Valid(text) && utf8.Valid(text) }
