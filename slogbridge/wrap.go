package slogbridge

import (
	"context"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

// Wrapper is a [slog.Handler] around another one. It is made by [Wrap].
//
// It holds the wrapped handler twice, since where the ids go depends on the context of a call that is not known yet when
// groups are opened. One has all attributes and groups applied, as it would be without us, and serves calls without a
// span. The other one is held back from the first group on, so that the ids can still be put at the root.
type Wrapper struct {
	rules  *events.Rules
	inner  slog.Handler  // all applied
	root   slog.Handler  // attributes at the root applied, without those that the ids take the place of
	shared bool          // inner and root are the same handler so far (they cannot be compared: a handler may be of any type)
	open   []group       // groups held back, outermost first
	fields events.Fields // the attributes of With for span events
	bound  trace.Span    // of With(ctx, logger); nil if there is none
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
	case *Handler, *Wrapper:
		return h
	}
	rules := p.Rules()
	h = withoutDefault(h)
	if constant := constantAttrs(rules); len(constant) > 0 {
		h = h.WithAttrs(constant)
	}
	return &Wrapper{rules: rules, inner: h, root: h, shared: true}
}

func constantAttrs(rules *events.Rules) []slog.Attr {
	var as []slog.Attr
	for _, kv := range rules.Constant() {
		as = append(as, slog.Any(string(kv.Key), kv.Value.AsInterface()))
	}
	return as
}

// Enabled asks the wrapped handler.
func (w *Wrapper) Enabled(ctx context.Context, level slog.Level) bool {
	return w.inner.Enabled(ctx, level)
}

// Handle gives the record to the wrapped handler, with the ids of the span of ctx (or of the bound context, if ctx has
// none) at its root, and adds it to the span.
func (w *Wrapper) Handle(ctx context.Context, r slog.Record) error {
	span := spanOf(ctx, w.bound)
	sc := span.SpanContext()
	if !sc.IsValid() {
		return w.inner.Handle(ctx, w.relabelled(r))
	}
	if e := w.rules.Begin(span, r.Level); e != nil {
		e.AddFields(w.fields)
		w.converter(&e.Fields).record(r)
		e.End(r.Level.String(), r.Message, r.Time)
	}
	return w.root.Handle(ctx, w.withIDs(r, sc))
}

func (w *Wrapper) converter(to *events.Fields) converter {
	c := converter{rules: w.rules, to: to}
	for _, g := range w.open {
		c = c.in(g.name)
	}
	return c
}

// withIDs returns the record as the held-back handler wants it: open groups folded into one attribute, the ids behind.
func (w *Wrapper) withIDs(r slog.Record, sc trace.SpanContext) slog.Record {
	switch {
	case len(w.open) > 0:
		r = w.fold(r)
	case recordHas(r, w.rules.IsID), recordHas(r, w.rules.Taken):
		r = rewritten(w.rules, r, true)
	default:
		r = r.Clone()
	}
	ids, n := w.rules.IDs(sc)
	var attrs [len(ids)]slog.Attr
	for i, id := range ids[:n] {
		attrs[i] = slog.String(id.Key, id.Value)
	}
	r.AddAttrs(attrs[:n]...)
	return r
}

// fold returns the record with one attribute: the outermost open group, and in it the others and the record's own.
func (w *Wrapper) fold(r slog.Record) slog.Record {
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
	n := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	n.AddAttrs(folded) // an empty group is left out there
	return n
}

// WithAttrs returns a handler that adds attrs to every record.
func (w *Wrapper) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return w
	}
	n := *w
	n.fields = w.fields.Clone()
	w.converter(&n.fields).attrs(attrs)
	if len(w.open) == 0 {
		attrs = rootAttrs(w.rules, attrs, false)
	}
	n.inner = w.inner.WithAttrs(slices.Clone(attrs)) // a handler owns the slice it is given
	if len(w.open) > 0 {
		n.open = slices.Clone(w.open)
		last := &n.open[len(n.open)-1]
		last.attrs = append(slices.Clip(last.attrs), attrs...)
		return &n
	}
	if n.shared = w.shared && !has(attrs, w.rules.IsID); n.shared {
		n.root = n.inner
	} else {
		n.root = withAttrs(w.root, rootAttrs(w.rules, attrs, true))
	}
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
	n.inner, n.shared = w.inner.WithGroup(name), false
	n.open = append(slices.Clip(w.open), group{name: name})
	return &n
}

func (w *Wrapper) bind(span trace.Span) slog.Handler {
	n := *w
	n.bound = span
	return &n
}

// rootAttrs returns attrs as they stand at the root: without those that have the name of an id if the line is traced, and
// those that have the name of a constant field under a label. A group without a name is the root itself.
func rootAttrs(rules *events.Rules, attrs []slog.Attr, traced bool) []slog.Attr {
	kept := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		switch v := a.Value.Resolve(); {
		case a.Key == "" && v.Kind() == slog.KindGroup:
			a.Value = slog.GroupValue(rootAttrs(rules, v.Group(), traced)...)
		case traced && rules.IsID(a.Key):
			continue
		case rules.Taken(a.Key):
			a.Key = rules.Label(a.Key)
		}
		kept = append(kept, a)
	}
	return kept
}

// relabelled returns a record without a span as it stands on the line.
func (w *Wrapper) relabelled(r slog.Record) slog.Record {
	if len(w.open) > 0 || len(w.rules.Constant()) == 0 || !recordHas(r, w.rules.Taken) {
		return r
	}
	return rewritten(w.rules, r, false)
}

func rewritten(rules *events.Rules, r slog.Record, traced bool) slog.Record {
	n := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		n.AddAttrs(rootAttrs(rules, []slog.Attr{a}, traced)...)
		return true
	})
	return n
}

func recordHas(r slog.Record, is func(key string) bool) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = has([]slog.Attr{a}, is)
		return !found
	})
	return found
}
