package setup

import (
	"go.opentelemetry.io/otel/propagation"

	"github.com/spanlog/spanlog/span"
)

// propagator is what OTEL_PROPAGATORS lists, in package span's implementation.
// Names that are not built in are left out; if that leaves nothing, the
// default is used.
func (e *settings) propagator() propagation.TextMapPropagator {
	const name = "OTEL_PROPAGATORS"
	names := list(e.get(name))
	var found []propagation.TextMapPropagator
	none := false
	for _, member := range names {
		switch member {
		case "tracecontext":
			found = append(found, span.TraceContext{})
		case "baggage":
			found = append(found, span.Baggage{})
		case "none":
			none = true
		default:
			e.wrong(name, member, "is not tracecontext, baggage or none", "it is left out")
		}
	}
	if none && len(names) > 1 {
		e.wrong(name, "none", "stands beside other names", "it is left out")
	}
	if len(found) == 0 && !none {
		return span.Propagator()
	}
	return &composite{propagation.NewCompositeTextMapPropagator(found...)}
}

// composite can be compared, unlike the slice within; see setGlobals.
type composite struct{ propagation.TextMapPropagator }
