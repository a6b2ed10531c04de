package setup

import (
	"strconv"
	"strings"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// gate is a sampler until it is closed; then no span is recorded. The SDK's
// own tracers go on recording after a shutdown, into spans that nobody can
// export, under the sampled flag.
type gate struct {
	sdktrace.Sampler
	closed *atomic.Bool
}

func (g gate) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if g.closed.Load() {
		parent := trace.SpanContextFromContext(p.ParentContext)
		return sdktrace.SamplingResult{Decision: sdktrace.Drop, Tracestate: parent.TraceState()}
	}
	return g.Sampler.ShouldSample(p)
}

// WithSampler decides which traces are recorded, in place of
// OTEL_TRACES_SAMPLER: for one that this package does not know, such as
// contrib's jaegerremote. It is asked until [SDK.Shutdown] closes the intake. A
// nil s changes nothing.
func WithSampler(s sdktrace.Sampler) Option {
	return func(c *config) {
		if s != nil {
			c.sampler = s
		}
	}
}

// chosen is the sampler of the options, else that of the environment.
func (e *settings) chosen(c config) sdktrace.Sampler {
	if c.sampler != nil {
		return c.sampler
	}
	return e.sampler()
}

// sampler is what OTEL_TRACES_SAMPLER names. The SDK reads the variable too,
// but does not hand its sampler out, and takes NaN for a ratio.
func (e *settings) sampler() sdktrace.Sampler {
	const name = "OTEL_TRACES_SAMPLER"
	value := e.get(name)
	root, parentBased := strings.CutPrefix(strings.ToLower(value), "parentbased_")
	var s sdktrace.Sampler
	switch root {
	case "always_on":
		s = sdktrace.AlwaysSample()
	case "always_off":
		s = sdktrace.NeverSample()
	case "traceidratio":
		s = sdktrace.TraceIDRatioBased(e.ratio())
	default:
		if value != "" {
			e.wrong(name, value, "is not a sampler of this SDK; see WithSampler", "parentbased_always_on is used")
		}
		return sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	if parentBased {
		return sdktrace.ParentBased(s)
	}
	return s
}

// ratio is OTEL_TRACES_SAMPLER_ARG, by default 1.
func (e *settings) ratio() float64 {
	const name = "OTEL_TRACES_SAMPLER_ARG"
	value := e.get(name)
	if value == "" {
		return 1
	}
	// Written so that NaN fails it.
	if ratio, err := strconv.ParseFloat(value, 64); err == nil && ratio >= 0 && ratio <= 1 {
		return ratio
	}
	e.wrong(name, value, "is not a number from 0 to 1", "1 is used")
	return 1
}
