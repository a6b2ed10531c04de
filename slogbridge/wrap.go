package slogbridge

import (
	"context"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// Wrapper is a [slog.Handler] around another one. It is made by [Wrap].
//
// It holds the wrapped handler several times, since where the ids go depends on the context of a call that is not known
// yet when groups are opened. One has all attributes and groups applied, as it would be without us, and serves calls
// without a span. The others are held back from the first group on, so that the ids can still be put at the root.
type Wrapper struct {
	rules  *events.Rules
	inner  slog.Handler    // all applied
	held   slog.Handler    // attributes at the root applied
	traced *traced         // the same, without those that the ids take the place of
	open   []group         // groups held back, outermost first
	prefix string          // the names of open, each with a dot behind it
	fields events.Fields   // the attributes of With for span events
	bound  context.Context // of With(ctx, logger); nil if there is none
	inside context.Context // for handlers of ours that inner may lead to, of a call without a context; nil if nothing is bound

	// Whether held is inner, and traced is held. Handlers cannot be compared: they may be of any type.
	heldIsInner, tracedIsHeld bool

	mayPanic bool // when inner is asked for a level
	spreads  bool // what is wrapped is no handler of slog's that writes: it may lead to one of ours
	rfc3339  bool // what is wrapped is a slog.JSONHandler, whose times must be those of RFC 3339
}

// group is a group that was opened by WithGroup, with its attributes.
type group struct {
	name  string
	attrs []slog.Attr
}

var _ slog.Handler = (*Wrapper)(nil)

// Wrap returns a handler that adds ids and span events to what h does. A nil p means the defaults. The wrapped handler
// decides which levels are enabled and how a line looks; of the schema only the names of what is added apply.
//
// A handler made by this package is returned as it is, with the policy it has. A nil h discards the lines and leaves the
// span events. Go's default handler (that of package log) is replaced by one that writes the same lines to the writer
// that package log has at this moment: slog.SetDefault with a handler that leads back to package log would lock up.
func Wrap(h slog.Handler, p *events.Policy) slog.Handler {
	switch h := h.(type) {
	case nil:
		return NewHandler(nil, nil, p)
	case *Handler, *Wrapper, *binding:
		return h
	}
	w := &Wrapper{rules: p.Rules(), heldIsInner: true, tracedIsHeld: true, mayPanic: !levelOfSlog(h), spreads: !writes(h)}
	_, w.rfc3339 = h.(*slog.JSONHandler)
	w.inner = withAttrs(withoutDefault(h), slogAttrs(w.rules.Constant()))
	w.held, w.traced = w.inner, newTraced(w.inner)
	return w
}

// Enabled asks the wrapped handler. Where that panics, as a [slog.Leveler] of the user's may, Info and above are enabled.
func (w *Wrapper) Enabled(ctx context.Context, level slog.Level) bool {
	if w.mayPanic {
		return enabled(w.inner, ctx, level)
	}
	return w.inner.Enabled(ctx, level)
}

// Handle gives the record to the wrapped handler, with the ids of the span of ctx (or of the bound context, if ctx has
// none) at its root, and adds it to the span.
func (w *Wrapper) Handle(ctx context.Context, r slog.Record) error {
	scope := w.rules.Scope(ctx, w.bound)
	if e := w.rules.Begin(&scope, r.Level, &events.Call{Time: r.Time, PC: r.PC, Message: r.Message}); e != nil {
		e.AddFields(w.fields)
		c := w.converter(&e.Fields)
		c.record(&r)
		e.End(r.Level.String(), r.Message, r.Time)
	}
	if w.rfc3339 && !isInRange(&r) {
		r = inRangeRecord(&r)
	}
	if w.spreads {
		ctx = w.nested(&scope, ctx)
	}
	switch {
	case scope.Traced():
		h, ids := w.traced.of(w.rules, scope.Span.SpanContext())
		w.toRoot(&r, true, ids, scope.Fields())
		return h.Handle(ctx, r)
	case len(scope.Fields()) > 0:
		w.toRoot(&r, false, nil, scope.Fields())
		return w.held.Handle(ctx, r)
	case w.rules.Redacts() || len(w.open) == 0 && len(w.rules.Constant()) > 0 && w.mustRewrite(&r, false):
		return w.inner.Handle(ctx, w.rewritten(&r, false))
	}
	return w.inner.Handle(ctx, r)
}

// writes reports whether h is a handler that writes, and leads to no other.
func writes(h slog.Handler) bool {
	switch h.(type) {
	case *slog.JSONHandler, *slog.TextHandler:
		return true
	}
	return false
}

func (w *Wrapper) converter(to *events.Fields) converter {
	return converter{rules: w.rules, to: to, prefix: w.prefix}
}

// toRoot makes r the record that a held-back handler wants: open groups folded into one attribute, our fields behind.
// What r shares with its other copies stays as it is.
func (w *Wrapper) toRoot(r *slog.Record, traced bool, ids []slog.Attr, fields []attribute.KeyValue) {
	switch {
	case len(w.open) > 0:
		*r = w.fold(r, traced)
	case w.mustRewrite(r, traced):
		*r = w.rewritten(r, traced)
	case len(ids)+len(fields) == 0:
		return
	default:
		*r = r.Clone()
	}
	for _, kv := range fields {
		switch key := string(kv.Key); {
		case w.rules.IsID(key):
			continue
		case w.rules.Taken(key):
			kv.Key = attribute.Key(w.rules.Label(key))
		}
		ids = appendSlogAttrs(ids, []attribute.KeyValue{kv})
	}
	r.AddAttrs(ids...)
}

// fold returns the record with one attribute: the outermost open group, and in it the others and the record's own.
func (w *Wrapper) fold(r *slog.Record, traced bool) slog.Record {
	if w.rules.Redacts() {
		clean := w.rewritten(r, false)
		r = &clean
	}
	last := w.open[len(w.open)-1]
	as := slices.Grow(slices.Clip(last.attrs), r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		as = append(as, a)
		return true
	})
	folded := slog.Attr{Key: last.name, Value: slog.GroupValue(as...)}
	for _, g := range slices.Backward(w.open[:len(w.open)-1]) {
		folded = slog.Attr{Key: g.name, Value: slog.GroupValue(append(slices.Clip(g.attrs), folded)...)}
	}
	if traced && w.rules.IsID(folded.Key) {
		folded.Key = w.rules.Label(folded.Key)
	}
	n := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	n.AddAttrs(folded) // an empty group is left out there
	return n
}

