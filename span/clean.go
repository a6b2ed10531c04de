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
		out[i] = kv
		out[i].Key = attribute.Key(spanstate.Valid(string(kv.Key)))
		switch kv.Value.Type() {
		case attribute.STRING:
			out[i].Value = attribute.StringValue(spanstate.Valid(kv.Value.AsString()))
		case attribute.STRINGSLICE:
			all := kv.Value.AsStringSlice() // a copy
			for j, s := range all {
				all[j] = spanstate.Valid(s)
			}
			out[i].Value = attribute.StringSliceValue(all)
		}
	}
	return out
}
