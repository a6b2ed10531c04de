package slogbridge

import (
	"log/slog"
	"sync"

	"github.com/spanlog/spanlog/events"
)

// maxKept is the largest line buffer, in bytes, that is used again.
const maxKept = 16 << 10

var lines = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

func keep(p *[]byte, b []byte) {
	if cap(b) <= maxKept {
		*p = b
		lines.Put(p)
	}
}

// encoder writes one line. It follows slog's own JSON handler attribute by attribute, so that the lines are the same.
type encoder struct {
	*output
	b      []byte
	comma  bool     // the next member needs a comma before it
	depth  int      // open groups; 0 is the root
	nested int      // groups of one attribute that are being written, those without a name too
	groups []string // names of the open groups, for ReplaceAttr; kept only where there is one
	path   string   // the same names, each with a dot behind it; kept only where it is asked for, see tracksPath
	traced bool     // a span's ids are on this line: attributes of their names give way
	ecs    ecsState
	event  *events.Fields // of the record's attributes; nil where there is no event
	h      *Handler       // that has begun the event
}

func (e *encoder) record(h *Handler, r *slog.Record, scope *events.Scope) {
	e.traced = scope.Traced()
	e.b = append(e.b, '{')
	e.builtins(r)
	e.b = e.rules.AppendScopeIDs(e.b, scope)
	if e.rules.Schema() != events.ECS { // ecsHead writes them
		e.b = e.rules.AppendScope(e.b, scope)
	}
	e.b = e.rules.AppendConstant(e.b)
	e.comma = len(e.b) > 1
	if len(e.b) > 1 && e.b[1] == ',' { // ReplaceAttr removed all built-ins
		e.b = append(e.b[:1], e.b[2:]...)
	}
	if e.rules.Schema() == events.ECS {
		e.ecsHead(h, r, scope)
	}
	e.bound(h)
	open := h.nOpen
	e.start(h.names[:h.nOpen])
	switch {
	case r.NumAttrs() == 0:
	case open == len(h.names):
		e.recordAttrs(r)
	case e.inGroups(h.names[h.nOpen:], func() bool { return e.recordAttrs(r) }):
		open = len(h.names)
	}
	for range open {
		e.b = append(e.b, '}')
	}
	e.b = append(e.b, '}', '\n')
}

// start notes the groups that are open already.
func (e *encoder) start(names []string) {
	e.depth, e.path = len(names), ""
	if e.tracksPath() {
		for _, name := range names {
			e.path += name + "."
		}
	}
	if e.opts.ReplaceAttr != nil {
		e.groups = append(e.groups[:0], names...)
	}
}

// bound writes the attributes of With.
func (e *encoder) bound(h *Handler) {
	pre := h.plain
	if e.traced {
		pre = h.traced
	}
	if len(pre) == 0 {
		return
	}
	if e.comma {
		e.b = append(e.b, ',')
	}
	e.b = append(e.b, pre...)
	e.resume(pre)
}

// resume sets the separator for what follows pre.
func (e *encoder) resume(pre []byte) {
	if n := len(pre); n > 0 {
		e.comma = pre[n-1] != '{'
	}
}

// mark is a place on the line to go back to.
type mark struct {
	size, depth int
	comma       bool
	seen        []string
	path        string
}

func (e *encoder) mark() mark { return mark{len(e.b), e.depth, e.comma, e.ecs.seen, e.path} }

// reset goes back to m. The names of groups for ReplaceAttr stay, as slog's do.
func (e *encoder) reset(m mark) {
	e.b, e.depth, e.comma, e.ecs.seen, e.path = e.b[:m.size], m.depth, m.comma, m.seen, m.path
}

// tracksPath reports whether the path of the open groups is needed: it costs memory.
func (e *encoder) tracksPath() bool { return e.rules.Redacts() || e.rules.Schema() == events.ECS }

// recordAttrs writes the attributes of the record, and adds them to the event: to walk over them once saves 50 ns.
func (e *encoder) recordAttrs(r *slog.Record) bool {
	wrote := false
	r.Attrs(func(a slog.Attr) bool {
		kind := a.Value.Kind()
		if e.simple && isScalar(kind) {
			wrote = e.scalar(&a, kind) || wrote
			return true
		}
		if e.event != nil {
			c := e.h.converter(e.event)
			c.attr(a)
		}
		wrote = e.attr(a) || wrote
		return true
	})
	return wrote
}

func (e *encoder) attrs(as []slog.Attr) bool {
	wrote := false
	for _, a := range as {
		wrote = e.attr(a) || wrote
	}
	return wrote
}

// attr writes one attribute and reports whether there was something to write.
func (e *encoder) attr(a slog.Attr) bool {
	a.Value = events.Resolve(a.Value)
	if e.opts.ReplaceAttr != nil && a.Value.Kind() != slog.KindGroup {
		a = e.replace(e.groups, a)
	}
	return e.member(a, e.depth == 0)
}

func (e *encoder) text(key, value string) {
	e.key(key)
	e.string(value)
}

// key writes a key, and reports whether it stands there as it is: then it is UTF-8.
func (e *encoder) key(name string) (asIs bool) {
	if e.comma {
		e.b = append(e.b, ',')
	}
	e.comma = true
	size := len(e.b) + len(`"":`) + len(name)
	e.b = append(events.AppendJSONString(e.b, name), ':')
	return len(e.b) == size
}

// field is key for a name of the user's: under ECS it is told apart from those that are there already.
func (e *encoder) field(name string) {
	if e.rules.Schema() == events.ECS {
		name = e.ecs.unique(name, e.taken)
	}
	e.key(name)
}

func (e *encoder) string(s string) { e.b = events.AppendJSONString(e.b, s) }
