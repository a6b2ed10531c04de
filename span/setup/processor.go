package setup

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// processor is a span processor that an SDK owns. The SDK stops it by itself,
// because the provider skips all of them when the context is already done; its
// second Shutdown, by the provider, then does nothing and waits for nothing.
type processor struct {
	sdktrace.SpanProcessor

	exporter *counted                    // nil for a processor of the user
	abort    func(context.Context) error // breaks off exports in flight; may be nil
	stopped  atomic.Bool
}

func (p *processor) OnEnd(s sdktrace.ReadOnlySpan) {
	if p.exporter != nil && s.SpanContext().IsSampled() {
		p.exporter.given.Add(1)
	}
	p.SpanProcessor.OnEnd(s)
}

// Shutdown returns what a full queue has dropped.
func (p *processor) Shutdown(ctx context.Context) error {
	if p.stopped.Swap(true) {
		return nil
	}
	if err := p.SpanProcessor.Shutdown(ctx); err != nil {
		return err
	}
	return p.exporter.missing() // known now that the queue is empty
}

// flush also returns what failed in the background: last, and outside of what
// ctx bounds, so that no failure is swallowed by one that hangs.
func flush(ctx context.Context, p *processor) error {
	err := bounded(ctx, p.ForceFlush)
	return errors.Join(err, p.exporter.takeError())
}

func stop(ctx context.Context, p *processor) error {
	err := bounded(ctx, p.Shutdown)
	return errors.Join(err, p.exporter.takeError())
}

// each calls f for all processors at once, so that one that hangs costs the
// others nothing of the time in ctx.
func each(ctx context.Context, processors []*processor, f func(context.Context, *processor) error) error {
	errs := make([]error, len(processors))
	var wg sync.WaitGroup
	for i, p := range processors {
		wg.Go(func() { errs[i] = f(ctx, p) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// discard stops processors that were made in vain. They hold no spans.
func discard(ctx context.Context, processors []*processor) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = each(ctx, processors, finish)
}

// finish flushes and stops p. The batch processor reports a failed export only
// from its ForceFlush, so that comes first.
func finish(ctx context.Context, p *processor) error {
	flushed := bounded(ctx, p.ForceFlush)
	stopped := bounded(ctx, p.Shutdown)
	var late error
	if ctx.Err() != nil {
		late = p.exporter.unsettled()
	}
	if ctx.Err() != nil && p.abort != nil {
		// What is in flight would otherwise go on until its own timeout.
		_ = bounded(ctx, p.abort)
	}
	if ctx.Err() != nil && flushed != nil {
		stopped = nil // it says the same once more
	}
	return errors.Join(flushed, stopped, late, p.exporter.takeError())
}
