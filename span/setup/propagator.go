package setup

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"

	"github.com/spanlog/spanlog/span"
)

// WithPropagator gives OTEL_PROPAGATORS a further name, in any letter case, such as b3 for the propagator of contrib's
// propagators/b3. It is used only where the variable lists the name, and wins over what is built in under that name. An
// empty name and a nil p change nothing.
func WithPropagator(name string, p propagation.TextMapPropagator) Option {
	return func(c *config) {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" || p == nil {
			return
		}
		if c.propagators == nil {
			c.propagators = map[string]propagation.TextMapPropagator{}
		}
		c.propagators[name] = p
	}
}

// propagator is what OTEL_PROPAGATORS lists: of more, else in package span's implementation. Other names are left out;
// if that leaves nothing, the default is used.
func (e *settings) propagator(more map[string]propagation.TextMapPropagator) propagation.TextMapPropagator {
	const name = "OTEL_PROPAGATORS"
	names := list(e.get(name))
	var found []propagation.TextMapPropagator
	none := false
	for _, member := range names {
		if p := more[member]; p != nil {
			found = append(found, p)
			continue
		}
		switch member {
		case "tracecontext":
			found = append(found, span.TraceContext{})
		case "baggage":
			found = append(found, span.Baggage{})
		case "none":
			none = true
		default:
			e.wrong(name, member, "is not tracecontext, baggage, none or one of WithPropagator", "it is left out")
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
