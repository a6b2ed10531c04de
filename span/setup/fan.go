package setup

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// fan is the one processor that the provider knows. It hands each span to the
// SDK's processors, together with the log events that were held back for it.
type fan struct {
	processors []*processor
	limits     sdktrace.SpanLimits
	close      func() // ends the SDK's intake
}

func (f *fan) OnStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	spanstate.Begun(trace.SpanFromContext(parent), s)
	for _, p := range f.processors {
		p.OnStart(parent, s)
	}
}

func (f *fan) OnEnd(s sdktrace.ReadOnlySpan) {
	s = complete(s, f.limits)
	for _, p := range f.processors {
		p.OnEnd(s)
	}
}

func (f *fan) ForceFlush(ctx context.Context) error { return each(ctx, f.processors, flush) }

// Shutdown does nothing after that of the SDK, which stops the processors by
// itself; it is for a user who calls that of the provider.
func (f *fan) Shutdown(ctx context.Context) error {
	f.close()
	return each(ctx, f.processors, stop)
}
