package events

import (
	"context"
	"slices"

	"go.opentelemetry.io/otel/attribute"
)

// placedKey is the key of the fields that loggers around this one have put on the line, for the time of one call.
type placedKey struct{}

// nested is the context of a call for a logger that is wrapped. What is bound around it is not among its values, where
// other code would find it too.
type nested struct {
	context.Context
	bound  context.Context // of the logger around, nil if there is none
	placed []attribute.KeyValue
}

func (n *nested) Value(key any) any {
	if key == (placedKey{}) && n.placed != nil {
		return n.placed
	}
	return n.Context.Value(key)
}

// Nested returns the context of the same call for a logger that is wrapped, and may lead to one of ours: fields that
// stand on the line already are not added again there, and that logger is bound as the one around is, in place of what it
// was bound to before. Fields are those of s; bound is nil where nothing is bound.
func (s *Scope) Nested(ctx, bound context.Context) context.Context {
	if len(s.fields) == 0 && bound == nil {
		return ctx
	}
	if ctx == nil {
		ctx = context.Background()
	}
	n := &nested{Context: ctx, bound: boundAround(ctx, bound), placed: s.fields}
	if around, ok := ctx.Value(placedKey{}).([]attribute.KeyValue); ok {
		n.placed = slices.Concat(around, s.fields)
	}
	return n
}

// boundAround returns what a logger is bound to by one around it, and bound if there is none.
func boundAround(ctx, bound context.Context) context.Context {
	if n, ok := ctx.(*nested); ok && n.bound != nil {
		return n.bound
	}
	return bound
}

// leavePlaced leaves out the fields that stand on the line already. They come as fields of the call.
func (s *Scope) leavePlaced(ctx context.Context) {
	if ctx == nil {
		return
	}
	placed, ok := ctx.Value(placedKey{}).([]attribute.KeyValue)
	if !ok {
		return
	}
	left := make([]attribute.KeyValue, 0, len(s.fields))
	onEvent := 0
	for i, kv := range s.fields {
		if hasKey(placed, string(kv.Key)) {
			continue
		}
		left = append(left, kv)
		if i < s.events {
			onEvent++
		}
	}
	s.fields, s.events = left, onEvent
}
