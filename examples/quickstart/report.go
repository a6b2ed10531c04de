package main

import (
	"strings"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// shown is the number of traces up to which all are printed; of more, the first good and the first failed one.
const shown = 4

func (r *result) print(p *printer) {
	traces := r.chosen()
	p.title("1. What the loggers wrote: shop with slog, payment with zap, mail with zerolog")
	r.printLines(p, traces)
	p.title("2. The traces: each span with its log lines in place")
	for _, t := range traces {
		newWaterfall(t).print(p)
	}
	if failed := firstFailed(traces); failed != nil {
		p.title("3. What Elasticsearch (%s) holds of the failed trace, across the services", r.es.name())
		r.printDocuments(p, failed)
	}
	p.title("Links")
	r.printLinks(p, traces)
	p.printf("\n%s\n", p.in(bold, r.summary()))
}

// chosen returns the traces to print.
func (r *result) chosen() [][]sdktrace.ReadOnlySpan {
	traces := r.spans.byTrace()
	if len(traces) <= shown {
		return traces
	}
	var good, failed []sdktrace.ReadOnlySpan
	for _, t := range traces {
		switch {
		case failed == nil && isFailed(t):
			failed = t
		case good == nil && !isFailed(t):
			good = t
		}
	}
	var both [][]sdktrace.ReadOnlySpan
	for _, t := range [][]sdktrace.ReadOnlySpan{good, failed} {
		if t != nil {
			both = append(both, t)
		}
	}
	return both
}

func isFailed(t []sdktrace.ReadOnlySpan) bool { return t[0].Status().Code == codes.Error }

func firstFailed(traces [][]sdktrace.ReadOnlySpan) []sdktrace.ReadOnlySpan {
	for _, t := range traces {
		if isFailed(t) {
			return t
		}
	}
	return nil
}

func (r *result) printLines(p *printer, traces [][]sdktrace.ReadOnlySpan) {
	printed := 0
	for _, t := range traces {
		for _, l := range r.lines.lines {
			if l.get("trace.id") == traceID(t) {
				p.printf("%s\n", p.in(levelColor(l.get("log.level")), wrap(l.text, width)))
				printed++
			}
		}
	}
	if more := len(r.lines.lines) - printed; more > 0 {
		p.printf("… and %d more lines\n", more)
	}
}

func levelColor(level string) string {
	switch level {
	case "error", "fatal", "panic":
		return red
	case "warn":
		return yellow
	}
	return ""
}

func (r *result) printDocuments(p *printer, t []sdktrace.ReadOnlySpan) {
	names := map[string]string{}
	for _, sp := range t {
		names[sp.SpanContext().SpanID().String()] = sp.Name()
	}
	p.printf("%s\n", p.in(dim, stream+", trace.id "+traceID(t)+", by @timestamp, event.sequence"))
	for _, d := range r.documents[traceID(t)] {
		text := d.get("message")
		if e := d.get("error.message"); e != "" {
			text += ": " + e
		}
		level := d.get("log.level")
		p.printf("%s %s %s %s %s\n", d.time().Format("15:04:05.000000"), column(d.get("service.name"), 8),
			p.in(levelColor(level), column(level, 6)), column(names[d.get("span.id")], 18), cut(text, 49))
	}
}

// printLinks prints no link that leads nowhere: the trace view has only what was exported, Kibana only what a real
// Elasticsearch holds.
func (r *result) printLinks(p *printer, traces [][]sdktrace.ReadOnlySpan) {
	c := r.config
	if r.exported != nil {
		p.printf("%s\n", p.in(yellow, r.exported.Error()))
	}
	switch {
	case !c.export && c.traceURL != "":
		p.printf("trace view: no link, the spans stayed here; set OTEL_EXPORTER_OTLP_ENDPOINT\n")
	case c.traceURL == "" && c.export:
		p.printf("trace view: set SPANLOG_TRACE_URL to the address of your Jaeger\n")
	case c.traceURL == "":
		p.printf("trace view: set SPANLOG_TRACE_URL to the address of your Jaeger, and OTEL_EXPORTER_OTLP_ENDPOINT\n")
	case r.exported != nil:
		p.printf("trace view: no link, since it would lead nowhere\n")
	default:
		for _, t := range traces {
			p.printf("trace view: %s\n", p.in(cyan, traceLink(c.traceURL, t[0])))
		}
	}
	switch {
	case c.kibana == "":
		p.printf("log search: set KIBANA_URL to the address of your Kibana, and ELASTICSEARCH_URL\n")
	case r.es.embed != nil:
		p.printf("log search: no link, the documents are in the built-in server; set ELASTICSEARCH_URL\n")
	default:
		for _, t := range traces {
			p.printf("log search: %s\n", p.in(cyan, kibanaLink(c.kibana, traceID(t))))
		}
	}
}

// upper is the severity of a span event for a level of a line.
func upper(level string) string { return strings.ToUpper(level) }
