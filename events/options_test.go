package events

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// The options are as good as package trace's own, each time that they are used, and where they cannot be set.
func TestOptions(t *testing.T) {
	o := newOptions()
	if !o.ready {
		t.Error("the options of this version of package trace cannot be set anew")
	}
	_, s := sdktrace.NewTracerProvider().Tracer("test").Start(context.Background(), "s")
	first, second := time.Unix(1, 2), time.Unix(3, 4)
	a, b := []attribute.KeyValue{attribute.Int("a", 1)}, []attribute.KeyValue{attribute.Int("b", 2), attribute.Int("c", 3)}
	o.addTo(s, "first", first, a)
	o.addTo(s, "second", second, b)
	(&options{}).addTo(s, "third", first, b)
	for i, e := range s.(sdktrace.ReadOnlySpan).Events() {
		at, attrs := []time.Time{first, second, first}[i], [][]attribute.KeyValue{a, b, b}[i]
		if !e.Time.Equal(at) || !slices.Equal(e.Attributes, attrs) {
			t.Errorf("event %s: got %v %v, want %v %v", e.Name, e.Time, e.Attributes, at, attrs)
		}
	}
	if n := len(s.(sdktrace.ReadOnlySpan).Events()); n != 3 {
		t.Errorf("got %d events, want 3", n)
	}
	if *o.attrs != nil || !o.at.IsZero() {
		t.Errorf("the options keep %v, %v", *o.attrs, *o.at)
	}
}
