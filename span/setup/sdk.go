package setup

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// SDK is what [New] and [Run] built. Its methods may be called concurrently
// and on a nil *SDK, where they do nothing; its fields are not to be changed.
type SDK struct {
	// TracerProvider makes the tracers. It is a *sdktrace.TracerProvider, or a
	// no-op that still passes a caller's trace on when OTEL_SDK_DISABLED is set.
	TracerProvider trace.TracerProvider

	// Propagator is what OTEL_PROPAGATORS names, by default the W3C's trace
	// context and baggage.
	Propagator propagation.TextMapPropagator

	// Resource describes this service: the same attributes belong on its spans
	// and on its log lines.
	Resource *resource.Resource

	provider   *sdktrace.TracerProvider // nil when disabled
	processors []*processor
	reporter   *reporter // never nil in an SDK of New
	putBack    func()    // the globals of before; nil unless Run has set them

	// closed is read by the sampler for each new span: once it is true, none
	// is recorded.
	closed atomic.Bool

	// mu guards the two fields below. It is not held while a hook runs.
	mu       sync.Mutex
	stopping bool
	hooks    []func(context.Context) error
}

// OnShutdown registers f to be called by [SDK.Shutdown], in the order of
// registration and before the spans are flushed, so that what f still does is
// traced: closing a server, flushing a log shipper. Each f gets an equal share
// of the time that Shutdown's context then leaves to it, to those after it and
// to the flush of the spans, and is waited for no longer; what one does not
// use is left to the others. So one that hangs costs no spans. A panic in f
// becomes an error. A nil f, and one that comes after Shutdown has begun, is
// not called.
func (s *SDK) OnShutdown(f func(context.Context) error) {
	if s == nil || f == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping {
		s.hooks = append(s.hooks, f)
	}
}

// ForceFlush exports the spans that have ended so far, through all processors
// at once, and returns their errors joined: also those of exports that failed
// in the background since the last ForceFlush. It waits no longer than ctx.
// After Shutdown it returns nil.
func (s *SDK) ForceFlush(ctx context.Context) error {
	if s == nil || s.closed.Load() {
		return nil
	}
	return each(orBackground(ctx), s.processors, flush)
}

// Shutdown runs what [SDK.OnShutdown] registered, closes the intake (every
// tracer, also one obtained before, hands out spans that do not record), and
// then flushes and stops all processors at once. It returns all errors joined,
// also those of exports that failed in the background and that no ForceFlush
// has returned, the number of spans that a full queue dropped, and that of those
// that did not arrive in time: nil means that no exporter of the SDK lost a span
// since then. [SDK.Stats] counts those too, and the logger is told of them.
//
// It returns when ctx is done, with what then ran going on in the background, or
// a tenth of a second later if the logger needs it. Exports in flight are broken
// off a tenth of the time before that, at most a second, so that they tell what
// has kept them. So ctx must not be one that has been
// cancelled by the signal that ends the program:
//
//	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
//
// Under a context without deadline a collector that hangs is waited for as
// long as OTEL_BSP_EXPORT_TIMEOUT allows for each batch in the queue.
//
// A second call, also a concurrent one, returns nil at once. Spans that are
// still open are lost. At last the globals that [Run] has set are put back.
func (s *SDK) Shutdown(ctx context.Context) error {
	if s == nil {
		return nil
	}
	hooks, first := s.stop()
	if !first {
		return nil
	}
	ctx = orBackground(ctx)
	var errs []error
	for i, hook := range hooks {
		if err := inShare(ctx, len(hooks)-i+1, hook); err != nil {
			errs = append(errs, fmt.Errorf("setup: OnShutdown function %d: %w", i+1, err))
		}
	}
	s.closeIntake()
	finished := each(ctx, s.processors, finish)
	errs = append(errs, once(finished, s.stopProvider(ctx)))
	s.reporter.wait(ctx)
	if s.putBack != nil {
		s.putBack()
	}
	return errors.Join(errs...)
}

// closeIntake ends recording: spans that start from now on would not be exported, and no line links to them.
func (s *SDK) closeIntake() {
	s.closed.Store(true)
	if s.provider != nil {
		spanstate.Forget(s.provider)
	}
}

// stop returns the hooks and true to the first caller only.
func (s *SDK) stop() (hooks []func(context.Context) error, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first = !s.stopping
	s.stopping = true
	return s.hooks, first
}

// stopProvider makes the provider forget its processors and hand out no-op
// tracers. Ours have stopped by then; one that the user registered on the
// provider has not, and a provider that is given a finished context would
// skip it for ever.
func (s *SDK) stopProvider(ctx context.Context) error {
	if s.provider == nil {
		return nil
	}
	defer spanstate.UnseeEnds(s.provider)
	defer spanstate.UnsetRandom(s.provider)
	return bounded(ctx, func(ctx context.Context) error {
		return s.provider.Shutdown(context.WithoutCancel(ctx))
	})
}
