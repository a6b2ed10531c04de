package spanstate

import "go.opentelemetry.io/otel/attribute"

// ValidAttribute returns kv with its key, and every string that its value holds at any depth, as valid UTF-8, see [Valid].
func ValidAttribute(kv attribute.KeyValue) attribute.KeyValue {
	kv.Key = attribute.Key(Valid(string(kv.Key)))
	kv.Value = validValue(kv.Value)
	return kv
}

func validValue(v attribute.Value) attribute.Value {
	switch v.Type() {
	case attribute.STRING:
		return attribute.StringValue(Valid(v.AsString()))
	case attribute.STRINGSLICE:
		all := v.AsStringSlice() // these return copies
		for i, s := range all {
			all[i] = Valid(s)
		}
		return attribute.StringSliceValue(all)
	case attribute.SLICE:
		all := v.AsSlice()
		for i, e := range all {
			all[i] = validValue(e)
		}
		return attribute.SliceValue(all...)
	case attribute.MAP:
		all := v.AsMap()
		for i, kv := range all {
			all[i] = ValidAttribute(kv)
		}
		return attribute.MapValue(all...)
	}
	return v
}
