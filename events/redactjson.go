package events

import (
	"encoding/json"
	"strings"
)

// appendJSON appends text, a JSON value with whatever follows it, with hidden values replaced and strings cleaned. All
// other bytes stay as they are, so numbers keep their digits. It reports whether text is JSON.
func (rs redactions) appendJSON(dst []byte, path, text string) ([]byte, bool) {
	if !json.Valid([]byte(text)) {
		return dst, false
	}
	c := cleaner{rs: rs, text: text, out: dst}
	c.value(path)
	return append(c.out, c.text[c.at:]...), true
}

// cleaner copies valid JSON.
type cleaner struct {
	rs   redactions
	text string
	at   int
	out  []byte
}

// value copies one value, or hides it.
func (c *cleaner) value(path string) {
	c.space()
	if path != "" && c.rs.hides(path) {
		c.skip()
		c.out = AppendJSONString(c.out, Redacted)
		return
	}
	switch c.text[c.at] {
	case '{':
		c.members('}', func() {
			key := c.stringToken()
			c.out = append(c.out, c.text[c.at-len(key):c.at]...)
			c.space()
			c.copy(1) // the colon
			c.value(join(path, unquote(key)))
		})
	case '[':
		c.members(']', func() { c.value(path) })
	case '"':
		c.string()
	default:
		c.copy(c.scalar())
	}
}

// members copies what is between brackets; each handles one member.
func (c *cleaner) members(end byte, each func()) {
	c.copy(1)
	for c.space(); c.text[c.at] != end; c.space() {
		if c.text[c.at] == ',' {
			c.copy(1)
			c.space()
		}
		each()
	}
	c.copy(1)
}

// string copies a string, cleaned; it stays as written if there is nothing to hide in it.
func (c *cleaner) string() {
	quoted := c.stringToken()
	text := unquote(quoted)
	if cleaned := c.rs.clean(text); cleaned != text {
		c.out = AppendJSONString(c.out, cleaned)
		return
	}
	c.out = append(c.out, quoted...)
}

// stringToken steps over a string and returns it with its quotation marks.
func (c *cleaner) stringToken() string {
	begin := c.at
	for c.at++; c.text[c.at] != '"'; c.at++ {
		if c.text[c.at] == '\\' {
			c.at++
		}
	}
	c.at++
	return c.text[begin:c.at]
}

// scalar returns the length of a number or literal.
func (c *cleaner) scalar() int {
	if n := strings.IndexAny(c.text[c.at:], ",]} \t\r\n"); n >= 0 {
		return n
	}
	return len(c.text) - c.at
}

// skip steps over a value.
func (c *cleaner) skip() {
	out := c.out
	quiet := cleaner{text: c.text, at: c.at}
	quiet.value("")
	c.at, c.out = quiet.at, out
}

func (c *cleaner) copy(n int) {
	c.out = append(c.out, c.text[c.at:c.at+n]...)
	c.at += n
}

func (c *cleaner) space() {
	n := len(c.text[c.at:]) - len(strings.TrimLeft(c.text[c.at:], " \t\r\n"))
	c.copy(n)
}

func unquote(quoted string) string { return UnquoteJSON(quoted[1 : len(quoted)-1]) }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
