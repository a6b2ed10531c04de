package setup

import (
	"testing"

	"go.opentelemetry.io/otel/propagation"

	"github.com/spanlog/spanlog/span"
)

// Whatever names it, tracecontext is package span's: it reads all tracestate headers, and level-2 keys.
func TestPropagatorsAreOurs(t *testing.T) {
	const state = "1@2=x,a=1"
	for value, want := range map[string]string{
		"": state, "tracecontext": state, "tracecontext,baggage": state, "nonsense": state, "baggage": "", "none": "",
	} {
		environment(t, "OTEL_PROPAGATORS="+value)
		p := (&settings{}).propagator(nil)
		in := propagation.HeaderCarrier{"Traceparent": {incoming}, "Tracestate": {"1@2=x", "a=1"}, "Baggage": {"no", "b=2"}}
		out := span.Map{}
		p.Inject(p.Extract(t.Context(), in), out)
		if out["tracestate"] != want {
			t.Errorf("OTEL_PROPAGATORS=%s: got tracestate %q, want %q", value, out["tracestate"], want)
		}
		if got, carries := out["baggage"] == "b=2", value != "tracecontext" && value != "none"; got != carries {
			t.Errorf("OTEL_PROPAGATORS=%s: got baggage %q", value, out["baggage"])
		}
	}
}
