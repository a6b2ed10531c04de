package setup

import (
	"go.opentelemetry.io/otel/propagation"
)

// propagator is what OTEL_PROPAGATORS lists. Names that are not built in are
// left out; if that leaves nothing, the default is used.
func (e *settings) propagator() propagation.TextMapPropagator {
	const name = "OTEL_PROPAGATORS"
	names := list(e.get(name))
	var found []propagation.TextMapPropagator
	none := false
	for _, member := range names {
		switch member {
		case "tracecontext":
			found = append(found, propagation.TraceContext{})
		case "baggage":
			found = append(found, propagation.Baggage{})
		case "none":
			none = true
		default:
			e.wrong(name, member, "is not tracecontext, baggage or none", "it is left out")
		}
	}
	if len(found) == 0 && !none {
		found = append(found, propagation.TraceContext{}, propagation.Baggage{})
	}
	if none && len(names) > 1 {
		e.wrong(name, "none", "stands beside other names", "it is left out")
	}
	return propagation.NewCompositeTextMapPropagator(found...)
}
