package setup

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// An Option changes what [New] and [Run] build. A nil Option does nothing.
type Option func(*config)

// config is what the options say; the environment is asked for the rest.
type config struct {
	serviceName string
	attributes  []attribute.KeyValue
	processors  []sdktrace.SpanProcessor
	traceURL    func(trace.SpanContext) string // nil: SPANLOG_TRACE_URL is asked
	logger      *slog.Logger                   // nil: slog.Default, when there is something to say
	strict      bool
	random      bool
	sampler     sdktrace.Sampler                         // nil: the environment is asked
	propagators map[string]propagation.TextMapPropagator // by name in lower case

	// exporters replaces OTEL_TRACES_EXPORTER unless it is nil: an empty,
	// non-nil list means no exporter.
	exporters []string
}

func newConfig(options []Option) config {
	var c config
	for _, option := range options {
		if option != nil {
			option(&c)
		}
	}
	return c
}

// WithServiceName sets the resource attribute service.name. It wins over
// OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES and [WithResource], so that
// several services fit into one process. "" changes nothing.
func WithServiceName(name string) Option {
	return func(c *config) { c.serviceName = name }
}

// WithResource adds attributes to the resource. They win over those of the
// environment; of two with one key the last wins. Attributes without a key
// are left out. The slice is copied.
func WithResource(attributes ...attribute.KeyValue) Option {
	return func(c *config) { c.attributes = append(c.attributes, attributes...) }
}

// WithSpanProcessor adds p, which sees each span before the exporters do. The
// SDK owns p from then on: [SDK.Shutdown] flushes it and shuts it down, also
// when OTEL_SDK_DISABLED keeps spans from it. A nil p is left out.
func WithSpanProcessor(p sdktrace.SpanProcessor) Option {
	return func(c *config) {
		if p != nil {
			c.processors = append(c.processors, p)
		}
	}
}

// WithExporters names the exporters instead of OTEL_TRACES_EXPORTER: "otlp",
// "console" (or "stdout") and "none", in any letter case. No name at all means
// "none". The last WithExporters wins.
func WithExporters(names ...string) Option {
	return func(c *config) { c.exporters = append([]string{}, names...) }
}

// WithStrict makes a wrong setting end the matter: [New] and [Run] return the
// error beside an SDK that does nothing, as under OTEL_SDK_DISABLED. No span
// records, traces of callers pass through, the exporters are closed again and
// Run sets no globals. Processors of [WithSpanProcessor] are the SDK's all the
// same, to be shut down by [SDK.Shutdown].
//
//	sdk, err := setup.Run(ctx, setup.WithStrict())
//	if err != nil {
//		return err
//	}
func WithStrict() Option {
	return func(c *config) { c.strict = true }
}

// WithLogger names the logger that is told when spans are lost, instead of
// slog.Default: one line at the first failed export of each exporter, then at
// most one line in a minute, with the numbers. See [SDK.Stats]. A nil logger changes nothing;
// slog.New(slog.DiscardHandler) silences it. It is called in a goroutine of
// its own, without a span in its context; it may itself make spans, and may
// hang, which costs no more than its lines.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) {
		if logger != nil {
			c.logger = logger
		}
	}
}
