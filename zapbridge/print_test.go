package zapbridge

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/spanlog/spanlog/events"
)

// TestIDsOfWrapped: the names of every policy, for a core that keeps fields, after the call and after the field was used
// again.
func TestIDsOfWrapped(t *testing.T) {
	for name, tt := range map[string]struct {
		policy *events.Policy
		keys   [3]string
	}{
		"OTel":  {nil, [3]string{"trace_id", "span_id", "trace_flags"}},
		"ECS":   {policyOfECS, [3]string{"trace.id", "span.id", "trace_flags"}},
		"names": {&events.Policy{Names: &events.Names{TraceID: "t", SpanID: "s", TraceFlags: "f"}}, [3]string{"t", "s", "f"}},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.InfoLevel)
			l := Wrap(zap.New(core), tt.policy)
			first, second := record(t), record(t)
			field := Context(first.ctx)
			l.Info("m", field)
			l.Info("m", field)
			l.Info("m", Context(second.ctx))
			for i, r := range []recording{first, first, second} {
				traceID, spanID := r.ids()
				has(t, logs.All()[i].ContextMap(), map[string]any{tt.keys[0]: traceID, tt.keys[1]: spanID, tt.keys[2]: "01"})
			}
		})
	}
}

// TestIDsOfOneField: one field, used by many goroutines at once.
func TestIDsOfOneField(t *testing.T) {
	r := record(t)
	traceID, spanID := r.ids()
	var all sync.WaitGroup
	for range 50 {
		field := Context(r.ctx)
		for range 4 {
			all.Go(func() {
				enc := zapcore.NewMapObjectEncoder()
				field.AddTo(enc)
				has(t, enc.Fields, map[string]any{"trace_id": traceID, "span_id": spanID})
			})
		}
	}
	all.Wait()
}

// TestBoundSpanAttributes: attributes of the span are those at the time of the call, not of the binding.
func TestBoundSpanAttributes(t *testing.T) {
	for flavour, newLogger := range with(&events.Policy{SpanAttributes: []string{"step"}}) {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			l := With(r.ctx, newLogger(&b))
			for i := range 2 {
				r.span.SetAttributes(attribute.Int("step", i))
				l.Info("m")
			}
			for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
				has(t, parse(t, line), map[string]any{"step": i})
			}
		})
	}
}
