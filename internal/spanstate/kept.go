package spanstate

import (
	"reflect"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// keepers holds the tracer providers that have committed to export what they sample, until they are shut down.
var keepers sync.Map // trace.TracerProvider -> func(trace.SpanContext) string, the link to a trace; may be nil

// keeping is how many there are, so that a program without one pays nothing.
var keeping atomic.Int64

// Keep registers a provider: a sampled trace of its spans will be exported, so a link to it leads somewhere. URL makes
// that link; it may be nil. A provider that cannot be compared is not registered.
func Keep(p trace.TracerProvider, url func(trace.SpanContext) string) {
	if !isComparable(p) {
		return
	}
	if _, known := keepers.Swap(p, url); !known {
		keeping.Add(1)
	}
}

// Forget ends what Keep began: the provider is shut down.
func Forget(p trace.TracerProvider) {
	if !isComparable(p) {
		return
	}
	if _, known := keepers.LoadAndDelete(p); known {
		keeping.Add(-1)
	}
}

// Linking reports whether a provider is registered, without which there are no links.
func Linking() bool { return keeping.Load() > 0 }

// Link returns the link to the trace of s made by url or, if that is nil, by what the provider was registered with.
// It is empty unless the trace is kept: the span is sampled, and its provider is registered.
func Link(s trace.Span, url func(trace.SpanContext) string) string {
	if keeping.Load() == 0 {
		return ""
	}
	sc := s.SpanContext()
	if !sc.IsSampled() || !sc.IsValid() {
		return ""
	}
	p := s.TracerProvider()
	if !isComparable(p) {
		return ""
	}
	registered, ok := keepers.Load(p)
	if !ok {
		return ""
	}
	if url == nil {
		url, _ = registered.(func(trace.SpanContext) string)
	}
	return call(url, sc)
}

// call is safe from what a user's function does.
func call(url func(trace.SpanContext) string, sc trace.SpanContext) (link string) {
	if url == nil {
		return ""
	}
	defer func() {
		if recover() != nil {
			link = ""
		}
	}()
	return url(sc)
}

func isComparable(p trace.TracerProvider) bool {
	return p != nil && reflect.TypeOf(p).Comparable()
}
