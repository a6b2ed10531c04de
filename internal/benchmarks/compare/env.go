package main

import (
	"context"
	"io"

	"go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// env is what columns write to.
type env struct {
	w     io.Writer
	logs  *log.LoggerProvider
	churn bool            // a span is started and ended every perSpan calls
	last  context.Context // that of the newest call
	turns int             // how many contexts there were

	logger any // the column's; nil: it makes one
}

// perSpan is how many calls a span gets: the SDK keeps 128 events.
const perSpan = 64

// timed is the env that is measured in: what is written goes nowhere.
func timed(churn bool) *env {
	return &env{w: pairs.Sink{}, logs: log.NewLoggerProvider(log.WithProcessor(dropped{})), churn: churn}
}

// dropped is a processor of log records that costs less than any exporter.
type dropped struct{}

func (dropped) Enabled(context.Context, log.EnabledParameters) bool { return true }
func (dropped) OnEmit(context.Context, *log.Record) error           { return nil }
func (dropped) Shutdown(context.Context) error                      { return nil }
func (dropped) ForceFlush(context.Context) error                    { return nil }

// ended is a processor of spans that costs less than any exporter.
type ended struct{}

func (ended) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (ended) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (ended) Shutdown(context.Context) error                  { return nil }
func (ended) ForceFlush(context.Context) error                { return nil }

var (
	sampling = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(ended{})).Tracer("compare")
	refusing = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(ended{}), sdktrace.WithSampler(sdktrace.NeverSample())).Tracer("compare")
)

// seen is a provider whose spans' ends are seen, as those of span/setup are.
var seen = func() *sdktrace.TracerProvider {
	p := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(ended{}))
	spanstate.SeeEnds(p, sdktrace.DefaultEventCountLimit)
	return p
}()

// state is what the span of a call's context is. All but none are spans of the SDK.
type state uint8

const (
	none      state = iota // there is no span
	unsampled              // not sampled, not recording
	recording              // one for the whole run: its columns add no events
	fresh                  // recording, a new one every perSpan calls
	brief                  // recording, one of many, another one every perBrief calls
	spent                  // recording, with more log events than its budget has places for; nobody sees its end
	certain                // the same, but its end is certain, so that events wait in a ring
)

// perBrief is how many calls a brief span gets.
const perBrief = 4

// briefs are more brief spans than a logger could know.
var briefs = func() []context.Context {
	all := make([]context.Context, 1024)
	for i := range all {
		all[i] = within(start(recording))
	}
	return all
}()

// contexts gives the contexts of one column's calls.
type contexts struct {
	env   *env
	state state
	calls int
	ctx   context.Context
	churn trace.Span
}

func (c *contexts) next() context.Context {
	if c.calls%perSpan == 0 {
		c.turn()
	}
	if c.state == brief && c.calls%perBrief == 0 {
		c.ctx = briefs[c.calls/perBrief%len(briefs)]
		c.env.last = c.ctx
	}
	c.calls++
	return c.ctx
}

// turn ends the span of the last calls and starts another one.
func (c *contexts) turn() {
	if c.calls == 0 {
		c.use(start(c.state))
	}
	if !c.env.churn {
		return
	}
	if c.churn != nil {
		c.churn.End()
	}
	var ctx context.Context
	if ctx, c.churn = sampling.Start(above(), "work"); c.state == fresh {
		c.use(ctx)
	}
}

func (c *contexts) use(ctx context.Context) {
	c.ctx = within(ctx)
	c.env.last = c.ctx
	c.env.turns++
}

func start(s state) context.Context {
	ctx := above()
	switch s {
	case unsampled:
		ctx, _ = refusing.Start(ctx, "work")
	case recording, fresh, brief, spent:
		ctx, _ = sampling.Start(ctx, "work")
	case certain:
		ctx, _ = seen.Tracer("compare").Start(ctx, "work")
	}
	return ctx
}

type valueKey int

// above is what a server has in a context before the span comes.
func above() context.Context {
	return context.WithValue(context.WithValue(context.Background(), valueKey(1), 1), valueKey(2), 2)
}

// within is what a server puts into a context after the span.
func within(ctx context.Context) context.Context {
	return context.WithValue(context.WithValue(ctx, valueKey(3), 3), valueKey(4), 4)
}
