package slogbridge

import (
	"log/slog"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
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
	groups []string // names of the open groups, for ReplaceAttr; kept only where there is one
	traced bool     // a span's ids are on this line: attributes of their names give way
	told   bool     // ECS: error.* is taken
}

func (e *encoder) record(h *Handler, r slog.Record, sc trace.SpanContext) {
	e.traced = sc.IsValid()
	e.b = append(e.b, '{')
	e.builtins(r)
	e.b = e.rules.AppendConstant(e.rules.AppendIDs(e.b, sc))
	e.comma, e.told = len(e.b) > 1, h.told
	if len(e.b) > 1 && e.b[1] == ',' { // ReplaceAttr removed all built-ins
		e.b = append(e.b[:1], e.b[2:]...)
	}
	e.bound(h)
	open := h.nOpen
	e.start(h.names[:h.nOpen])
	if r.NumAttrs() > 0 && e.inGroups(h.names[h.nOpen:], func() bool { return e.recordAttrs(r) }) {
		open = len(h.names)
	}
	for range open {
		e.b = append(e.b, '}')
	}
	e.b = append(e.b, '}', '\n')
}

// start notes the groups that are open already.
func (e *encoder) start(names []string) {
	e.depth = len(names)
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

// inGroups opens the groups, runs write, and takes all back if it wrote nothing. It reports whether something was written.
func (e *encoder) inGroups(names []string, write func() bool) bool {
	size, comma, depth := len(e.b), e.comma, e.depth
	for _, name := range names {
		e.open(name)
	}
	if write() {
		return true
	}
	e.b, e.comma, e.depth = e.b[:size], comma, depth // e.groups keeps the names, as slog's does
	return false
}

func (e *encoder) recordAttrs(r slog.Record) bool {
	wrote := false
	r.Attrs(func(a slog.Attr) bool {
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
	a.Value = a.Value.Resolve()
	if rep := e.opts.ReplaceAttr; rep != nil && a.Value.Kind() != slog.KindGroup {
		a = rep(e.groups, a)
		a.Value = a.Value.Resolve()
	}
	return e.member(a, e.depth == 0)
}

// member writes an attribute that is resolved and replaced. Guarded says that names of ours must be looked after.
func (e *encoder) member(a slog.Attr, guarded bool) bool {
	switch a.Value.Kind() {
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
		return e.rootAttr(a)
	}
	e.key(a.Key)
	e.value(a.Value)
	return true
}

// rootAttr writes an attribute at the root, where it may collide with a name of ours.
func (e *encoder) rootAttr(a slog.Attr) bool {
	if e.traced && e.rules.IsID(a.Key) {
		return false
	}
	if e.rules.Schema() == events.ECS && e.ecsError(a) {
		return true
	}
	name, asString := e.rules.Place(a.Key, true)
	e.key(name)
	if asString {
		e.string(textOf(a.Value))
	} else {
		e.value(a.Value)
	}
	return true
}

// ecsError writes the first error value of a line, or a string called error, as error.*. Later ones are labels.
func (e *encoder) ecsError(a slog.Attr) bool {
	err := errorOf(a.Value)
	if err == nil && (a.Key != "error" || a.Value.Kind() != slog.KindString) {
		return false
	}
	var text string
	if err != nil {
		text = spanstate.Text(err)
	} else {
		text = a.Value.String()
	}
	if e.told {
		e.text(e.rules.Label(a.Key), text)
		return true
	}
	e.told = true
	e.text("error.message", text)
	if err != nil {
		e.text("error.type", spanstate.ErrorType(err))
		if stack := spanstate.StackTrace(err); stack != "" {
			e.text("error.stack_trace", stack)
		}
	}
	return true
}

// errorOf returns the error that v is, nil if it is none.
func errorOf(v slog.Value) error {
	if v.Kind() != slog.KindAny {
		return nil
	}
	err, _ := v.Any().(error)
	return err
}

func (e *encoder) text(key, value string) {
	e.key(key)
	e.string(value)
}

// group writes a group; one without a name is written into the group around it, one that turns out empty not at all.
func (e *encoder) group(name string, attrs []slog.Attr) bool {
	if name == "" {
		return len(attrs) == 0 || e.attrs(attrs)
	}
	if e.depth == 0 && e.traced && e.rules.IsID(name) {
		return false
	}
	if len(attrs) == 0 {
		return true // as slog: the attribute counts, and leaves nothing
	}
	if !e.inGroups([]string{name}, func() bool { return e.attrs(attrs) }) {
		return false
	}
	e.close()
	return true
}

func (e *encoder) open(name string) {
	key := name
	if e.depth == 0 {
		key, _ = e.rules.Place(name, false)
	}
	e.key(key)
	e.b = append(e.b, '{')
	e.comma = false
	e.depth++
	if e.opts.ReplaceAttr != nil {
		e.groups = append(e.groups, name)
	}
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
	e.string(name)
	e.b = append(e.b, ':')
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
