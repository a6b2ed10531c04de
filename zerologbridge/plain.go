package zerologbridge

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// plain is next for a member as nearly all are: an ASCII string without escapes, a number without an exponent, true or
// false, with a key of that kind, no white space, and behind it the next such key or the end of an unfinished line. It is
// one function without calls, which takes 15 ns where next takes 45. It returns false, and has read nothing, where the
// member is any other.
func (s *scanner) plain(m *member) bool {
	b, i := s.b, s.head.value
	if i == len(b) || s.head.odd || i != s.head.keyEnd+1 {
		return false
	}
	kind := b[i]
	switch {
	case kind == '"':
		for i++; i < len(b) && asIs[b[i]]; i++ {
		}
		if i++; i > len(b) || b[i-1] != '"' {
			return false
		}
	case kind-'0' <= 9 || kind == '-':
		if i = pastPlainNumber(b, i); i == 0 {
			return false
		}
		kind = '0'
	case kind == 't' && i+4 <= len(b) && string(b[i:i+4]) == "true":
		i += 4
	case kind == 'f' && i+5 <= len(b) && string(b[i:i+5]) == "false":
		i += 5
	default:
		return false
	}
	next := header{comma: i, key: i + 1}
	if i < len(b) {
		if b[i] != ',' || i+1 == len(b) || b[i+1] != '"' {
			return false
		}
		k := i + 2
		for ; k < len(b) && asIs[b[k]]; k++ {
		}
		if k+2 >= len(b) || b[k] != '"' || b[k+1] != ':' || b[k+2] <= ' ' {
			return false
		}
		next.keyEnd, next.value = k+1, k+2
	}
	*m = member{header: s.head, end: i, kind: kind, plain: true}
	s.head, s.i = next, max(i, next.value)
	return true
}

// flat reports whether all members were plain, the last one at the end of the line, and nothing stands before them.
func (s *scanner) flat(last *member) bool {
	return !s.other && last.end == len(s.b) && s.b[0] == '{' && s.b[1] == '"'
}

// plain adds a member of the line itself that is plain: nothing of it has to be looked at again. It reports whether it
// could.
func (c *converter) plain(key string, m *member) bool {
	raw := c.raw(m.value, m.end)
	switch m.kind {
	case '"':
		v := raw[1 : len(raw)-1]
		if !events.IsPlain(key, v) {
			return false
		}
		*c.to.Place(0, key) = attribute.StringValue(v)
	case '0':
		n, decimals, ok := digits(raw)
		switch {
		case !ok:
			return false
		case decimals == 0:
			*c.to.Place(0, key) = attribute.Int64Value(n)
		default:
			*c.to.Place(0, key) = attribute.Float64Value(float64(n) / tens[decimals])
		}
	default:
		*c.to.Place(0, key) = attribute.BoolValue(m.kind == 't')
	}
	return true
}

// pastPlainNumber returns the place behind a number without an exponent, 0 where there is none.
func pastPlainNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
	}
	if i == from || b[from] == '0' && i > from+1 {
		return 0
	}
	if i < len(b) && b[i] == '.' {
		from = i
		for i++; i < len(b) && b[i]-'0' <= 9; i++ {
		}
		if i == from+1 {
			return 0
		}
	}
	if i < len(b) && b[i]|' ' == 'e' {
		return 0
	}
	return i
}
