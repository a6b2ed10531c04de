package span

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/propagation"
)

// Header is a carrier over HTTP headers. Unlike [propagation.HeaderCarrier] it finds names in any letter case, also if
// they were put into the map by hand, and a nil one takes no harm from Set. It writes canonical names.
type Header http.Header

// Metadata is a carrier over the metadata of gRPC, a metadata.MD, whose names are in lower case:
//
//	md, _ := metadata.FromIncomingContext(ctx)
//	ctx = span.Propagator().Extract(ctx, span.Metadata(md))
//
// It finds names in any letter case and writes lower-case ones. Set on a nil one does nothing.
type Metadata map[string][]string

// Map is a carrier over a map of strings, such as the headers of a message. Unlike [propagation.MapCarrier] it finds
// names in any letter case; a name that is there in two spellings counts as repeated. It writes lower-case names. Set
// on a nil one does nothing.
type Map map[string]string

var (
	_ propagation.ValuesGetter = Header{}
	_ propagation.ValuesGetter = Metadata{}
	_ propagation.ValuesGetter = Map{}

	_ propagation.TextMapCarrier = Header{}
	_ propagation.TextMapCarrier = Metadata{}
	_ propagation.TextMapCarrier = Map{}
)

// Get returns the first value of key, or "".
func (h Header) Get(key string) string { return first(h.Values(key)) }

// Values returns all values of key; those of its canonical spelling come first.
func (h Header) Values(key string) []string { return folded(h, http.CanonicalHeaderKey(key)) }

// Set replaces all values of key.
func (h Header) Set(key, value string) { replace(h, http.CanonicalHeaderKey(key), []string{value}) }

// Delete removes key.
func (h Header) Delete(key string) { remove(h, key) }

// Keys returns the names, as they are spelled, in their order.
func (h Header) Keys() []string { return slices.Sorted(maps.Keys(h)) }

// Get returns the first value of key, or "".
func (m Metadata) Get(key string) string { return first(m.Values(key)) }

// Values returns all values of key; those of its lower-case spelling come first.
func (m Metadata) Values(key string) []string { return folded(m, strings.ToLower(key)) }

// Set replaces all values of key.
func (m Metadata) Set(key, value string) { replace(m, strings.ToLower(key), []string{value}) }

// Delete removes key.
func (m Metadata) Delete(key string) { remove(m, key) }

// Keys returns the names, as they are spelled, in their order.
func (m Metadata) Keys() []string { return slices.Sorted(maps.Keys(m)) }

// Get returns the value of key, or "".
func (m Map) Get(key string) string { return first(m.Values(key)) }

// Values returns the values of all spellings of key, that of the lower-case one first.
func (m Map) Values(key string) []string {
	var values []string
	for _, name := range spellings(m, strings.ToLower(key)) {
		values = append(values, m[name])
	}
	return values
}

// Set replaces the value of key, and its other spellings.
func (m Map) Set(key, value string) { replace(m, strings.ToLower(key), value) }

// Delete removes key.
func (m Map) Delete(key string) { remove(m, key) }

// Keys returns the names, as they are spelled, in their order.
func (m Map) Keys() []string { return slices.Sorted(maps.Keys(m)) }

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func folded(m map[string][]string, key string) []string {
	names := spellings(m, key)
	if len(names) == 1 {
		return m[names[0]]
	}
	var values []string
	for _, name := range names {
		values = append(values, m[name]...)
	}
	return values
}

// spellings returns the keys of m that equal key but for their letter case: key itself first, then the others in order.
func spellings[V any](m map[string]V, key string) []string {
	var names []string
	for name := range m {
		if name != key && sameField(name, key) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if _, ok := m[key]; ok {
		return slices.Insert(names, 0, key)
	}
	return names
}

func replace[V any](m map[string]V, key string, value V) {
	if m == nil {
		return
	}
	remove(m, key)
	m[key] = value
}

func remove[V any](m map[string]V, key string) {
	maps.DeleteFunc(m, func(name string, _ V) bool { return sameField(name, key) })
}

// sameField leaves out what EqualFold equates beyond ASCII, a long s with an s.
func sameField(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }
