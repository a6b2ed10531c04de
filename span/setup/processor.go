package setup

import (
	"context"
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
	return once(err, p.exporter.takeError())
}

func stop(ctx context.Context, p *processor) error {
	stopped := bounded(ctx, p.Shutdown)
	return once(stopped, p.giveUp(ctx), p.exporter.takeError())
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
	return once(errs...)
}

// discard stops processors that were made in vain. They hold no spans.
func discard(ctx context.Context, processors []*processor) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = each(ctx, processors, finish)
}

// finish flushes and stops p.
func finish(ctx context.Context, p *processor) error {
	flushed := p.flushSoon(ctx)
	stopped := bounded(ctx, p.Shutdown)
	return once(flushed, stopped, p.giveUp(ctx), p.exporter.takeError())
}

// flushSoon leaves a part of the time: an export that is broken off tells why it
// has not succeeded, and the logger is told.
func (p *processor) flushSoon(ctx context.Context) error {
	if p.exporter == nil {
		return bounded(ctx, p.ForceFlush)
	}
	ctx, cancel := soon(ctx)
	defer cancel()
	err := bounded(ctx, p.ForceFlush)
	p.breakOff(ctx)
	return err
}

// giveUp counts what did not arrive, if ctx is done.
func (p *processor) giveUp(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	p.breakOff(ctx)
	return p.exporter.unsettled(ctx.Err())
}

// breakOff ends the exports in flight if ctx is done: they would go on until
// their own timeout.
func (p *processor) breakOff(ctx context.Context) {
	if ctx.Err() != nil && p.abort != nil && !p.exporter.broken.Swap(true) {
		_ = bounded(ctx, p.abort)
	}
}
