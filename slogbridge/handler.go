package slogbridge

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// Handler is a [slog.Handler] that writes JSON lines with the ids of the span. It is made by [NewHandler].
type Handler struct {
	*output
	plain  []byte // attributes of With as JSON members, groups opened
	traced []byte // the same without attributes that the ids of a span take the place of
	split  bool   // traced was made apart from plain
	nOpen  int    // groups opened in plain and traced
	names  []string
	prefix string          // the names, each with a dot behind it
	fields events.Fields   // the attributes of With for span events
	ecs    [2]ecsState     // what the attributes of With leave for those of the record: in plain, in traced
	bound  context.Context // of With(ctx, logger); nil if there is none
}

// output is what all handlers derived from one NewHandler share.
type output struct {
	mu    sync.Mutex // serialises Write
	write func(slog.Level, []byte) (int, error)
	opts  slog.HandlerOptions
	rules *events.Rules

	head   head
	simple bool // scalars are written as they are: nothing replaces, hides or renames them, but for names of ids
}

var _ slog.Handler = (*Handler)(nil)

// lineWriter is a writer that wants to know the level of each line; elk's shipper and Tee are.
type lineWriter interface {
	WriteLine(level slog.Level, line []byte) (int, error)
}

// NewHandler returns a handler that writes JSON lines to w. The arguments are those of [slog.NewJSONHandler], and a
// policy. A nil opts or p means the defaults; a nil w discards the lines and leaves the span events.
// Where w has a method WriteLine(slog.Level, []byte) (int, error), it is called instead of Write.
func NewHandler(w io.Writer, opts *slog.HandlerOptions, p *events.Policy) *Handler {
	o := &output{rules: p.Rules(), write: writeTo(w)}
	o.head = newHead(o.rules)
	if opts != nil {
		o.opts = *opts
	}
	o.opts.Level = spanstate.Leveler(o.opts.Level, slog.LevelInfo)
	o.simple = o.opts.ReplaceAttr == nil && !o.rules.Redacts() && o.rules.Schema() != events.ECS && len(o.rules.Constant()) == 0
	return &Handler{output: o}
}

func writeTo(w io.Writer) func(slog.Level, []byte) (int, error) {
	if w == nil {
		w = io.Discard
	}
	if lw, ok := w.(lineWriter); ok {
		return lw.WriteLine
	}
	return func(_ slog.Level, line []byte) (int, error) { return w.Write(line) }
}

// Enabled reports whether level is at or above the level of the options, by default, and where that panics, Info.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.opts.Level.Level()
}

// Handle writes the record as one line and adds it to the span of ctx, or of the bound context if ctx has none.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	scope := h.rules.Scope(ctx, h.bound)
	line := lines.Get().(*[]byte)
	enc := encoder{output: h.output, b: (*line)[:0]}
	if e := h.rules.Begin(&scope, r.Level, &events.Call{Time: r.Time, PC: r.PC, Message: r.Message}); e != nil {
		h.bindings(e, &r)
		enc.event, enc.h = &e.Fields, h
		enc.record(h, &r, &scope)
		e.End(r.Level.String(), r.Message, r.Time)
	} else {
		enc.record(h, &r, &scope)
	}
	err := h.put(r.Level, enc.b)
	keep(line, enc.b)
	return err
}

// put writes the line. A writer that panics is an error, not the end of the program.
func (o *output) put(level slog.Level, line []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("slogbridge: the writer panicked: %v", r)
		}
	}()
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err = o.write(level, line)
	return err
}

// replace is the user's ReplaceAttr, which must be there, and safe: what it raises stands in the place of the value.
func (o *output) replace(groups []string, a slog.Attr) (replaced slog.Attr) {
	defer func() {
		if r := recover(); r != nil {
			replaced = slog.String(a.Key, fmt.Sprintf("!PANIC: %v", r))
		}
	}()
	replaced = o.opts.ReplaceAttr(groups, a)
	replaced.Value = events.Resolve(replaced.Value)
	return replaced
}

// WithAttrs returns a handler that adds attrs to every record.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if allEmptyGroups(attrs) || answer(attrs) {
		return h
	}
	n := *h
	n.fields = h.fields.Clone()
	c := h.converter(&n.fields)
	c.attrs(attrs)
	n.plain, n.nOpen, n.ecs[0] = h.extend(h.plain, attrs, false)
	n.traced, n.ecs[1] = n.plain, n.ecs[0]
	if n.split = h.hidesIDs(attrs); n.split {
		n.traced, _, n.ecs[1] = h.extend(h.traced, attrs, true)
	}
	return &n
}

// hidesIDs reports whether the two forms of the bound attributes may differ: an attribute at the root has an id's name, or
// may get one.
func (h *Handler) hidesIDs(attrs []slog.Attr) bool {
	return h.split || h.opts.ReplaceAttr != nil || len(h.names) == 0 && has(attrs, h.rules.IsID, 0) || len(h.names) > 0 && h.rules.IsID(h.names[0])
}

// extend returns pre with attrs encoded behind it, how many groups are open there, and what is left for the record.
func (h *Handler) extend(pre []byte, attrs []slog.Attr, traced bool) ([]byte, int, ecsState) {
	enc := encoder{output: h.output, b: slices.Clip(pre), traced: traced, ecs: h.ecsOf(traced).clone()}
	enc.resume(pre)
	enc.start(h.names[:h.nOpen])
	if !enc.inGroups(h.names[h.nOpen:], func() bool { return enc.attrs(attrs) }) {
		return pre, h.nOpen, enc.ecs
	}
	return enc.b, len(h.names), enc.ecs
}

func (h *Handler) ecsOf(traced bool) *ecsState {
	if traced {
		return &h.ecs[1]
	}
	return &h.ecs[0]
}

// WithGroup returns a handler that puts later attributes into a group of that name. An empty name returns h.
func (h *Handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	n := *h
	n.names, n.prefix = append(slices.Clip(h.names), name), h.prefix+name+"."
	return &n
}

func (h *Handler) bind(ctx context.Context) slog.Handler {
	n := *h
	n.bound = ctx
	return &n
}

func allEmptyGroups(attrs []slog.Attr) bool {
	for _, a := range attrs {
		if a.Value.Kind() != slog.KindGroup || len(a.Value.Group()) > 0 {
			return false
		}
	}
	return true
}

// has reports whether an attribute at the root bears such a name. Groups without a name count as the root.
// Depth is how many of these are around attrs.
func has(attrs []slog.Attr, is func(key string) bool, depth int) bool {
	for _, a := range attrs {
		if is(a.Key) {
			return true
		}
		if a.Key != "" || depth == maxDepth {
			continue
		}
		if v := events.Resolve(a.Value); v.Kind() == slog.KindGroup && has(v.Group(), is, depth+1) {
			return true
		}
	}
	return false
}
