package slogbridge

import (
	"context"
	"log/slog"

	"github.com/spanlog/spanlog/events"
)

// binding is a handler around one that leads to handlers of ours, a [slog.MultiHandler] say. It binds them, and leaves
// lines, events and what is hidden on them to their policies.
type binding struct {
	inner  slog.Handler
	bound  context.Context
	inside context.Context // of a call without a context
}

func (b *binding) bind(ctx context.Context) slog.Handler {
	return &binding{b.inner, ctx, new(events.Scope).Nested(context.Background(), ctx)}
}

func (b *binding) Enabled(ctx context.Context, level slog.Level) bool {
	return enabled(b.inner, ctx, level)
}

func (b *binding) Handle(ctx context.Context, r slog.Record) error {
	if ctx == context.Background() {
		return b.inner.Handle(b.inside, r)
	}
	return b.inner.Handle(new(events.Scope).Nested(ctx, b.bound), r)
}

func (b *binding) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *b
	n.inner = b.inner.WithAttrs(attrs)
	return &n
}

func (b *binding) WithGroup(name string) slog.Handler {
	n := *b
	n.inner = b.inner.WithGroup(name)
	return &n
}

// probe is an attribute that only the handlers of this package answer. WithAttrs hands it through whatever spreads or
// wraps them; to others it is an empty group, which a handler leaves out.
type probe struct{ found bool }

func (*probe) LogValue() slog.Value { return slog.GroupValue() }

// leadsToOurs reports whether a handler of this package is anywhere in h.
func leadsToOurs(h slog.Handler) (found bool) {
	if h == nil || writes(h) {
		return false
	}
	p := new(probe)
	defer func() {
		if recover() != nil { // a user's handler may not like the attribute
			found = p.found
		}
	}()
	h.WithAttrs([]slog.Attr{{Value: slog.AnyValue(p)}})
	return p.found
}

// answer reports whether there is a probe among attrs, and answers it. Handlers around ours may have added to them.
func answer(attrs []slog.Attr) bool {
	for _, a := range attrs {
		if a.Value.Kind() == slog.KindLogValuer {
			if p, ok := a.Value.Any().(*probe); ok {
				p.found = true
				return true
			}
		}
	}
	return false
}
