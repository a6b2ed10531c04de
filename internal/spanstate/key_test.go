package spanstate

import (
	"testing"

	"go.opentelemetry.io/otel/trace"
)

// Every byte of both ids tells one span from another, and each alone makes half of a valid context.
func TestKey(t *testing.T) {
	seen := map[Key]bool{}
	for i := range 24 {
		var traceID trace.TraceID
		var spanID trace.SpanID
		if i < 16 {
			traceID[i] = 1
		} else {
			spanID[i-16] = 1
		}
		check := func(traceID trace.TraceID, spanID trace.SpanID) {
			t.Helper()
			sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID})
			k := KeyOf(&sc)
			if seen[k] {
				t.Errorf("two spans are %v", k)
			}
			if seen[k] = true; k.IsValid() != sc.IsValid() {
				t.Errorf("%v %v is valid: %v", traceID, spanID, k.IsValid())
			}
			if k.Byte() != spanID[7] {
				t.Errorf("the last byte of %v is %d", spanID, k.Byte())
			}
		}
		check(traceID, spanID)
		if i < 16 {
			check(traceID, trace.SpanID{0: 2})
		} else {
			check(trace.TraceID{15: 2}, spanID)
		}
	}
	none := trace.SpanContext{}
	if k := KeyOf(&none); k.IsValid() {
		t.Error("no span is valid")
	}
}
