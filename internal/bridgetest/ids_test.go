package bridgetest

import (
	"encoding/json"
	"reflect"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

// ids are the names of the ids under a schema, in the order trace, span, flags.
type ids [3]string

var (
	otelIDs = ids{"trace_id", "span_id", "trace_flags"}
	ecsIDs  = ids{"trace.id", "span.id", "trace_flags"}
)

// wantAt fails unless the ids of sc stand at the root of the line.
func (names ids) wantAt(t *testing.T, line object, sc trace.SpanContext) {
	t.Helper()
	want := [3]string{sc.TraceID().String(), sc.SpanID().String(), sc.TraceFlags().String()}
	for i, name := range names {
		wantMember(t, line, name, want[i])
	}
}

// wantNone fails if one of the ids stands at the root of the line.
func (names ids) wantNone(t *testing.T, line object) {
	t.Helper()
	for _, name := range names {
		if v, there := line[name]; there {
			t.Errorf("%s: got %v, want none in %v", name, v, line)
		}
	}
}

// wantMember fails unless the member is there and equal.
func wantMember(t *testing.T, o object, key string, want any) {
	t.Helper()
	if got, there := o[key]; !there || !equal(got, want) {
		t.Errorf("%s: got %#v, want %#v in %v", key, got, want, o)
	}
}

// wantAttr fails unless the event has the attribute, with the type.
func wantAttr(t *testing.T, e event, key string, want any) {
	t.Helper()
	if got, there := e.attrs[key]; !there || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %T %#v, want %T %#v in %v", key, got, got, want, want, e.attrs)
	}
}

// inside returns the object under the path, failing where there is none.
func inside(t *testing.T, o object, path ...string) object {
	t.Helper()
	for _, key := range path {
		inner, ok := member(o, key)
		if !ok {
			t.Fatalf("%s: got %#v, want an object in %v", key, o[key], o)
		}
		o = inner
	}
	return o
}

// wantNumber fails unless the member is there and has these digits.
func wantNumber(t *testing.T, o object, key, digits string) {
	t.Helper()
	wantMember(t, o, key, json.Number(digits))
}
