package zapbridge

import (
	"bytes"
	"context"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.uber.org/zap"

	"github.com/spanlog/spanlog/events"
)

// recorder is a log processor that keeps the records.
type recorder struct{ records []sdklog.Record }

func (r *recorder) OnEmit(_ context.Context, rec *sdklog.Record) error {
	r.records = append(r.records, rec.Clone())
	return nil
}
func (*recorder) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }
func (*recorder) Shutdown(context.Context) error                         { return nil }
func (*recorder) ForceFlush(context.Context) error                       { return nil }

// TestLogRecords: a call is a log record too, also without a span, with its ids where there is one.
func TestLogRecords(t *testing.T) {
	rec := new(recorder)
	p := &events.Policy{Logs: sdklog.NewLoggerProvider(sdklog.WithProcessor(rec))}
	for flavour, newLogger := range with(p) {
		t.Run(flavour, func(t *testing.T) {
			rec.records = nil
			r := record(t)
			l := newLogger(new(bytes.Buffer)).WithOptions(zap.WithClock(clock{}))
			l.Warn("m", zap.Int("a", 1), Context(r.ctx))
			l.Info("no span")
			r.event(t)
			if len(rec.records) != 2 {
				t.Fatalf("records = %d, want 2", len(rec.records))
			}
			got := rec.records[0]
			if got.Severity() != 13 || got.SeverityText() != "WARN" || got.Body().AsString() != "m" || !got.Timestamp().Equal(aTime) ||
				got.SpanID() != r.span.SpanContext().SpanID() {
				t.Errorf("record %v", got)
			}
			found := false
			got.WalkAttributes(func(kv attribute.KeyValue) bool {
				found = found || kv == attribute.Int("a", 1)
				return true
			})
			if !found {
				t.Error("a is missing")
			}
		})
	}
}
