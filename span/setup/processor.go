package setup

import (
	"context"
	"errors"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// processor is a span processor that an SDK owns. The SDK stops it by itself,
// because the provider skips all of them when the context is already done; its
// second Shutdown, by the provider, then does nothing and waits for nothing.
type processor struct {
	sdktrace.SpanProcessor

	abort   func(context.Context) error // breaks off exports in flight; may be nil
	stopped atomic.Bool
}

func (p *processor) Shutdown(ctx context.Context) error {
	if p.stopped.Swap(true) {
		return nil
	}
	return p.SpanProcessor.Shutdown(ctx)
}

// finish flushes and stops p. The batch processor reports a failed export only
// from its ForceFlush, so that comes first.
func finish(ctx context.Context, p *processor) error {
	flushed := bounded(ctx, p.ForceFlush)
	stopped := bounded(ctx, p.Shutdown)
	if ctx.Err() != nil && p.abort != nil {
		// What is in flight would otherwise go on until its own timeout.
		_ = bounded(ctx, p.abort)
	}
	if ctx.Err() != nil && flushed != nil {
		return flushed // stopped says the same once more
	}
	return errors.Join(flushed, stopped)
}
