package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// lineSink is the output that the loggers write to, kept.
type lineSink struct {
	mu    sync.Mutex
	lines []line
}

// line is one line of a logger, or one document, read back.
type line struct {
	text   string
	fields map[string]any
}

// Write keeps one line. What is not a JSON object is kept too, and will have no document.
func (s *lineSink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, parse(bytes.TrimSuffix(p, []byte("\n"))))
	return len(p), nil
}

func parse(text []byte) line {
	l := line{text: string(text)}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	_ = dec.Decode(&l.fields)
	return l
}

// get returns a field of text; "" if there is none.
func (l line) get(key string) string {
	s, _ := l.fields[key].(string)
	return s
}

// ofShipper are the fields that the shipper adds where a line lacks them; the loggers of this program write none of them.
var ofShipper = []string{"event.sequence", "data_stream.type", "data_stream.dataset", "data_stream.namespace", "host.name"}

// same returns what makes two lines the same: all fields but those that the shipper added.
func (l line) same() string {
	if l.fields == nil {
		return l.text
	}
	fields := map[string]any{}
	for k, v := range l.fields {
		if !slices.Contains(ofShipper, k) {
			fields[k] = v
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return l.text
	}
	return string(text)
}

// spanSink is an exporter that keeps the spans of all services.
type spanSink struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan
}

func (s *spanSink) processor() sdktrace.SpanProcessor { return sdktrace.NewSimpleSpanProcessor(s) }

// ExportSpans keeps the spans.
func (s *spanSink) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spans = append(s.spans, spans...)
	return nil
}

// Shutdown does nothing: each of the three services shuts it down.
func (s *spanSink) Shutdown(context.Context) error { return nil }

// byTrace returns the spans of each trace in order of start, and the traces in order of their first span.
func (s *spanSink) byTrace() [][]sdktrace.ReadOnlySpan {
	s.mu.Lock()
	defer s.mu.Unlock()
	sorted := slices.Clone(s.spans)
	slices.SortStableFunc(sorted, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	index := map[string]int{}
	var traces [][]sdktrace.ReadOnlySpan
	for _, sp := range sorted {
		id := sp.SpanContext().TraceID().String()
		i, ok := index[id]
		if !ok {
			i = len(traces)
			index[id] = i
			traces = append(traces, nil)
		}
		traces[i] = append(traces[i], sp)
	}
	return traces
}
