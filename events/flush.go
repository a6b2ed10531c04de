package events

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// FlushSpans exports the spans before the program may end, within the policy's FlushTimeout: on Panic those that have
// ended; on Fatal also the span of s, which it ends. Open spans above it are lost.
func (r *Rules) FlushSpans(s Scope, fatal bool) {
	r.bounded(func(ctx context.Context) {
		if fatal {
			end(s.Span)
		}
		_ = spanstate.Flush(ctx, s.Span)
	})
}

// end ends the span. A processor of the user's may panic there.
func end(s trace.Span) {
	defer func() { _ = recover() }()
	if s.IsRecording() {
		spanstate.Leave(s)
		s.End()
	}
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
	case <-time.After(max(r.flushTimeout, r.flushTimeout+50*time.Millisecond)): // the sum may be too large
	}
}
