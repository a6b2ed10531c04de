package events

import (
	"context"
	"time"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// FlushSpans exports the spans before the program may end, within the policy's FlushTimeout: on Panic those that have
// ended; on Fatal also the span of s, which it ends. Open spans above it are lost.
func (r *Rules) FlushSpans(s Scope, fatal bool) {
	if fatal && s.Span.IsRecording() {
		spanstate.Leave(s.Span)
		s.Span.End()
	}
	r.bounded(func(ctx context.Context) { _ = spanstate.Flush(ctx, s.Span) })
}

// FlushLines calls the policy's Flush, within its FlushTimeout.
func (r *Rules) FlushLines() {
	if r.flush != nil {
		r.bounded(func(ctx context.Context) { _ = r.flush(ctx) })
	}
}

// bounded runs f and returns when it is done or the time is over, whatever f does with its context.
func (r *Rules) bounded(f func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.Background(), r.flushTimeout)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f(ctx)
	}()
	select {
	case <-done:
	case <-time.After(r.flushTimeout + 50*time.Millisecond):
	}
}
