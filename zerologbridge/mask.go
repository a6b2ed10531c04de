package zerologbridge

import (
	"strconv"

	"github.com/spanlog/spanlog/events"
)

// masker hides in a line that is not finished, or is no valid JSON, what must not be seen. Nothing moves: a value that
// is hidden is written over, and blanks fill what is left of its room. The scanner is always past what is overwritten.
type masker struct {
	rules  *events.Rules
	line   []byte
	broken bool // mask what is no JSON, and leave the rest to the writer
}

// object masks the members of the object from the one place to the other. A prefix is a path with a dot behind it.
func (k masker) object(prefix string, from, to int) {
	s, ok := open(k.line[:to], from)
	if !ok {
		return
	}
	var m member
	for s.next(&m) {
		key := text(string(k.line[m.key:m.keyEnd]), 0, m.keyEnd-m.key, m.odd)
		k.value(prefix+key, m.kind, m.value, m.end, m.escaped)
	}
}

// value masks one value. A broken one is hidden as a whole, since no key in it can be trusted.
func (k masker) value(path string, kind byte, from, to int, escaped bool) {
	switch {
	case kind == 0 || !k.broken && k.rules.Hides(path):
		k.hide(from, to)
	case k.broken:
	case kind == '"':
		k.text(from, to, escaped)
	case kind == '{':
		k.object(path+".", from, to)
	case kind == '[':
		k.array(path, from, to)
	}
}

func (k masker) array(path string, from, to int) {
	s := scanner{b: k.line[:to], i: from + 1}
	for more := true; more; more = s.eat(',') {
		s.space()
		from := s.i
		s.escaped = false
		kind := s.scan(0)
		if kind == 0 {
			return // the array is empty
		}
		k.value(path, kind, from, s.i, s.escaped)
	}
}

// text cleans a string. What has become too long for its room is hidden as a whole.
func (k masker) text(from, to int, escaped bool) {
	text := text(string(k.line[from:to]), 0, to-from, escaped)
	cleaned := k.rules.CleanText(text)
	if cleaned == text {
		return
	}
	quoted := events.AppendJSONString(nil, cleaned)
	if len(quoted) > to-from {
		k.hide(from, to)
		return
	}
	k.put(from, to, string(quoted))
}

// hide writes as much of the word for what is hidden as there is room for. One byte is a digit.
func (k masker) hide(from, to int) {
	switch room := to - from; {
	case room <= 0:
	case room == 1:
		k.put(from, to, "0")
	default:
		k.put(from, to, strconv.Quote(events.Redacted[:min(room-2, len(events.Redacted))]))
	}
}

func (k masker) put(from, to int, value string) {
	for i := from + copy(k.line[from:to], value); i < to; i++ {
		k.line[i] = ' '
	}
}
