package zerologbridge

import (
	"strconv"
	"strings"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// maxFlat is how many objects inside each other get dotted keys; deeper ones are JSON text.
const maxFlat = 32

// converter turns the members of a line into attributes of a span event.
type converter struct {
	to    *events.Event
	rules *events.Rules
	buf   []byte // the line; zerolog uses its memory again
	line  string // a copy of it that the attributes share
	told  bool   // the first error is noted
}

// record adds the fields of a line to the event. A nil line has none to see.
func record(to *events.Event, rules *events.Rules, line []byte, level zerolog.Level) {
	s, ok := open(line, 0)
	if !ok {
		return
	}
	c := converter{to: to, rules: rules, buf: line, line: string(line)}
	hasLevel := level != zerolog.NoLevel && zerolog.LevelFieldName != ""
	var m member
	for s.next(&m) {
		key := c.key(&m)
		if hasLevel && key == zerolog.LevelFieldName {
			hasLevel = false
			continue
		}
		hasLevel = false // it is the first one or none
		if key != zerolog.TimestampFieldName && !rules.IsID(key) {
			c.root(key, &m)
		}
	}
}

func (c *converter) key(m *member) string {
	return text(c.line, m.key, m.keyEnd, m.odd)
}

// text returns the text of the JSON string from the one place to the other.
func text(line string, from, to int, escaped bool) string {
	s := line[from+1 : to-1]
	if escaped {
		s = unquote(s)
	}
	return s
}

// root adds a member of the line itself, where some names have a meaning.
func (c *converter) root(key string, m *member) {
	if key == zerolog.CallerFieldName && m.kind == '"' {
		if file, line, ok := source(text(c.line, m.value, m.end, m.escaped)); ok {
			c.to.AddSource("", file, line)
			return
		}
	}
	if key == zerolog.ErrorFieldName && !c.told {
		c.told = true
		c.to.AddErrorText(errorText(c.line, m))
	}
	c.add(key, m, 0)
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

// errorText is the message of an error that stands as this member; of one that is an object, its JSON.
func errorText(line string, m *member) string {
	if m.kind == '"' {
		return text(line, m.value, m.end, m.escaped)
	}
	return strings.ToValidUTF8(line[m.value:m.end], "\ufffd")
}

func (c *converter) add(key string, m *member, depth int) {
	switch m.kind {
	case '"':
		c.to.Add(events.String(key, text(c.line, m.value, m.end, m.escaped)))
	case 't', 'f':
		c.to.Add(attribute.Bool(key, m.kind == 't'))
	case '0':
		c.to.Add(number(key, c.line[m.value:m.end]))
	case '{':
		c.object(key, m, depth)
	case '[':
		c.array(key, m)
	default: // null, or what is no JSON at all
		c.asText(key, m)
	}
}

// asText adds the value as it stands on the line.
func (c *converter) asText(key string, m *member) {
	c.to.Add(events.String(key, strings.ToValidUTF8(c.line[m.value:m.end], "\ufffd")))
}

// number returns a whole number as int64, or as its digits where that is too small; a fraction as float64.
func number(key, raw string) attribute.KeyValue {
	if !whole(raw) {
		if f, err := strconv.ParseFloat(raw, 64); err == nil {
			return attribute.Float64(key, f)
		}
	}
	return events.FromJSONText(key, raw)
}

func whole(raw string) bool {
	for i := range len(raw) {
		if c := raw[i]; c == '.' || c|' ' == 'e' {
			return false
		}
	}
	return true
}

// object adds the members of an object under dotted keys.
func (c *converter) object(key string, m *member, depth int) {
	s, _ := open(c.buf[:m.end], m.value)
	if depth == maxFlat || s.head.value == 0 {
		c.asText(key, m)
		return
	}
	var inner member
	for s.next(&inner) {
		c.add(key+"."+c.key(&inner), &inner, depth+1)
	}
}
