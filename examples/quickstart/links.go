package main

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// traceLink fills in the template; without a placeholder it is the base address of a Jaeger.
func traceLink(template string, s sdktrace.ReadOnlySpan) string {
	sc := s.SpanContext()
	if !strings.Contains(template, "{") {
		return strings.TrimRight(template, "/") + "/trace/" + sc.TraceID().String()
	}
	return strings.NewReplacer(
		"{trace_id}", sc.TraceID().String(),
		"{span_id}", sc.SpanID().String(),
		"{start_ms}", strconv.FormatInt(s.StartTime().Add(-time.Hour).UnixMilli(), 10),
		"{end_ms}", strconv.FormatInt(s.EndTime().Add(time.Hour).UnixMilli(), 10),
	).Replace(template)
}

// kibanaLink leads to Discover, filtered by the trace.
func kibanaLink(base, traceID string) string {
	query := "(query:(language:kuery,query:'" + url.PathEscape(`trace.id : "`+traceID+`"`) + "'))"
	return base + "/app/discover#/?_g=(time:(from:now-1h,to:now))&_a=" + query
}
