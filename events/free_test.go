package events

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What an event has used is cleared, whatever it had: nothing of a call stays in memory for the next one.
func TestFree(t *testing.T) {
	for _, p := range []*Policy{nil, {Groups: GroupsMap}} {
		for _, n := range []int{0, 5, inline - 3, inline, 2 * inline} {
			ctx, _ := sdktrace.NewTracerProvider().Tracer("test").Start(context.Background(), "s")
			rules := p.Rules()
			e := rules.Begin(new(rules.Scope(ctx, nil)), 8, &Call{})
			for i := range n {
				e.AddIn(2, attribute.String(fmt.Sprint("g.", i), "v"))
			}
			e.AddError(errors.New("e"))
			e.End("ERROR", "m", time.Time{}) // the last touch but for this test's
			for i, kv := range e.memory {
				if kv.Key != "" || kv.Value.Type() != attribute.EMPTY {
					t.Fatalf("%d attributes: %v is left at %d", n, kv, i)
				}
			}
			if e.span != nil || e.ctx != nil || e.err != nil || e.state != nil || e.attrs != nil {
				t.Errorf("%d attributes: the event holds %+v", n, e.Fields)
			}
		}
	}
}
