package spanstate

import "go.opentelemetry.io/otel/trace"

// Keeps reports whether the trace of s is kept: s is sampled, and its provider is registered by Keep.
func Keeps(s trace.Span) bool {
	if keeping.Load() == 0 || !s.SpanContext().IsSampled() {
		return false
	}
	p := s.TracerProvider()
	if !isComparable(p) {
		return false
	}
	_, kept := keepers.Load(p)
	return kept
}
