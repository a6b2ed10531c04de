package spanstate

import (
	"context"
	"sync/atomic"
)

// mutedKey is the key of the context value that says: no events below.
type mutedKey struct{}

// muting is set by the first Mute, so that programs without it do not search their contexts.
var muting atomic.Bool

// Mute returns a context below which log calls make no events and set no status.
func Mute(ctx context.Context) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	muting.Store(true)
	return context.WithValue(ctx, mutedKey{}, true)
}

// Muted reports whether ctx comes from Mute.
func Muted(ctx context.Context) bool {
	return ctx != nil && muting.Load() && ctx.Value(mutedKey{}) != nil
}
