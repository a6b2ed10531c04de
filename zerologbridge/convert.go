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

// fields reads the fields of lines.
type fields struct {
	rules *events.Rules
	names uint64 // bits of the names of ids, and of the name of an event
}

// bit tells most keys from those that have a meaning, in less time than to compare them.
func bit(key string) uint64 {
	if key == "" {
		return 1
	}
	return 1 << ((len(key) + 3*int(key[0]) + 7*int(key[len(key)-1])) & 63)
}

// converter turns the members of a line into attributes of a span event.
type converter struct {
	to      *events.Event
	rules   *events.Rules
	buf     []byte // the line; zerolog uses its memory again
	line    string // a copy of it that the attributes share; empty for a long one
	special uint64 // bits of the keys that have a meaning
	first   bool   // the next member is the first one, and may be the level
	ids     bool   // there is a member that has the name of an id
	told    bool   // the first error is noted
}

// glance is a line without its end, and what was seen of it on the way over it.
type glance struct {
	line []byte
	flat bool // it is well-formed: a brace and plain members, at least one; the rest is known of such a line only
	ids  bool // there is a member that has the name of an id
}

// record adds the fields of a line to the event, and notes what is seen of it. A nil line has none to see.
func (f *fields) record(to *events.Event, seen *glance, level zerolog.Level) {
	c := converter{to: to, rules: f.rules, buf: seen.line}
	c.share()
	c.special = f.names | bit(zerolog.TimestampFieldName) | bit(zerolog.CallerFieldName) | bit(zerolog.ErrorFieldName)
	c.first = level != zerolog.NoLevel && zerolog.LevelFieldName != ""
	var s scanner
	var m member
	seen.flat = c.plainly(&s)
	for s.next(&m) {
		c.member(c.key(&m), &m)
	}
	seen.ids = c.ids
}

func (c *converter) share() {
	if len(c.buf) <= maxShared {
		c.line = string(c.buf)
	}
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

// member adds a member of the line itself, unless it is the level, the time or an id.
func (c *converter) member(key string, m *member) {
	first := c.first
	c.first = false
	switch {
	case first && key == zerolog.LevelFieldName:
	case c.rules.IsID(key):
		c.ids = true
	case key != zerolog.TimestampFieldName:
		c.root(key, m)
	}
}

// root adds a member of the line itself, where some names have a meaning.
func (c *converter) root(key string, m *member) {
	if key == zerolog.CallerFieldName && m.kind == '"' {
		if file, line, ok := source(c.text(m)); ok {
			c.to.AddSource("", spanstate.Cut(file, maxText), line)
			return
		}
	}
	if key == zerolog.ErrorFieldName {
		c.error(m)
	}
	c.add(key, 0, m, 0)
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
		c.number(key, group, m)
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
