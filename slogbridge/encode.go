package slogbridge

import (
	"log/slog"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"

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

func isScalar(kind slog.Kind) bool {
	return kind != slog.KindAny && kind != slog.KindGroup && kind != slog.KindLogValuer
}

// scalar is the short way of an attribute of the record to the line and the event, for most attributes of most programs:
// it takes a third of the time that attr and converter.attr take.
func (e *encoder) scalar(a *slog.Attr, kind slog.Kind) bool {
	tells := e.event != nil
	if e.depth == 0 && e.rules.IsID(a.Key) {
		if e.traced {
			return false
		}
		tells = false
	}
	want := len(e.b) + len(a.Key) + len(`"":`)
	if e.comma {
		want++
	}
	e.key(a.Key)
	asIs := len(e.b) == want // nothing was escaped: then it is UTF-8
	if kind == slog.KindString {
		text := a.Value.String()
		want += len(text) + len(`""`)
		e.string(text)
		asIs = len(e.b) == want
	} else {
		e.value(a.Key, a.Value, kind)
	}
	if tells {
		e.tell(a, kind, asIs)
	}
	return true
}

// tell adds a scalar to the event. Valid says that key and string are known to be UTF-8.
func (e *encoder) tell(a *slog.Attr, kind slog.Kind, valid bool) {
	key := e.h.prefix + a.Key
	if valid && e.h.prefix == "" && e.tellValid(key, &a.Value, kind) {
		return
	}
	c := e.h.converter(e.event)
	c.value(key, a.Value, kind)
}

// tellValid is the short way of an attribute to the event.
func (e *encoder) tellValid(key string, v *slog.Value, kind slog.Kind) bool {
	switch kind {
	case slog.KindString:
		text := v.String()
		if !events.IsPlain(key, text) {
			return false
		}
		*e.event.Place(0, key) = attribute.StringValue(text)
	case slog.KindInt64:
		*e.event.Place(0, key) = attribute.Int64Value(v.Int64())
	case slog.KindFloat64:
		*e.event.Place(0, key) = attribute.Float64Value(v.Float64())
	case slog.KindBool:
		*e.event.Place(0, key) = attribute.BoolValue(v.Bool())
	default:
		return false
	}
	return true
}

// gives reports whether an attribute at the root gives way to an id.
func (e *encoder) gives(key string) bool { return e.traced && e.rules.IsID(key) }

// member writes an attribute that is resolved and replaced. Guarded says that names of ours must be looked after.
func (e *encoder) member(a slog.Attr, guarded bool) bool {
	if e.rules.Redacts() && guardedByKey(a) && e.rules.Hides(e.path+a.Key) {
		a.Value = slog.StringValue(events.Redacted)
	}
	kind := a.Value.Kind() // which costs enough to be asked once
	switch kind {
	case slog.KindGroup:
		return e.group(a.Key, a.Value.Group())
	case slog.KindAny:
		if a.Equal(slog.Attr{}) {
			return false
		}
		if src, ok := a.Value.Any().(*slog.Source); ok {
			return e.source(a.Key, src)
		}
	}
	if guarded {
		return e.rootAttr(a, kind)
	}
	e.ecs.passed(a.Value)
	e.field(e.rules.Inside(e.path, a.Key, true))
	e.value(a.Key, a.Value, kind)
	return true
}

// guardedByKey reports whether the attribute has a key by which it can be hidden; a group without a name has none.
func guardedByKey(a slog.Attr) bool { return a.Key != "" || a.Value.Kind() != slog.KindGroup }

// rootAttr writes an attribute at the root, where it may collide with a name of ours.
func (e *encoder) rootAttr(a slog.Attr, kind slog.Kind) bool {
	if e.gives(a.Key) {
		return false
	}
	if e.rules.Schema() == events.ECS && e.ecsError(a) {
		return true
	}
	name, asString := e.rules.Place(a.Key, true)
	e.field(name)
	if asString {
		e.string(string(e.rules.CleanJSON(a.Key, []byte(textOf(a.Value)))))
	} else {
		e.value(a.Key, a.Value, kind)
	}
	return true
}

func (e *encoder) text(key, value string) {
	e.key(key)
	e.string(value)
}

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

func (e *encoder) key(name string) {
	if e.comma {
		e.b = append(e.b, ',')
	}
	e.comma = true
	e.b = append(events.AppendJSONString(e.b, name), ':')
}

// field is key for a name of the user's: under ECS it is told apart from those that are there already.
func (e *encoder) field(name string) {
	if e.rules.Schema() == events.ECS {
		name = e.ecs.unique(name, e.taken)
	}
	e.key(name)
}

func (e *encoder) string(s string) { e.b = events.AppendJSONString(e.b, s) }

// source writes a source position as a group, as slog does.
func (e *encoder) source(key string, src *slog.Source) bool {
	if src == nil || *src == (slog.Source{}) {
		return false
	}
	var as []slog.Attr
	if src.Function != "" {
		as = append(as, slog.String("function", src.Function))
	}
	if src.File != "" {
		as = append(as, slog.String("file", src.File))
	}
	if src.Line != 0 {
		as = append(as, slog.Int("line", src.Line))
	}
	return e.group(key, as)
}

// textOf is a value as the string that stands under labels.
func textOf(v slog.Value) string {
	if v.Kind() != slog.KindAny {
		return v.String()
	}
	return strings.ToValidUTF8(events.Any("", v.Any()).Value.String(), "\ufffd")
}
