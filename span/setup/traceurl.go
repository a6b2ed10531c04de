package setup

import (
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// WithTraceURL says where traces are seen: url makes the link to one, for span.URL and for event.url on the lines of
// bridges whose policy names none. See span.Jaeger and its like. It wins over SPANLOG_TRACE_URL; nil changes nothing.
// It is asked only for traces that are exported, may be called concurrently, and must not log.
func WithTraceURL(url func(trace.SpanContext) string) Option {
	return func(c *config) {
		if url != nil {
			c.traceURL = url
		}
	}
}

// traceURL is what the option or SPANLOG_TRACE_URL says: a template of span.Template or, without placeholders, the
// address of a Jaeger. It is nil without either.
func (e *settings) traceURL(c config) func(trace.SpanContext) string {
	const name = "SPANLOG_TRACE_URL"
	value := e.get(name)
	if c.traceURL != nil || value == "" {
		return c.traceURL
	}
	url := span.Jaeger(value)
	if strings.Contains(value, "{") {
		url = span.Template(value)
	}
	sample := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})
	if url(sample) == "" {
		e.wrong(name, hidePassword(value), "is neither the http or https address of a Jaeger nor a template with {trace_id}",
			"no line links to its trace")
		return nil
	}
	return url
}
