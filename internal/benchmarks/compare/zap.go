package main

import (
	"context"

	uptrace "github.com/uptrace/opentelemetry-go-extra/otelzap"
	"go.opentelemetry.io/contrib/bridges/otelzap"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/zapbridge"
)

func zapPlainCore(e *env) zapcore.Core {
	return zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(e.w)), zap.InfoLevel)
}

func zapPlain(e *env) *zap.Logger { return zap.New(zapPlainCore(e)) }

func zapOwn(p *events.Policy) func(*env) *zap.Logger {
	return func(e *env) *zap.Logger { return zap.New(zapbridge.NewCore(e.w, zap.InfoLevel, p)) }
}

func zapWrap(p *events.Policy) func(*env) *zap.Logger {
	return func(e *env) *zap.Logger { return zapbridge.Wrap(zapPlain(e), p) }
}

// zapOther is a core of somebody's own.
type zapOther struct{ zapcore.Core }

func (c *zapOther) With(fields []zapcore.Field) zapcore.Core { return &zapOther{c.Core.With(fields)} }

func (c *zapOther) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(ent.Level) {
		return ce.AddCore(ent, c)
	}
	return ce
}

func zapWrapOther(p *events.Policy) func(*env) *zap.Logger {
	return func(e *env) *zap.Logger { return zapbridge.Wrap(zap.New(&zapOther{zapPlainCore(e)}), p) }
}

func zapContrib(e *env) *zap.Logger {
	return zap.New(otelzap.NewCore("compare", otelzap.WithLoggerProvider(e.logs)))
}

func zapContribJSON(e *env) *zap.Logger {
	return zap.New(zapcore.NewTee(zapPlainCore(e), otelzap.NewCore("compare", otelzap.WithLoggerProvider(e.logs))))
}

// zapCall is a call with its fields; those that carry ids or a context come last, as a program adds them.
type zapCall struct {
	name    string
	prepare func(*zap.Logger) *zap.Logger
	log     func(context.Context, *zap.Logger)
	more    func(*zap.Logger, zap.Field)           // the same with one more field
	byHand  func(context.Context, *zap.Logger)     // the same with the three ids; nil where they would be elsewhere
	uptrace func(context.Context, *uptrace.Logger) // the same on a logger of uptrace's
}

// zapCalls are the calls.
var zapCalls = []zapCall{
	{"none", nil, zapNone, func(l *zap.Logger, f zap.Field) { l.Info(message, f) }, zapNoneByHand, nil},
	{"five", nil, zapFive, zapFiveAnd, zapFiveByHand, zapFiveUptrace},
	{"ten", nil, zapTen, zapTenAnd, zapTenByHand, nil},
	{"five with five", zapWithFive, zapFive, zapFiveAnd, zapFiveByHand, nil},
	{"five in a namespace", func(l *zap.Logger) *zap.Logger { return l.With(zap.Namespace("req")) }, zapFive, zapFiveAnd, nil, nil},
}

func zapWithFive(l *zap.Logger) *zap.Logger {
	return l.With(zap.String("service", "checkout"), zap.String("version", "1.4.2"), zap.Int("replica", 3), zap.Float64("load", 0.25), zap.Bool("canary", false))
}

func zapNone(_ context.Context, l *zap.Logger) { l.Info(message) }

func zapNoneByHand(ctx context.Context, l *zap.Logger) {
	t, s, f := ids(ctx)
	l.Info(message, zap.String("trace_id", t), zap.String("span_id", s), zap.String("trace_flags", f))
}

func zapFive(_ context.Context, l *zap.Logger) {
	l.Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached))
}

func zapFiveAnd(l *zap.Logger, f zap.Field) {
	l.Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached), f)
}

func zapFiveByHand(ctx context.Context, l *zap.Logger) {
	t, s, f := ids(ctx)
	l.Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached),
		zap.String("trace_id", t), zap.String("span_id", s), zap.String("trace_flags", f))
}

func zapFiveUptrace(ctx context.Context, l *uptrace.Logger) {
	l.Ctx(ctx).Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached))
}

func zapTen(_ context.Context, l *zap.Logger) {
	l.Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached),
		zap.Int64("account", account), zap.String("region", region), zap.NamedError("failure", errStock), zap.Time("deadline", deadline),
		zap.Dict("address", zap.String("city", city), zap.String("zip", zip)))
}

func zapTenAnd(l *zap.Logger, f zap.Field) {
	l.Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached),
		zap.Int64("account", account), zap.String("region", region), zap.NamedError("failure", errStock), zap.Time("deadline", deadline),
		zap.Dict("address", zap.String("city", city), zap.String("zip", zip)), f)
}

func zapTenByHand(ctx context.Context, l *zap.Logger) {
	t, s, f := ids(ctx)
	l.Info(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached),
		zap.Int64("account", account), zap.String("region", region), zap.NamedError("failure", errStock), zap.Time("deadline", deadline),
		zap.Dict("address", zap.String("city", city), zap.String("zip", zip)),
		zap.String("trace_id", t), zap.String("span_id", s), zap.String("trace_flags", f))
}

