package zapbridge

import (
	"slices"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
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
		w.printer = printerOf(w.rules)
		if constant := constantFields(w.rules); len(constant) > 0 {
			w.inner = inner.With(constant)
		}
		w.direct = isIOCore(inner) && !w.mayPanic
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
	inner zapcore.Core      // holds the fields of With up to the first that is held back
	held  []zapcore.Field   // the fields of With from there on, without Context fields
	sc    trace.SpanContext // of the span that the logger is bound to
	ids   []zapcore.Field   // of that span, made once

	printer func(*idText) zapcore.ObjectMarshaler // of the ids of a Context field in a call, see printerOf

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
		return w.checkDirect(ent, ce)
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
	scope := w.scopeOf(w.rules, fields)
	var o *oneShot // its memory
	if scope.Traced() || len(w.held) > 0 {
		o = oneShots.Get().(*oneShot)
		defer o.free()
		w.addTo(&scope, w.rules, &ent, fields, &o.converter)
	} else {
		w.addTo(&scope, w.rules, &ent, fields, nil)
	}
	w.clean(&ent)
	err := w.deliver(&ent, o.line(w, &scope, fields))
	flush(w.rules, &scope, ent.Level, false)
	return err
}

func (w *wrapper) checkDirect(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
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

// deliver writes the entry; after the panic of a field once more.
func (w *wrapper) deliver(ent *zapcore.Entry, line []zapcore.Field) error {
	failed, err := w.try(*ent, line)
	if failed == nil {
		return err
	}
	return failed.again(line, func(line []zapcore.Field) (*failure, error) { return w.try(*ent, line) })
}

func (w *wrapper) try(ent zapcore.Entry, line []zapcore.Field) (failed *failure, err error) {
	defer func() { failed = failureOf(recover()) }()
	return nil, w.inner.Write(ent, line)
}

// With returns a core that adds fields to every line and event. A [Context] field binds the core to its span.
func (w *wrapper) With(fields []zapcore.Field) zapcore.Core {
	if len(fields) == 0 || answer(fields) {
		return w
	}
	n := *w
	opens, hides := n.bound.with(w.rules, fields)
	if lastCarrier(fields) != nil {
		n.sc = trace.SpanContextFromContext(n.ctx)
		n.ids = appendIDs(nil, w.rules, n.sc)
	}
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
		case c != nil:
			now = append(now, quiet(c))
		case f.Type != zapcore.SkipType:
			n.held = append(n.held, f)
		}
	}
	if len(now) > 0 {
		n.inner = withFields(w.inner, now)
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

// line returns the fields of a call as the wrapped core is to have them: the ids, the contexts' fields, what was held
// back, the call's own. It returns fields itself where nothing is to be changed, else memory with the result appended,
// and which of them.
func (w *wrapper) line(memory []zapcore.Field, scope *events.Scope, fields []zapcore.Field) (_ []zapcore.Field, inMemory bool) {
	sc := scope.Span.SpanContext()
	if w.rules.Redacts() {
		fields = w.cleaned(fields)
	}
	traced := sc.IsValid()
	if !traced && len(w.held) == 0 && len(scope.Fields()) == 0 && !needPlace(w.rules, fields, traced, w.prefix != "", false) {
		return fields, false
	}
	memory = w.appendIDs(memory, sc, lastCarrier(fields))
	memory = appendScope(memory, w.rules, scope)
	memory, _ = w.placed(memory, w.held, traced, true)
	memory, _ = w.placed(memory, fields, traced, w.prefix == "")
	return memory, true
}

func (w *wrapper) appendIDs(dst []zapcore.Field, sc trace.SpanContext, c *carrier) []zapcore.Field {
	switch {
	case !sc.IsValid():
		return dst
	case same(sc, w.sc):
		return append(dst, w.ids...)
	case c != nil && w.printer != nil && same(sc, c.ids.span.SpanContext()):
		return append(dst, zap.Inline(w.printer(&c.ids)))
	}
	return appendIDs(dst, w.rules, sc)
}

// placed appends fields as they stand on the line, and reports whether what follows is still at its root.
func (w *wrapper) placed(dst, fields []zapcore.Field, traced, root bool) ([]zapcore.Field, bool) {
	p := placer{rules: w.rules, traced: traced}
	guards := traced || len(w.rules.Constant()) > 0
	for i := range fields {
		f := fields[i]
		c := carrierOf(&f)
		switch {
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
