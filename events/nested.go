package events

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
)

// placedKey is the key of the fields that a logger around this one has put on the line, for the time of one call.
type placedKey struct{}

// Nested returns the context of the same call for a logger that is wrapped, and may lead to one of ours: fields that
// stand on the line already are not added again there. Fields are those of s.
func (s *Scope) Nested(ctx context.Context) context.Context {
	if len(s.fields) == 0 {
		return ctx
	}
	if ctx == nil {
		ctx = context.Background()
	}
	return context.WithValue(ctx, placedKey{}, s.fields)
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
