package tracing

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// kept is a span processor that keeps what the SDK ended.
type kept struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan
}

func (*kept) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (*kept) Shutdown(context.Context) error                  { return nil }
func (*kept) ForceFlush(context.Context) error                { return nil }

func (k *kept) OnEnd(s sdktrace.ReadOnlySpan) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spans = append(k.spans, s)
}

// want returns the spans as Jaeger must give them back, in order of start.
func (k *kept) want() []found {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []found
	for _, s := range k.spans {
		all = append(all, asFound(s))
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.Start.Compare(b.Start) })
	return all
}

func asFound(s sdktrace.ReadOnlySpan) found {
	f := found{
		ID: s.SpanContext().SpanID().String(), Name: s.Name(), Kind: kind(s.SpanKind()),
		Start: local(s.StartTime()), End: local(s.EndTime()),
		Status: status(s.Status().Code), Message: s.Status().Description,
		Values: typed(s.Attributes()), Resource: typed(s.Resource().Attributes()),
	}
	if s.Parent().IsValid() {
		f.Parent = s.Parent().SpanID().String()
	}
	for _, e := range s.Events() {
		f.Events = append(f.Events, foundEvent{e.Name, local(e.Time), typed(e.Attributes)})
	}
	return f
}

// local drops the monotonic clock, which no wire carries.
func local(t time.Time) time.Time { return time.Unix(0, t.UnixNano()) }

// kind and status are OTLP's numbers.
func kind(k trace.SpanKind) int {
	return map[trace.SpanKind]int{trace.SpanKindInternal: 1, trace.SpanKindServer: 2, trace.SpanKindClient: 3, trace.SpanKindProducer: 4, trace.SpanKindConsumer: 5}[k]
}

func status(c codes.Code) int { return map[codes.Code]int{codes.Ok: 1, codes.Error: 2}[c] }

func typed(attrs []attribute.KeyValue) map[string]any {
	m := map[string]any{}
	for _, kv := range attrs {
		m[string(kv.Key)] = kv.Value.AsInterface()
		if texts, ok := m[string(kv.Key)].([]string); ok {
			var all []string
			for _, text := range texts {
				all = append(all, fmt.Sprintf("%T %v", text, text))
			}
			m[string(kv.Key)] = all
		}
	}
	return m
}

// equal fails the test for every span and event that differs.
func equal(t *testing.T, got, want []found) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("Jaeger has %d spans, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("span %q:\n got %+v\nwant %+v", want[i].Name, got[i], want[i])
		}
	}
}
