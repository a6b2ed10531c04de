package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/contrib/bridges/otelzap"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/events/eventbridge"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/zapbridge"
)

// memory is a log exporter that keeps what it gets.
type memory struct{ records []sdklog.Record }

func (m *memory) Export(_ context.Context, records []sdklog.Record) error {
	for _, r := range records {
		m.records = append(m.records, r.Clone())
	}
	return nil
}
func (*memory) Shutdown(context.Context) error   { return nil }
func (*memory) ForceFlush(context.Context) error { return nil }

const contribScope = "contrib"

// beside are loggers with contrib's bridge attached next to ours. Each makes one call, with an event name that may be
// empty.
var beside = map[string]func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string){
	"slog, multi handler": func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string) {
		contrib := otelslog.NewHandler(contribScope, otelslog.WithLoggerProvider(logs))
		l := slog.New(slog.NewMultiHandler(slogbridge.NewHandler(io.Discard, nil, p), contrib))
		l.InfoContext(ctx, "paid", "event.name", event, "amount", 42)
	},
	"slog, contrib wrapped": func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string) {
		l := slog.New(slogbridge.Wrap(otelslog.NewHandler(contribScope, otelslog.WithLoggerProvider(logs)), p))
		l.InfoContext(ctx, "paid", "event.name", event, "amount", 42)
	},
	"zap, tee of cores": func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string) {
		contrib := otelzap.NewCore(contribScope, otelzap.WithLoggerProvider(logs))
		l := zap.New(zapcore.NewTee(zapbridge.NewCore(io.Discard, zap.InfoLevel, p), contrib))
		l.Info("paid", zapbridge.Context(ctx), zap.String("event.name", event), zap.Int("amount", 42))
	},
	"zap, tee of cores, bound": func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string) {
		contrib := otelzap.NewCore(contribScope, otelzap.WithLoggerProvider(logs))
		l := zapbridge.With(ctx, zap.New(zapcore.NewTee(zapbridge.NewCore(io.Discard, zap.InfoLevel, p), contrib)))
		l.Info("paid", zap.String("event.name", event), zap.Int("amount", 42))
	},
	"zap, tee wrapped": func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string) {
		l := zapbridge.Wrap(zap.New(zapcore.NewTee(discardCore(), otelzap.NewCore(contribScope, otelzap.WithLoggerProvider(logs)))), p)
		l.Info("paid", zapbridge.Context(ctx), zap.String("event.name", event), zap.Int("amount", 42))
	},
	"zap, tee wrapped, bound": func(ctx context.Context, p *events.Policy, logs *sdklog.LoggerProvider, event string) {
		l := zapbridge.Wrap(zap.New(zapcore.NewTee(discardCore(), otelzap.NewCore(contribScope, otelzap.WithLoggerProvider(logs)))), p)
		zapbridge.With(ctx, l).Info("paid", zap.String("event.name", event), zap.Int("amount", 42))
	},
}

func discardCore() zapcore.Core {
	return zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zap.InfoLevel)
}

// TestContribBeside: one call is one span event, whatever the route, and contrib's record belongs to the span. With
// RouteRecords the bridge in the provider makes the event, and only of a call with an event name.
func TestContribBeside(t *testing.T) {
	for name, log := range beside {
		for _, row := range []struct {
			route   events.Route
			event   string
			want    []string // names of the span events
			records int      // of ours
		}{
			{events.RouteBoth, "cart.paid", []string{"cart.paid"}, 1},
			{events.RouteEvents, "cart.paid", []string{"cart.paid"}, 0},
			{events.RouteRecords, "cart.paid", []string{"cart.paid"}, 1},
			{events.RouteBoth, "", []string{"paid"}, 1},
			{events.RouteEvents, "", []string{"paid"}, 0},
			{events.RouteRecords, "", nil, 1},
		} {
			t.Run(fmt.Sprintf("%s, route %d %s", name, row.route, row.event), func(t *testing.T) {
				var out memory
				logs := sdklog.NewLoggerProvider(
					sdklog.WithProcessor(eventbridge.New()),
					sdklog.WithProcessor(sdklog.NewSimpleProcessor(&out)))
				spans := tracetest.NewSpanRecorder()
				tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("e2e")
				ctx, s := tracer.Start(t.Context(), "checkout")
				log(ctx, &events.Policy{Logs: logs, Route: row.route}, logs, row.event)
				s.End()

				var got []string
				for _, e := range spans.Ended()[0].Events() {
					got = append(got, e.Name)
				}
				if !slices.Equal(got, row.want) {
					t.Errorf("events are %q, want %q", got, row.want)
				}
				checkRecords(t, out.records, s.SpanContext(), row.records)
			})
		}
	}
}

// checkRecords expects one record of contrib's, and as many of ours, all of the span.
func checkRecords(t *testing.T, records []sdklog.Record, sc trace.SpanContext, wantOurs int) {
	t.Helper()
	ours, contribs := 0, 0
	for _, r := range records {
		if r.InstrumentationScope().Name == contribScope {
			contribs++
		} else {
			ours++
		}
		if r.TraceID() != sc.TraceID() || r.SpanID() != sc.SpanID() || r.Body().AsString() != "paid" {
			t.Errorf("the record %q of %s has the ids %s %s, want %s %s", r.Body(), r.InstrumentationScope().Name, r.TraceID(), r.SpanID(), sc.TraceID(), sc.SpanID())
		}
	}
	if contribs != 1 || ours != wantOurs {
		t.Errorf("%d records of contrib's and %d of ours, want 1 and %d", contribs, ours, wantOurs)
	}
}
