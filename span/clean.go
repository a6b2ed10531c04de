package span

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// clean returns a copy of attrs with what is not UTF-8 replaced: an exporter that speaks protobuf refuses a whole batch
// for one string that is not. Being a copy, it leaves the caller's slice where it is, on the stack at best.
func clean(attrs []attribute.KeyValue) []attribute.KeyValue {
	out := make([]attribute.KeyValue, len(attrs))
	for i, kv := range attrs {
		out[i] = spanstate.ValidAttribute(kv)
	}
	return out
}
