package setup

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// New builds an SDK from the options and the OTEL_* variables, and touches no
// global: any number of SDKs live side by side. It does no network I/O.
//
// The SDK is never nil and always works. The error joins every wrong setting,
// each of which wraps [ErrSetting] and, but under [WithStrict], says what happens instead; so log it,
// and end the program on it only if you want to be strict, see [WithStrict]:
//
//	sdk, err := setup.New(ctx)
//	if err != nil {
//		slog.Warn("tracing", "error", err)
//	}
//	defer sdk.Shutdown(ctx)
//
// Of ctx only the values are used: a cancelled context builds the same SDK,
// a nil one counts as context.Background().
func New(ctx context.Context, options ...Option) (*SDK, error) {
	ctx = context.WithoutCancel(orBackground(ctx))
	c := newConfig(options)
	env := &settings{strict: c.strict}
	s := &SDK{Propagator: env.propagator(c.propagators), Resource: env.resource(ctx, c), reporter: newReporter(c.logger)}
	s.reporter.silent = env.silent()
	for _, p := range c.processors {
		s.processors = append(s.processors, &processor{SpanProcessor: p})
	}
	env.checkOthers()
	if env.disabled() {
		s.TracerProvider = noop.NewTracerProvider()
		return s, env.err()
	}
	exporters := env.exporters(ctx, c, s.reporter)
	env.checkLimits()
	sampler, url := env.chosen(c), env.traceURL(c)
	if c.strict && env.err() != nil {
		discard(ctx, exporters)
		s.TracerProvider = noop.NewTracerProvider()
		return s, env.err()
	}
	s.processors = append(s.processors, exporters...)
	s.start(sampler, url)
	if c.random {
		s.announceRandom()
	}
	return s, env.err()
}

// Run is [New], and makes the result the global TracerProvider,
// TextMapPropagator and ErrorHandler of package otel, also when it returns an error: the SDK
// works all the same. Only an error under [WithStrict] leaves the globals as
// they are. [SDK.Shutdown] puts back what was there before, unless something
// else is there by then; tracers that the program has taken from the globals
// before Run no longer record then. The error handler tells the SDK's logger
// (see [WithLogger]) what other parts of OpenTelemetry report, such as a batch
// processor of yours, in at most one line a minute; set yours after Run.
func Run(ctx context.Context, options ...Option) (*SDK, error) {
	s, err := New(ctx, options...)
	if err != nil && newConfig(options).strict {
		return s, err
	}
	s.putBack = setGlobals(s)
	return s, err
}

// start makes the provider, whose intake the SDK can close. URL makes the links to its traces; it may be nil.
func (s *SDK) start(sampler sdktrace.Sampler, url func(trace.SpanContext) string) {
	limits := sdktrace.NewSpanLimits()
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(s.Resource),
		sdktrace.WithRawSpanLimits(limits),
		sdktrace.WithSampler(gate{Sampler: sampler, closed: &s.closed}),
	}
	if len(s.processors) > 0 {
		options = append(options, sdktrace.WithSpanProcessor(&fan{processors: s.processors, limits: limits, close: s.closeIntake}))
	}
	s.provider = sdktrace.NewTracerProvider(options...)
	s.TracerProvider = s.provider
	if len(s.processors) > 0 { // what nobody gets is not kept
		spanstate.Keep(s.provider, url) // what it samples is exported: a line may link to its trace
		spanstate.SeeEnds(s.provider, limits.EventCountLimit)
	}
}

func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
