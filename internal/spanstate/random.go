package spanstate

import (
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// randoms holds the tracer providers whose new traces are to say that their ids are random, see Random.
var randoms sync.Map // trace.TracerProvider -> true

// announcing is set by the first SetRandom, so that programs without it do not search.
var announcing atomic.Bool

// RandomRoot is no parent, and makes the SDK set the random flag on a root: it copies the flags of the parent's span
// context, and looks at the ids first.
// https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
func RandomRoot() trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceFlags: trace.FlagsRandom})
}

// SetRandom registers a provider whose trace ids are random. One that cannot be compared is not registered.
func SetRandom(p trace.TracerProvider) {
	if isComparable(p) {
		announcing.Store(true)
		randoms.Store(p, true)
	}
}

// UnsetRandom ends what SetRandom began.
func UnsetRandom(p trace.TracerProvider) {
	if isComparable(p) {
		randoms.Delete(p)
	}
}

// Random reports whether SetRandom has registered p.
func Random(p trace.TracerProvider) bool {
	if !announcing.Load() || !isComparable(p) {
		return false
	}
	_, random := randoms.Load(p)
	return random
}
