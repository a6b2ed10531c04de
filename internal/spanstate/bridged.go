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

// originKey is the key of the context value that says of which call a log record was made, and by which output.
type originKey struct{}

// Origin is the log call that a log record was made of, and the output that made it.
type Origin struct {
	Call   Call
	Output uint64 // 0: there is no other
}

// WithOrigin returns the context to emit a log record with whose call has not become a span event yet.
func WithOrigin(ctx context.Context, o *Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns the origin of the record emitted with ctx; a zero one where it is not known.
func OriginOf(ctx context.Context) Origin {
	if o, ok := ctx.Value(originKey{}).(*Origin); ok {
		return *o
	}
	return Origin{}
}
