package zapbridge

import (
	"slices"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// Wrap returns a logger that adds ids and span events to what l does. A nil p means the defaults. The cores of l decide
// what is enabled, sampled and written, and how a line looks; of the schema only the names of what is added apply.
//
// A logger that has a core of this package is returned as it is, with the policy it has, whatever stands around that
// core: a sampler, hooks, a tee. A nil l gives a logger that discards the lines and leaves the span events.
func Wrap(l *zap.Logger, p *events.Policy) *zap.Logger {
	if l == nil || l.Core() == nil {
		return zap.New(NewCore(nil, nil, p))
	}
	if ours(l.Core()) {
		return l
	}
	return l.WithOptions(zap.WrapCore(func(inner zapcore.Core) zapcore.Core {
		w := &wrapper{bound: start(p), rules: p.Rules(), inner: inner, mayPanic: !levelsOfZap(inner)}
		if constant := constantFields(w.rules); len(constant) > 0 {
			w.inner = inner.With(constant)
		}
		w.direct = isIOCore(inner) && !w.mayPanic
		w.names, w.ids = hexNames(w.rules), new(spanstate.IDCache[idFields])
		w.idle = !w.rules.Records() && !w.rules.Redacts() && len(w.rules.Constant()) == 0
		if hasZapEncoder(w.inner) {
			w.spans = new(spanCores)
		}
		return w
	}))
}

// wrapper is a core around another one.
//
// The ids go before the first namespace, but whether a call has a span is known only when its fields are there, and the
// wrapped core must be asked once: asking is what a sampler counts. So fields are held back from the first one on that
// opens a namespace, or that an id would take the place of, and are given to the wrapped core with each call.
type wrapper struct {
	bound
	rules *events.Rules
	inner zapcore.Core    // holds the fields of With up to the first that is held back
	held  []zapcore.Field // the fields of With from there on, without Context fields

	idle  bool       // a call without a Context field is of no interest: there is nothing to add, to place or to hide
	spans *spanCores // made of inner; nil where it is not such a core
	names *[3]string // of the ids, see hexIDs
	ids   *spanstate.IDCache[idFields]

	mayPanic bool // when inner is asked for a level
	direct   bool // inner decides by the level alone, see ioCore
}

var _ zapcore.Core = (*wrapper)(nil)

// Enabled asks the wrapped core.
func (w *wrapper) Enabled(l zapcore.Level) bool {
	if w.mayPanic {
		return carefulLevel{w.inner}.Enabled(l)
	}
	return w.inner.Enabled(l)
}

// Level asks the wrapped core, for [zapcore.LevelOf].
func (w *wrapper) Level() zapcore.Level { return carefulLevel{w.inner}.Level() }

// Sync asks the wrapped core.
func (w *wrapper) Sync() error { return w.inner.Sync() }

// Check asks the wrapped core. What agreed to write is called by a core of ours that is good for this one entry, so that
// samplers, tees, levels and hooks below decide as before.
func (w *wrapper) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if w.direct {
		switch {
		case !w.inner.Enabled(ent.Level):
			return ce
		case ent.Level < zapcore.DPanicLevel: // no need to know what the entry's hook does
			return ce.AddCore(ent, w)
		}
		o := oneShots.Get().(*oneShot)
		o.w, o.outer = w, ce.AddCore(ent, o)
		return o.outer
	}
	in := w.ask(ent)
	if in == nil {
		return ce
	}
	o := oneShots.Get().(*oneShot)
	o.w, o.in = w, in.AddCore(ent, o)
	o.outer = ce.AddCore(ent, o)
	return o.outer
}

// ask asks the wrapped core whether it writes the entry. Where that panics, as a level of the user's may, it writes from
// Info on.
func (w *wrapper) ask(ent zapcore.Entry) (in *zapcore.CheckedEntry) {
	if w.mayPanic {
		defer func() {
			if recover() != nil && ent.Level >= zapcore.InfoLevel {
				in = in.AddCore(ent, w.inner)
			}
		}()
	}
	return w.inner.Check(ent, nil)
}

// Write writes to the wrapped core without asking it.
func (w *wrapper) Write(ent zapcore.Entry, fields []zapcore.Field) error {
	if w.idle && ent.Level < zapcore.DPanicLevel && lastCarrier(fields) == nil {
		return deliver(w.inner, &ent, fields)
	}
	scope := w.scopeOf(w.rules, fields)
	w.addTo(&scope, w.rules, &ent, fields)
	w.clean(&ent)
	err := w.put(&ent, &scope, fields)
	flush(w.rules, &scope, ent.Level, false)
	return err
}

// put writes the line.
func (w *wrapper) put(ent *zapcore.Entry, scope *events.Scope, fields []zapcore.Field) error {
	core, ids := w.coreOf(scope)
	if line, ok := w.unchanged(scope, fields, ids); ok {
		return deliver(core, ent, line)
	}
	m := memories.Get().(*memory)
	defer m.free()
	return deliver(core, ent, w.line(m, scope, fields, ids))
}

// deliver writes the entry; after the panic of a field once more.
func deliver(core zapcore.Core, ent *zapcore.Entry, line []zapcore.Field) error {
	failed, err := try(core, ent, line)
	if failed == nil {
		return err
	}
	return failed.again(line, func(line []zapcore.Field) (*failure, error) { return try(core, ent, line) })
}

func try(core zapcore.Core, ent *zapcore.Entry, line []zapcore.Field) (failed *failure, err error) {
	defer func() { failed = failureOf(recover()) }()
	return nil, core.Write(*ent, line)
}

