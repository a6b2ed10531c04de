package setup

import (
	"context"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// exporters makes a batch processor for each exporter of WithExporters, else
// of OTEL_TRACES_EXPORTER, else for "otlp". One that cannot be made is left
// out; the others are not affected.
func (e *settings) exporters(ctx context.Context, c config) []*processor {
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
		processors = append(processors, &processor{
			SpanProcessor: sdktrace.NewBatchSpanProcessor(exporter, batch...),
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

func (e *settings) console() sdktrace.SpanExporter {
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(os.Stdout))
	if err != nil {
		e.failed("exporter console", err, "it is left out")
		return nil
	}
	return exporter
}
