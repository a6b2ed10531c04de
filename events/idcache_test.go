package events

import (
	"fmt"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

// Spans that share a place in the cache, or differ in one id or the flags only, have each their own ids.
func TestEncodedIDs(t *testing.T) {
	r := (*Policy)(nil).Rules()
	var all []trace.SpanContext
	for i := range byte(3) {
		for k := range byte(3) {
			for flags := range trace.TraceFlags(2) {
				all = append(all, trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 15: i}, SpanID: trace.SpanID{k + 1, 7: 9}, TraceFlags: flags}))
			}
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				for _, sc := range all {
					want := fmt.Sprintf(`,"trace_id":"%s","span_id":"%s","trace_flags":"%s"`, sc.TraceID(), sc.SpanID(), sc.TraceFlags())
					if got := string(r.AppendIDs(nil, sc)); got != want {
						t.Errorf("got %s, want %s", got, want)
					}
					if ids, n := r.IDs(sc); n != 3 || ids[0].Value.AsString() != sc.TraceID().String() || ids[1].Value.AsString() != sc.SpanID().String() || ids[2].Value.AsString() != sc.TraceFlags().String() {
						t.Errorf("got %v", ids)
					}
				}
			}
		})
	}
	wg.Wait()
}
