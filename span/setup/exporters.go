package setup

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// exporters makes a batch processor for each exporter of WithExporters, else
// of OTEL_TRACES_EXPORTER, else for "otlp". One that cannot be made is left
// out; the others are not affected.
func (e *settings) exporters(ctx context.Context, c config, r *reporter) []*processor {
	source, names := e.exporterNames(c)
	var processors []*processor
	var batch []sdktrace.BatchSpanProcessorOption
	for _, name := range names {
		exporter := e.exporter(ctx, source, name, len(names))
		if exporter == nil {
			continue
		}
		if batch == nil {
			batch = e.batchOptions()
		}
		counted := &counted{SpanExporter: exporter, place: e.place(name), reporter: r}
		processors = append(processors, &processor{
			SpanProcessor: sdktrace.NewBatchSpanProcessor(counted, batch...),
			exporter:      counted,
			abort:         exporter.Shutdown,
		})
	}
	return processors
}

// exporterNames also says where the names come from, for the messages.
func (e *settings) exporterNames(c config) (source string, names []string) {
	if c.exporters != nil {
		return "WithExporters", list(c.exporters...)
	}
	source = "OTEL_TRACES_EXPORTER"
	if names = list(e.get(source)); len(names) == 0 {
		names = []string{"otlp"}
	}
	return source, names
}

// exporter returns nil for "none" and for what cannot be made.
func (e *settings) exporter(ctx context.Context, source, name string, names int) sdktrace.SpanExporter {
	switch name {
	case "otlp":
		return e.otlp(ctx)
	case "console", "stdout":
		return e.console()
	case "none":
		if names > 1 {
			e.wrong(source, name, "stands beside other names", "it is left out")
		}
	default:
		e.wrong(source, name, "is not otlp, console, stdout or none", "it is left out")
	}
	return nil
}

// place is where an exporter sends to, for a person.
func (e *settings) place(name string) string {
	if name != "otlp" {
		return "the standard output"
	}
	_, endpoint := e.traces("ENDPOINT")
	if _, protocol := e.traces("PROTOCOL"); endpoint == "" && protocol == protocolGRPC {
		return "http://localhost:4317"
	}
	if endpoint == "" {
		return "http://localhost:4318"
	}
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		u.User, u.RawQuery, u.Fragment = nil, "", "" // which may hold secrets, and are not sent
		endpoint = u.String()
	}
	return fmt.Sprintf("%.200s", hidePassword(endpoint))
}

func (e *settings) console() sdktrace.SpanExporter {
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(os.Stdout))
	if err != nil {
		e.failed("exporter console", err, "it is left out")
		return nil
	}
	return exporter
}
