package zerologbridge

import (
	"strconv"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// maxExact: whole numbers below it are exact as float64.
const maxExact = 1 << 53

// array adds an array: as a slice where all elements are strings, bools or numbers, else as its JSON text.
func (c *converter) array(key string, group int, m *member) {
	kind, raw := c.elements(m)
	switch kind {
	case '"':
		c.to.AddIn(group, attribute.StringSlice(key, each(raw, func(s string) string { return spanstate.Cut(events.UnquoteJSON(s[1:len(s)-1]), maxText) })))
	case 't':
		c.to.AddIn(group, attribute.BoolSlice(key, each(raw, func(s string) bool { return s == "true" })))
	case '0':
		c.numbers(key, group, m, raw)
	default:
		c.asText(key, group, m)
	}
}

// elements returns the elements' JSON and their kind; 0 where they are of several kinds, or there are none.
func (c *converter) elements(m *member) (kind byte, raw []string) {
	s := scanner{b: c.buf[:m.end], i: m.value + 1}
	for {
		s.space()
		from := s.i
		k := s.scan(0)
		if k == 'f' {
			k = 't'
		}
		if k == 0 || kind != 0 && k != kind {
			return 0, nil
		}
		kind, raw = k, append(raw, c.raw(from, s.i))
		if !s.eat(',') {
			return kind, raw
		}
	}
}

func each[T any](raw []string, convert func(string) T) []T {
	out := make([]T, len(raw))
	for i, s := range raw {
		out[i] = convert(s)
	}
	return out
}

// numbers adds whole numbers as int64, others as float64, and those that neither holds exactly as JSON text.
func (c *converter) numbers(key string, group int, m *member, raw []string) {
	exact := true
	ints := each(raw, func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		exact = exact && err == nil
		return n
	})
	if exact {
		c.to.AddIn(group, attribute.Int64Slice(key, ints))
		return
	}
	exact = true
	floats := each(raw, func(s string) float64 {
		f, err := strconv.ParseFloat(s, 64)
		exact = exact && err == nil && !(whole(s) && (f >= maxExact || f <= -maxExact))
		return f
	})
	if !exact {
		c.asText(key, group, m)
		return
	}
	c.to.AddIn(group, attribute.Float64Slice(key, floats))
}
