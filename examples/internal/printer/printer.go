// Package printer shows what a span carries, for the examples.
package printer

import (
	"context"
	"fmt"
	"io"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Exporter is a span exporter that prints what a span carries.
type Exporter struct{ out io.Writer }

// New returns one that prints to out.
func New(out io.Writer) Exporter { return Exporter{out} }

// ExportSpans prints each span, and below it one line for each event.
func (p Exporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		sc, status := s.SpanContext(), s.Status()
		fmt.Fprintf(p.out, "span %s %s %s: %s %q\n", sc.TraceID(), sc.SpanID(), s.Name(), status.Code, status.Description)
		for _, e := range s.Events() {
			fmt.Fprintf(p.out, "  event %q", e.Name)
			for _, kv := range e.Attributes {
				fmt.Fprintf(p.out, " %s=%s", kv.Key, kv.Value)
			}
			fmt.Fprintln(p.out)
		}
	}
	return nil
}

// Shutdown does nothing.
func (Exporter) Shutdown(context.Context) error { return nil }
