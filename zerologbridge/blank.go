package zerologbridge

import (
	"bytes"
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// clear overwrites members of the line that have a name of ours with spaces: those called like an id, if the line is
// traced, and, where no writer of ours does it, those called like a constant field. Zerolog's own way cannot take back
// what is written; spaces between members are valid JSON. It returns the latter ones under the names that they have
// instead.
func (h *hook) clear(line []byte, traced, relabels bool) (moved []attribute.KeyValue) {
	ids := traced && h.ids.in(line)
	if !ids && !(relabels && h.others.in(line)) {
		return nil
	}
	all := string(line)
	b := blanker{line: line}
	b.each(func(m *member) bool {
		key := text(all, m.key, m.keyEnd, m.odd)
		if ids && h.rules.IsID(key) {
			return true
		}
		if !relabels || !h.rules.Taken(key) {
			return false
		}
		kv := h.rules.Clean(attribute.String(key, labelText(all, m)))
		kv.Key = attribute.Key(h.rules.Label(key))
		moved = append(moved, kv)
		return true
	})
	return moved
}

// yield is clear for members that were taken out of the line.
func (h *hook) yield(moved []attribute.KeyValue, traced, relabels bool) []attribute.KeyValue {
	stay := moved[:0]
	for _, kv := range moved {
		key := string(kv.Key)
		if traced && h.rules.IsID(key) {
			continue
		}
		if relabels && h.rules.Taken(key) {
			kv.Key = attribute.Key(h.rules.Label(key))
		}
		stay = append(stay, kv)
	}
	return stay
}

// labelText is a value as a string.
func labelText(line string, m *member) string {
	if m.kind == '"' {
		return text(line, m.value, m.end, m.escaped)
	}
	return strings.TrimSpace(line[m.value:m.end])
}

// blanker overwrites members of an unfinished object so that the rest stays one.
type blanker struct {
	line []byte
	kept bool // a member stays so far
	gone bool // the one before was blanked, and its comma is still to go
}

// each blanks the members that are to go. The scanner is always past what is overwritten.
func (b *blanker) each(goes func(*member) bool) {
	s, ok := open(b.line, 0)
	if !ok {
		return
	}
	begin := bytes.IndexByte(b.line, '{')
	var m member
	for s.next(&m) {
		if s.closed { // by a value that is no JSON
			m.end = len(b.line)
		}
		if b.gone {
			b.blank(m.comma, m.comma+1)
		}
		b.gone = false
		switch {
		case !goes(&m):
			b.kept = true
		case b.kept:
			b.blank(m.comma, m.end)
		default:
			b.blank(m.key, m.end)
			b.gone = true
		}
	}
	if b.gone && !b.kept {
		b.line[begin] = ' '
		b.line[len(b.line)-1] = '{' // zerolog writes a comma unless this is the last byte
	}
}

func (b *blanker) blank(from, to int) {
	for i := from; i < to; i++ {
		b.line[i] = ' '
	}
}