func zapFiveDebug(_ context.Context, l *zap.Logger) {
	l.Debug(message, zap.String("method", method), zap.String("path", path),
		zap.Int("status", status), zap.Float64("duration", duration), zap.Bool("cached", cached))
}

// columns are the ways to write the call.
func (c zapCall) columns() []column {
	plain := shape[*zap.Logger]{c.name, c.prepare, c.log}
	perCall := shape[*zap.Logger]{c.name, c.prepare, func(ctx context.Context, l *zap.Logger) { c.more(l, zapbridge.Context(ctx)) }}
	reflected := shape[*zap.Logger]{c.name, c.prepare, func(ctx context.Context, l *zap.Logger) { c.more(l, zap.Any("context", ctx)) }}
	bound := func(l func(*env) *zap.Logger) func(*env) func(context.Context) { return plain.bound(l, zapbridge.With) }
	columns := append(naiveColumns(c.name),
		column{"plain", none, plain.on(zapPlain), wants{line: true}},
		column{"own bound, ids", recording, bound(zapOwn(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"own bound, event", fresh, bound(zapOwn(nil)), wants{line: true, ids: allIDs, event: true}},
		column{"own bound, unsampled", unsampled, bound(zapOwn(nil)), wants{line: true, ids: allIDs}},
		column{"own bound, no span", none, bound(zapOwn(nil)), wants{line: true}},
		column{"own bound, budget spent", spent, bound(zapOwn(nil)), wants{line: true, ids: allIDs}},
		column{"own bound, events held", certain, bound(zapOwn(nil)), wants{line: true, ids: allIDs}},
		column{"own, ids", recording, perCall.on(zapOwn(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"own, event", fresh, perCall.on(zapOwn(nil)), wants{line: true, ids: allIDs, event: true}},
		column{"own bound, ECS, ids", unsampled, bound(zapOwn(ecs)), wants{line: true, ids: ecsIDs}},
		column{"own bound, ECS, event", fresh, bound(zapOwn(ecs)), wants{line: true, ids: ecsIDs, event: true}},
		column{"wrap bound, ids", recording, bound(zapWrap(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"wrap bound, no span", none, bound(zapWrap(nil)), wants{line: true}},
		column{"wrap, ids", recording, perCall.on(zapWrap(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"wrap, ids, brief spans", brief, perCall.on(zapWrap(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"wrap other, ids", recording, perCall.on(zapWrapOther(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"wrap other bound, no span", none, bound(zapWrapOther(nil)), wants{line: true}},
		column{"wrap, event", fresh, perCall.on(zapWrap(nil)), wants{line: true, ids: allIDs, event: true}},
		column{"otelzap, no line", fresh, reflected.on(zapContrib), wants{record: true}},
		column{"otelzap and JSON", fresh, reflected.on(zapContribJSON), wants{line: true, record: true}},
	)
	if c.byHand != nil {
		hand := shape[*zap.Logger]{c.name, c.prepare, c.byHand}
		withEvent := shape[*zap.Logger]{c.name, c.prepare, func(ctx context.Context, l *zap.Logger) { c.byHand(ctx, l); naive(ctx) }}
		columns = append(columns,
			column{"by hand", recording, hand.on(zapPlain), wants{line: true, ids: allIDs}},
			column{"by hand, event", fresh, withEvent.on(zapPlain), wants{line: true, ids: allIDs, event: true}})
	}
	if c.uptrace != nil {
		columns = append(columns, column{"uptrace 0.2.4, event", fresh, c.onUptrace, wants{line: true, ids: traceOnly, event: true}})
	}
	return columns
}

func (c zapCall) onUptrace(e *env) func(context.Context) {
	l := uptrace.New(zapPlain(e), uptrace.WithMinLevel(zap.InfoLevel), uptrace.WithTraceIDField(true), uptrace.WithCaller(false))
	return func(ctx context.Context) { c.uptrace(ctx, l) }
}

func zapScenarios() (all []scenario) {
	for _, c := range zapCalls {
		all = append(all, scenario{name: "zap, " + c.name, columns: c.columns()})
	}
	debug := shape[*zap.Logger]{"disabled", nil, zapFiveDebug}
	five := shape[*zap.Logger]{"five", nil, zapFive}
	return append(all,
		scenario{name: "zap, disabled", still: true, columns: []column{
			{"plain", recording, debug.on(zapPlain), wants{}},
			{"own bound", recording, debug.bound(zapOwn(nil), zapbridge.With), wants{}},
			{"wrap bound", recording, debug.bound(zapWrap(nil), zapbridge.With), wants{}},
		}},
		scenario{name: "zap, parallel", procs: 2, columns: []column{
			{"plain", none, five.on(zapPlain), wants{line: true}},
			{"own bound, ids", recording, five.bound(zapOwn(onlyIDs), zapbridge.With), wants{line: true, ids: allIDs}},
			{"own bound, event", fresh, five.bound(zapOwn(nil), zapbridge.With), wants{line: true, ids: allIDs, event: true}},
		}},
	)
}
