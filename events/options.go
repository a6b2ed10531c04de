package events

import (
	"reflect"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// options are the options of an event: attributes and time. Package trace puts the value of each option into memory of
// its own, 24 bytes an option. Here the options are pointers to values that are set anew for each event: with reflect, and
// without unsafe, since a pointer has the methods of what it points to. It saves two allocations, 50 ns of an event's 700.
type options struct {
	attrs *[]attribute.KeyValue
	at    *time.Time
	both  [2]trace.EventOption // attrs and at
	ready bool                 // the types are as they are expected to be
}

func newOptions() (o options) {
	list, listOK := settable(trace.WithAttributes(), &o.attrs)
	at, atOK := settable(trace.WithTimestamp(time.Time{}), &o.at)
	o.both, o.ready = [2]trace.EventOption{list, at}, listOK && atOK
	return o
}

// settable returns an option as o is one, and lets value point to what it says. It reports whether it could.
func settable[T any](o trace.EventOption, value **T) (trace.EventOption, bool) {
	p := reflect.New(reflect.TypeOf(o))
	option, ok := p.Interface().(trace.EventOption)
	if to := reflect.TypeFor[*T](); ok && p.CanConvert(to) {
		*value = p.Convert(to).Interface().(*T)
		return option, true
	}
	return nil, false
}

// addTo adds an event. The span may keep neither options nor attributes: the SDK's copies them.
func (o *options) addTo(s trace.Span, name string, at time.Time, attrs []attribute.KeyValue) {
	if !o.ready {
		s.AddEvent(name, trace.WithAttributes(attrs...), trace.WithTimestamp(at))
		return
	}
	*o.attrs, *o.at = attrs, at
	s.AddEvent(name, o.both[:]...)
	*o.attrs, *o.at = nil, time.Time{}
}
