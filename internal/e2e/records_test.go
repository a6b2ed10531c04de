package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	otlp "go.opentelemetry.io/proto/otlp/logs/v1"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span/setup"
	"github.com/spanlog/spanlog/zapbridge"
	"github.com/spanlog/spanlog/zerologbridge"
)

// logsReceiver is an OTLP receiver for log records over HTTP.
type logsReceiver struct {
	mu      sync.Mutex
	records []*otlp.LogRecord
	scopes  []string
}

func (r *logsReceiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	data, err := io.ReadAll(req.Body)
	request := &collector.ExportLogsServiceRequest{}
	if err = errors.Join(err, proto.Unmarshal(data, request)); err != nil || req.URL.Path != "/v1/logs" {
		http.Error(w, fmt.Sprintf("%s: %v", req.URL.Path, err), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range request.GetResourceLogs() {
		for _, scope := range resource.GetScopeLogs() {
			r.scopes = append(r.scopes, scope.GetScope().GetName())
			r.records = append(r.records, scope.GetLogRecords()...)
		}
	}
}

// logsOver returns a provider that sends each record to a receiver at once, over the real exporter.
func logsOver(t *testing.T, r *logsReceiver) *sdklog.LoggerProvider {
	t.Helper()
	clearOTEL(t)
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	exporter, err := otlploghttp.New(t.Context(), otlploghttp.WithEndpointURL(s.URL+"/v1/logs"), otlploghttp.WithTimeout(20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewSimpleProcessor(exporter)))
}

// loggers make one call each, with an event name, an error, and fields of the usual kinds.
var loggers = map[string]func(context.Context, *events.Policy){
	"slog": func(ctx context.Context, p *events.Policy) {
		l := slog.New(slogbridge.NewHandler(io.Discard, nil, p)).With("order", "A-1")
		l.ErrorContext(ctx, "charge refused", "event.name", "payment.refused", "amount", 42, "fee", 0.5, "retry", true, slog.Group("card", "brand", "visa"), "error", errCard)
	},
	"zap": func(ctx context.Context, p *events.Policy) {
		l := zap.New(zapbridge.NewCore(io.Discard, zap.InfoLevel, p)).With(zap.String("order", "A-1"))
		l.Error("charge refused", zapbridge.Context(ctx), zap.String("event.name", "payment.refused"), zap.Int("amount", 42), zap.Float64("fee", 0.5), zap.Bool("retry", true), zap.Dict("card", zap.String("brand", "visa")), zap.Error(errCard))
	},
	"zerolog": func(ctx context.Context, p *events.Policy) {
		l := zerologbridge.New(io.Discard, p).With().Str("order", "A-1").Logger()
		l.Error().Ctx(ctx).Str("event.name", "payment.refused").Int("amount", 42).Float64("fee", 0.5).Bool("retry", true).Dict("card", zerolog.Dict().Str("brand", "visa")).Err(errCard).Msg("charge refused")
	},
}

// TestLogRecordsOverOTLP sends a call of each logger as a log record and decodes what the wire carried.
func TestLogRecordsOverOTLP(t *testing.T) {
	for name, log := range loggers {
		t.Run(name, func(t *testing.T) {
			var r logsReceiver
			logs := logsOver(t, &r)
			sdk, err := setup.New(t.Context(), setup.WithExporters("none"))
			if err != nil {
				t.Fatal(err)
			}
			ctx, s := sdk.TracerProvider.Tracer("e2e").Start(t.Context(), "charge_payment")
			before := time.Now()
			log(ctx, &events.Policy{Logs: logs})
			s.End()
			if err := logs.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(r.records) != 1 || r.scopes[0] != "github.com/spanlog/spanlog/events" {
				t.Fatalf("got the records %v of %q, want one", r.records, r.scopes)
			}
			checkRecord(t, r.records[0], s.SpanContext())
			if at := time.Unix(0, int64(r.records[0].GetTimeUnixNano())); at.Before(before) || at.After(time.Now()) {
				t.Errorf("time is %v, want that of the call", at)
			}
			want := map[string]any{
				"order": "A-1", "amount": int64(42), "fee": 0.5, "retry": true, "card.brand": "visa",
				"error": "card declined", "exception.message": "card declined", "exception.type": "*errors.errorString",
			}
			if name == "zerolog" {
				delete(want, "exception.type") // its line has no types
			}
			if got := values(r.records[0].GetAttributes()); !maps.Equal(got, want) {
				t.Errorf("attributes are\n%v, want\n%v", got, want)
			}
		})
	}
}

func checkRecord(t *testing.T, r *otlp.LogRecord, sc trace.SpanContext) {
	t.Helper()
	traceID, spanID := sc.TraceID(), sc.SpanID()
	if !bytes.Equal(r.GetTraceId(), traceID[:]) || !bytes.Equal(r.GetSpanId(), spanID[:]) || r.GetFlags() != uint32(sc.TraceFlags()) {
		t.Errorf("ids are %x %x %x, want %s %s %s", r.GetTraceId(), r.GetSpanId(), r.GetFlags(), traceID, spanID, sc.TraceFlags())
	}
	if r.GetSeverityNumber() != otlp.SeverityNumber_SEVERITY_NUMBER_ERROR || r.GetSeverityText() != "ERROR" {
		t.Errorf("severity is %v %q, want that of an error", r.GetSeverityNumber(), r.GetSeverityText())
	}
	if got := r.GetBody().GetStringValue(); got != "charge refused" {
		t.Errorf("body is %q", got)
	}
	if got := r.GetEventName(); got != "payment.refused" {
		t.Errorf("event name is %q", got)
	}
}
