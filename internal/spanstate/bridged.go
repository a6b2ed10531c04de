package spanstate

import "context"

// bridgedKey is the key of the context value that marks a log record whose call is a span event already.
type bridgedKey struct{}

// WithBridged returns the context to emit such a record with.
func WithBridged(ctx context.Context) context.Context {
	return context.WithValue(ctx, bridgedKey{}, true)
}

// Bridged reports whether the record emitted with ctx is a span event already.
func Bridged(ctx context.Context) bool {
	return ctx != nil && ctx.Value(bridgedKey{}) != nil
}