// With returns a core that adds fields to every line and event. A [Context] field binds the core to its span.
func (w *wrapper) With(fields []zapcore.Field) zapcore.Core {
	if len(fields) == 0 || answer(fields) {
		return w
	}
	n := *w
	opens, hides := n.bound.with(w.rules, fields)
	if w.rules.Redacts() {
		fields = w.cleaned(fields) // may be more of them
		opens, hides = (&bound{prefix: w.prefix}).with(w.rules, fields)
	}
	from := min(opens, hides)
	if len(w.held) > 0 {
		from = 0
	}
	now, _ := w.placed(nil, fields[:from], false, true)
	n.held = slices.Clip(w.held)
	for _, f := range fields[from:] {
		switch c := carrierOf(&f); {
		case c != nil && w.spans != nil: // zap's encoders do not look for it
		case c != nil:
			now = append(now, quiet(c))
		case f.Type != zapcore.SkipType:
			n.held = append(n.held, f)
		}
	}
	n.idle = w.idle && n.ctx == nil && len(n.held) == 0
	if len(now) > 0 {
		n.inner = withFields(w.inner, now)
		if w.spans != nil {
			n.spans = new(spanCores)
		}
	}
	return &n
}

// withFields is core.With; a field that panics is replaced by a mark.
func withFields(core zapcore.Core, fields []zapcore.Field) zapcore.Core {
	n := core
	_ = persist(fields, func(fields []zapcore.Field) (panicked any, _ error) {
		defer func() { panicked = recover() }()
		n = core.With(fields)
		return nil, nil
	})
	return n
}

// quiet is a Context field for those inner cores that look for a context.
func quiet(c *carrier) zapcore.Field {
	return zapcore.Field{Type: zapcore.InlineMarshalerType, Interface: (*silent)(c)}
}

// hush makes the Context fields quiet. The fields are ours.
func hush(fields []zapcore.Field) {
	for i := range fields {
		if c := carrierOf(&fields[i]); c != nil {
			fields[i] = quiet(c)
		}
	}
}

// unchanged returns the fields of a call as the wrapped core is to have them if they are a part of fields. Ids says that
// the core has those of the call's span.
func (w *wrapper) unchanged(scope *events.Scope, fields []zapcore.Field, ids bool) (_ []zapcore.Field, ok bool) {
	if scope.Traced() && !ids || len(w.held) > 0 || len(scope.Fields()) > 0 || w.rules.Redacts() {
		return nil, false
	}
	if ids {
		fields = withoutCarrier(fields)
	}
	return fields, w.usual(fields, ids, false) || !needPlace(w.rules, fields, ids, w.prefix != "", false)
}

// usual is needPlace for most calls, in half the time: it reports that there are no inline objects, but for Context fields
// where these are welcome, no namespaces, and no ids' names on a traced line.
func (w *wrapper) usual(fields []zapcore.Field, traced, carriers bool) bool {
	for i := range fields {
		f := &fields[i]
		inline := f.Type == zapcore.InlineMarshalerType && (!carriers || carrierOf(f) == nil)
		if inline || f.Type == zapcore.NamespaceType || traced && w.rules.IsID(f.Key) {
			return false
		}
	}
	return len(w.rules.Constant()) == 0
}

// line returns the fields of a call as the wrapped core is to have them, in the memory of m: the ids, unless the core has
// them, the contexts' fields, what was held back, the call's own.
func (w *wrapper) line(m *memory, scope *events.Scope, fields []zapcore.Field, ids bool) []zapcore.Field {
	sc := scope.Span.SpanContext()
	if w.rules.Redacts() {
		fields = w.cleaned(fields)
	}
	if w.spans != nil {
		fields = withoutCarrier(fields)
	}
	dst := m.fields[:0]
	if !ids {
		dst = w.appendIDs(dst, m, sc)
	}
	dst = appendScope(dst, w.rules, scope)
	dst, _ = w.placed(dst, w.held, sc.IsValid(), true)
	dst, _ = w.placed(dst, fields, sc.IsValid(), w.prefix == "")
	m.fields = dst
	return dst
}

func (w *wrapper) appendIDs(dst []zapcore.Field, m *memory, sc trace.SpanContext) []zapcore.Field {
	switch {
	case !sc.IsValid():
		return dst
	case w.spans == nil || w.names == nil:
		return w.appendIDFields(dst, &sc)
	}
	m.ids.set(w.names, &sc)
	return append(dst, zap.Inline(&m.ids))
}

// placed appends fields as they stand on the line, and reports whether what follows is still at its root.
func (w *wrapper) placed(dst, fields []zapcore.Field, traced, root bool) ([]zapcore.Field, bool) {
	if w.usual(fields, traced && root, w.spans == nil) { // to copy all at once is faster than field by field: 70 ns of five
		dst = append(dst, fields...)
		hush(dst[len(dst)-len(fields):])
		return dst, root
	}
	p := placer{rules: w.rules, traced: traced}
	guards := traced || len(w.rules.Constant()) > 0
	for i := range fields {
		f := fields[i]
		c := carrierOf(&f)
		switch {
		case c != nil && w.spans != nil:
			continue
		case c != nil:
			f = quiet(c)
		case !root || !guards:
		case f.Type == zapcore.NamespaceType:
			f.Key = p.namespace(f.Key)
		case f.Type == zapcore.InlineMarshalerType:
			f.Interface = &guardedObject{field: fields[i], placer: p}
		case traced && w.rules.IsID(f.Key):
			continue
		default:
			f.Key, _ = p.name(f.Key, true)
		}
		root = root && f.Type != zapcore.NamespaceType
		dst = append(dst, f)
	}
	return dst, root
}