// WithAttrs returns a handler that adds attrs to every record.
func (w *Wrapper) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 || answer(attrs) {
		return w
	}
	n := *w
	n.fields = w.fields.Clone()
	c := w.converter(&n.fields)
	c.attrs(attrs)
	attrs = w.rewriter(false).attrs(attrs) // a copy: a handler owns the slice it is given
	if w.rfc3339 {
		attrs = inRangeAttrs(attrs)
	}
	n.inner = w.inner.WithAttrs(slices.Clone(attrs))
	if len(w.open) > 0 {
		n.open = slices.Clone(w.open)
		last := &n.open[len(n.open)-1]
		last.attrs = append(slices.Clip(last.attrs), attrs...)
		return &n
	}
	n.held = n.inner
	n.tracedIsHeld = w.tracedIsHeld && !has(attrs, w.rules.IsID, 0)
	if !w.heldIsInner {
		n.held = w.held.WithAttrs(slices.Clone(attrs))
	}
	traced := n.held
	if !n.tracedIsHeld {
		traced = withAttrs(w.traced.Handler, w.rewriter(true).attrs(attrs))
	}
	n.traced = newTraced(traced)
	return &n
}

func withAttrs(h slog.Handler, attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	return h.WithAttrs(attrs)
}

// WithGroup returns a handler that puts later attributes into a group of that name. An empty name returns w.
func (w *Wrapper) WithGroup(name string) slog.Handler {
	if name == "" {
		return w
	}
	n := *w
	if len(w.open) == 0 && w.rules.Taken(name) {
		name = w.rules.Label(name)
	}
	n.inner, n.heldIsInner = w.inner.WithGroup(name), false
	n.open, n.prefix = append(slices.Clip(w.open), group{name: name}), w.prefix+name+"."
	return &n
}

func (w *Wrapper) bind(ctx context.Context) slog.Handler {
	n := *w
	n.bound = ctx
	n.inside = new(events.Scope).Nested(context.Background(), ctx)
	return &n
}

// nested returns the context that the wrapped handler gets.
func (w *Wrapper) nested(scope *events.Scope, ctx context.Context) context.Context {
	if w.inside != nil && len(scope.Fields()) == 0 && ctx == context.Background() {
		return w.inside
	}
	return scope.Nested(ctx, w.bound)
}

func slogAttrs(fields []attribute.KeyValue) []slog.Attr {
	return appendSlogAttrs(nil, fields)
}

func appendSlogAttrs(dst []slog.Attr, fields []attribute.KeyValue) []slog.Attr {
	for _, kv := range fields {
		switch kv.Value.Type() {
		case attribute.STRING:
			dst = append(dst, slog.String(string(kv.Key), kv.Value.AsString()))
		default:
			dst = append(dst, slog.Any(string(kv.Key), kv.Value.AsInterface()))
		}
	}
	return dst
}
