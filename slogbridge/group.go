package slogbridge

import (
	"log/slog"

	"github.com/spanlog/spanlog/events"
)

// group writes a group; one without a name is written into the group around it, one that turns out empty not at all.
func (e *encoder) group(name string, attrs []slog.Attr) bool {
	if len(attrs) == 0 {
		return true // as slog: the attribute counts, and leaves nothing
	}
	if e.nested >= maxDepth || name != "" && e.depth >= maxDepth {
		e.field(name)
		e.string(tooDeep)
		return true
	}
	e.nested++
	defer func() { e.nested-- }()
	if name == "" {
		return e.attrs(attrs)
	}
	m := e.mark()
	key, asString := e.groupName(name)
	around, begin := e.open(name, key), len(e.b)-1
	if !e.attrs(attrs) {
		e.reset(m)
		return false
	}
	e.close()
	e.ecs.seen, e.path = around, m.path
	if asString {
		text := string(e.b[begin:])
		e.b = events.AppendJSONString(e.b[:begin], text)
	}
	return true
}

// groupName returns the name of a group that is an attribute, and whether it must be a string.
func (e *encoder) groupName(name string) (key string, asString bool) {
	switch {
	case e.depth > 0:
		return e.rules.Inside(e.path, name, false), false
	case e.gives(name):
		return e.rules.Label(name), e.rules.Schema() == events.ECS
	}
	return e.rules.Place(name, false)
}

// openName returns the name of a group of WithGroup.
func (e *encoder) openName(name string) string {
	switch {
	case e.depth > 0:
		return e.rules.Inside(e.path, name, false)
	case e.rules.IsID(name) && !e.traced:
		return name
	}
	return e.rules.Open(name)
}

// inGroups opens the groups, runs write, and takes all back if it wrote nothing. It reports whether something was written.
func (e *encoder) inGroups(names []string, write func() bool) bool {
	m := e.mark()
	for _, name := range names {
		e.open(name, e.openName(name))
	}
	if write() {
		return true
	}
	e.reset(m)
	return false
}

// open begins an object and returns the keys of the one around it.
func (e *encoder) open(name, key string) (around []string) {
	e.field(key)
	if e.tracksPath() {
		e.path += name + "."
	}
	e.b = append(e.b, '{')
	e.comma = false
	e.depth++
	around = e.ecs.seen
	if e.depth == 1 {
		e.ecs.root = around
	}
	e.ecs.seen = around[len(around):]
	if e.opts.ReplaceAttr != nil {
		e.groups = append(e.groups, name)
	}
	return around
}

func (e *encoder) close() {
	e.b = append(e.b, '}')
	e.comma = true
	e.depth--
	if e.opts.ReplaceAttr != nil {
		e.groups = e.groups[:len(e.groups)-1]
	}
}
