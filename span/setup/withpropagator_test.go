package setup

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/propagation"
)

// header is a propagator that writes one header.
type header string

func (h header) Inject(_ context.Context, c propagation.TextMapCarrier)                  { c.Set(string(h), "1") }
func (header) Extract(ctx context.Context, _ propagation.TextMapCarrier) context.Context { return ctx }
func (h header) Fields() []string                                                        { return []string{string(h)} }

func TestWithPropagator(t *testing.T) {
	for _, row := range []struct {
		value, want, wrong string
	}{
		{"", "traceparent tracestate baggage", ""},
		{"b3", "x-b3", ""},
		{"tracecontext, B3", "traceparent tracestate x-b3", ""},
		{"b3,jaeger", "x-b3", "jaeger"},
		{"baggage,b3", "mine x-b3", ""},
	} {
		t.Run(row.value, func(t *testing.T) {
			environment(t, "OTEL_PROPAGATORS="+row.value)
			sdk, err := New(t.Context(), WithExporters("none"), WithPropagator(" B3", header("x-b3")), WithPropagator("baggage", header("mine")),
				WithPropagator("", header("unnamed")), WithPropagator("nil", nil))
			if row.wrong != "" {
				wantSetting(t, err, row.wrong)
			} else if err != nil {
				t.Error(err)
			}
			if got := strings.Join(sdk.Propagator.Fields(), " "); !sameFields(got, row.want) {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if err := sdk.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func sameFields(a, b string) bool {
	for _, f := range strings.Fields(b) {
		if !strings.Contains(" "+a+" ", " "+f+" ") {
			return false
		}
	}
	return len(strings.Fields(a)) == len(strings.Fields(b))
}
