package zerologbridge

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// notJSON stands before raw JSON that is none.
const notJSON = "!ERROR:invalid JSON: "

// repaired returns a line that is not well-formed as one that is: raw JSON that is none becomes a string with a mark. What
// does not begin as an object does is no line of zerolog's, and stays.
func repaired(line []byte, rules *events.Rules) []byte {
	if valid(line) || len(line) == 0 || line[0] != '{' {
		return oneLine(line)
	}
	body := bytes.TrimSuffix(line, []byte("\n"))
	out := append(spliced(bytes.TrimSuffix(body, []byte("}")), rules), "}\n"...)
	if valid(out) {
		return oneLine(out)
	}
	out = append(events.AppendJSONString([]byte{'{'}, zerolog.MessageFieldName), ':')
	return append(append(out, marked(body, rules)...), "}\n"...)
}

func valid(text []byte) bool { return json.Valid(text) && utf8.Valid(text) }

// spliced returns the members of a line without its end, as they are but for those that are no JSON. Without its end:
// raw JSON that opens an object and leaves it open would take that for its own, and all members before it.
func spliced(body []byte, rules *events.Rules) (out []byte) {
	s, _ := open(body, 0)
	written := 0
	var m member
	for s.next(&m) {
		if s.closed { // by the value
			m.end = len(body)
		}
		key, value := body[m.key:m.keyEnd], bytes.Trim(body[m.value:m.end], " \t\r\n")
		if valid(key) && valid(value) {
			continue
		}
		if !valid(key) {
			key = events.AppendJSONString(nil, string(key[1:len(key)-1]))
		}
		out = append(append(out, body[written:m.key]...), key...)
		out = append(append(out, ':'), marked(value, rules)...)
		written = m.end
	}
	return append(out, body[written:]...)
}

// marked is what stands in the place of raw JSON that is none. It may hide a secret under a key that cannot be read.
func marked(raw []byte, rules *events.Rules) []byte {
	if rules.Redacts() {
		return events.AppendJSONString(nil, events.Redacted)
	}
	return events.AppendJSONString(nil, notJSON+string(raw))
}
