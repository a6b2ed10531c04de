package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// result is what came out at the three ends: the loggers' output, the span exporter, and Elasticsearch. All figures are
// counted there, none is taken from spanlog's own counters.
type result struct {
	config    config
	es        *store
	lines     lineSink
	spans     spanSink
	exported  error // why spans did not arrive where the OTEL_* variables say
	documents map[string][]line
}

// read asks Elasticsearch for every trace that is on a line or has a span.
func (r *result) read(ctx context.Context) error {
	wanted := map[string]int{}
	for _, l := range r.lines.lines {
		wanted[l.get("trace.id")]++
	}
	for _, t := range r.spans.byTrace() {
		wanted[traceID(t)] += 0
	}
	r.documents = map[string][]line{}
	for id, n := range wanted {
		if id == "" {
			continue
		}
		found, err := r.es.documents(ctx, id, n)
		if err != nil {
			return err
		}
		r.documents[id] = found
	}
	return nil
}

func traceID(t []sdktrace.ReadOnlySpan) string { return t[0].SpanContext().TraceID().String() }

// event is a span event that a log call made.
type event struct{ span, severity, name string }

// events counts the events of log calls; those that have a severity.
func (r *result) events() map[event]int {
	found := map[event]int{}
	for _, sp := range r.spans.spans {
		for _, e := range sp.Events() {
			if severity := value(e.Attributes, "log.severity"); severity != "" {
				found[event{sp.SpanContext().SpanID().String(), severity, e.Name}]++
			}
		}
	}
	return found
}

func value(attrs []attribute.KeyValue, key attribute.Key) string {
	for _, kv := range attrs {
		if kv.Key == key {
			return kv.Value.String()
		}
	}
	return ""
}

// gaps lists what is missing: lines without a document, lines without an event, documents without a span.
func (r *result) gaps() (gaps []string) {
	gaps = append(gaps, r.withoutDocument()...)
	gaps = append(gaps, r.withoutEvent()...)
	return append(gaps, r.withoutSpan()...)
}

func (r *result) missing() int { return len(r.gaps()) }

func (r *result) firstMissing() string { return r.gaps()[0] }

func (r *result) withoutDocument() (gaps []string) {
	stored := map[string]int{}
	for _, found := range r.documents {
		for _, d := range found {
			stored[d.same()]++
		}
	}
	for _, l := range r.lines.lines {
		if stored[l.same()]--; stored[l.same()] < 0 {
			gaps = append(gaps, "no document for the line "+l.text)
		}
	}
	return gaps
}

// withoutEvent expects an event for every line: the loggers write nothing below Info, the level of events.
func (r *result) withoutEvent() (gaps []string) {
	events := r.events()
	for _, l := range r.lines.lines {
		e := event{l.get("span.id"), upper(l.get("log.level")), l.get("message")}
		if events[e]--; events[e] < 0 {
			gaps = append(gaps, "no event for the line "+l.text)
		}
	}
	return gaps
}

func (r *result) withoutSpan() (gaps []string) {
	known := map[[2]string]bool{}
	for _, sp := range r.spans.spans {
		sc := sp.SpanContext()
		known[[2]string{sc.TraceID().String(), sc.SpanID().String()}] = true
	}
	for _, found := range r.documents {
		for _, d := range found {
			if !known[[2]string{d.get("trace.id"), d.get("span.id")}] {
				gaps = append(gaps, "no span for the document "+d.text)
			}
		}
	}
	return gaps
}

// summary is the last line of the report.
func (r *result) summary() string {
	events, documents, services := 0, 0, map[string]bool{}
	for _, n := range r.events() {
		events += n
	}
	for _, found := range r.documents {
		documents += len(found)
	}
	for _, sp := range r.spans.spans {
		services[serviceOf(sp)] = true
	}
	return fmt.Sprintf("lines=%d events=%d spans=%d documents=%d services=%d traces=%d missing=%d",
		len(r.lines.lines), events, len(r.spans.spans), documents, len(services), len(r.spans.byTrace()), r.missing())
}
