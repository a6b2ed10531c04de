package zerologbridge

import (
	"strconv"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

const (
	maxFlat = 32       // objects inside each other that get dotted keys; deeper ones are JSON text
	maxText = 64 << 10 // bytes of an error's text, and of a string in an array
)

// maxShared is the longest line, in bytes, of which one copy serves all attributes. The attributes of a longer one have
// text of their own, or a short one would keep all of it in memory as long as the span lives.
const maxShared = 16 << 10

// converter turns the members of a line into attributes of a span event.
type converter struct {
	to    *events.Event
	rules *events.Rules
	buf   []byte // the line; zerolog uses its memory again
	line  string // a copy of it that the attributes share; empty for a long one
	told  bool   // the first error is noted
}

// glance is what was seen of a line without its end, on the way over it.
type glance struct {
	flat bool // it is well-formed: a brace and plain members, at least one; the rest is known of such a line only
	ids  bool // there is a member that has the name of an id
}

// record adds the fields of a line to the event. A nil line has none to see.
func record(to *events.Event, rules *events.Rules, line []byte, level zerolog.Level) (seen glance) {
	s, ok := open(line, 0)
	if !ok {
		return glance{}
	}
	c := converter{to: to, rules: rules, buf: line}
	if len(line) <= maxShared {
		c.line = string(line)
	}
	hasLevel := level != zerolog.NoLevel && zerolog.LevelFieldName != ""
	var m member
	for s.next(&m) {
		key := c.key(&m)
		if hasLevel && key == zerolog.LevelFieldName {
			hasLevel = false
			continue
		}
		hasLevel = false // it is the first one or none
		switch {
		case rules.IsID(key):
			seen.ids = true
		case key != zerolog.TimestampFieldName:
			c.root(key, &m)
		}
	}
	seen.flat = s.flat(&m)
	return seen
}

// raw returns what stands on the line from the one place to the other.
func (c *converter) raw(from, to int) string {
	if c.line != "" {
		return c.line[from:to]
	}
	return string(c.buf[from:to])
}

func (c *converter) key(m *member) string {
	return text(c.raw(m.key, m.keyEnd), 0, m.keyEnd-m.key, m.odd)
}

// text returns the text of a member that is a string.
func (c *converter) text(m *member) string {
	return text(c.raw(m.value, m.end), 0, m.end-m.value, m.escaped)
}

// text returns the text of the JSON string from the one place to the other.
func text(line string, from, to int, escaped bool) string {
	s := line[from+1 : to-1]
	if escaped {
		s = events.UnquoteJSON(s)
	}
	return s
}

// root adds a member of the line itself, where some names have a meaning.
func (c *converter) root(key string, m *member) {
	if key == zerolog.CallerFieldName && m.kind == '"' {
		if file, line, ok := source(c.text(m)); ok {
			c.to.AddSource("", file, line)
			return
		}
	}
	if key == zerolog.ErrorFieldName {
		c.error(m)
	}
	if !m.plain || !c.plain(key, m) {
		c.add(key, 0, m, 0)
	}
}

// error notes the text of an error: of one that is an object, its JSON.
func (c *converter) error(m *member) {
	if c.told {
		return
	}
	c.told = true
	if m.kind == '"' {
		c.to.AddErrorText(spanstate.Cut(c.text(m), maxText))
		return
	}
	c.to.AddErrorText(spanstate.Cut(c.broken(m), maxText))
}

// source takes "file:line" apart.
func source(caller string) (file string, line int, ok bool) {
	at := strings.LastIndexByte(caller, ':')
	if at < 1 {
		return "", 0, false
	}
	line, err := strconv.Atoi(caller[at+1:])
	return caller[:at], line, err == nil && line > 0
}

// add adds a member whose key has a part for its groups, of so many bytes.
func (c *converter) add(key string, group int, m *member, depth int) {
	switch m.kind {
	case '"':
		c.to.AddString(group, key, c.text(m))
	case 't', 'f':
		c.to.AddBool(group, key, m.kind == 't')
	case '0':
		c.number(key, group, c.raw(m.value, m.end))
	case '{':
		c.object(key, group, m, depth)
	case '[':
		c.array(key, group, m)
	default: // null, or what is no JSON at all
		c.asText(key, group, m)
	}
}

// asText adds the value as it stands on the line.
func (c *converter) asText(key string, group int, m *member) {
	c.to.AddIn(group, events.String(key, c.broken(m)))
}

// broken is a value as it stands on the line. What is no JSON has a mark, and may hide a secret under a key that cannot be
// read.
func (c *converter) broken(m *member) string {
	raw := c.raw(m.value, m.end)
	switch {
	case m.kind != 0 || valid([]byte(raw)): // or only nested too deep
		return raw
	case c.rules.Redacts():
		return events.Redacted
	}
	return notJSON + raw
}

// object adds the members of an object under dotted keys.
func (c *converter) object(key string, group int, m *member, depth int) {
	s, _ := open(c.buf[:m.end], m.value)
	if depth == maxFlat || s.head.value == 0 {
		c.asText(key, group, m)
		return
	}
	prefix := key + "."
	var inner member
	for s.next(&inner) {
		key := c.key(&inner)
		if key == zerolog.ErrorFieldName && inner.kind == '"' {
			c.error(&inner)
		}
		c.add(prefix+key, len(prefix), &inner, depth+1)
	}
}
