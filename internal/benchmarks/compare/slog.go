package main

import (
	"context"
	"log/slog"

	phuslu "github.com/phuslu/log"
	slogotel "github.com/remychantenay/slog-otel"
	"go.opentelemetry.io/contrib/bridges/otelslog"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

// onlyIDs makes no events, although the span records.
var onlyIDs = &events.Policy{EventLevel: events.Off}

// ecs is the policy of the columns in the Elastic Common Schema.
var ecs = &events.Policy{Schema: events.ECS}

// slogPlain is what all columns of slog are compared with.
func slogPlain(e *env) *slog.Logger { return slog.New(slog.NewJSONHandler(e.w, nil)) }

func slogOwn(p *events.Policy) func(*env) *slog.Logger {
	return func(e *env) *slog.Logger { return slog.New(slogbridge.NewHandler(e.w, nil, p)) }
}

// slogCrowded is an output beside another one of the process, which it claims its calls against.
func slogCrowded(e *env) *slog.Logger {
	_ = (*events.Policy)(nil).Rules()
	return slogOwn(nil)(e)
}

func slogWrap(p *events.Policy) func(*env) *slog.Logger {
	return func(e *env) *slog.Logger { return slog.New(slogbridge.Wrap(slog.NewJSONHandler(e.w, nil), p)) }
}

// someHandler is a user's handler: not one of slog's own, around which Wrap binds the ids of a span once.
type someHandler struct{ slog.Handler }

func (h someHandler) WithAttrs(as []slog.Attr) slog.Handler {
	return someHandler{h.Handler.WithAttrs(as)}
}
func (h someHandler) WithGroup(name string) slog.Handler {
	return someHandler{h.Handler.WithGroup(name)}
}

func slogWrapOther(p *events.Policy) func(*env) *slog.Logger {
	return func(e *env) *slog.Logger {
		return slog.New(slogbridge.Wrap(someHandler{slog.NewJSONHandler(e.w, nil)}, p))
	}
}

func slogOtel(e *env) *slog.Logger {
	return slog.New(slogotel.New(slog.NewJSONHandler(e.w, nil)))
}

func slogContrib(e *env) *slog.Logger {
	return slog.New(otelslog.NewHandler("compare", otelslog.WithLoggerProvider(e.logs)))
}

// slogContribJSON writes a line too, as a program that reads its logs needs it.
func slogContribJSON(e *env) *slog.Logger {
	return slog.New(slog.NewMultiHandler(slog.NewJSONHandler(e.w, nil), slogContrib(e).Handler()))
}

func slogPhuslu(e *env) *slog.Logger {
	return (&phuslu.Logger{Level: phuslu.InfoLevel, TimeFormat: "2006-01-02T15:04:05.999999999Z07:00", Writer: phuslu.IOWriter{Writer: e.w}}).Slog()
}

// slogShapes are the calls, each also with the ids by hand; nil where that puts them elsewhere.
var slogShapes = []struct {
	shape[*slog.Logger]
	byHand func(context.Context, *slog.Logger)
}{
	{shape[*slog.Logger]{"none", nil, slogNone}, slogNoneByHand},
	{shape[*slog.Logger]{"five", nil, slogFive}, slogFiveByHand},
	{shape[*slog.Logger]{"ten", nil, slogTen}, slogTenByHand},
	{shape[*slog.Logger]{"five with five", slogWithFive, slogFive}, slogFiveByHand},
	{shape[*slog.Logger]{"five in a group", func(l *slog.Logger) *slog.Logger { return l.WithGroup("req") }, slogFive}, nil},
}

func slogWithFive(l *slog.Logger) *slog.Logger {
	return l.With("service", "checkout", "version", "1.4.2", "replica", 3, "load", 0.25, "canary", false)
}

func slogNone(ctx context.Context, l *slog.Logger) { l.LogAttrs(ctx, slog.LevelInfo, message) }

func slogNoneByHand(ctx context.Context, l *slog.Logger) {
	t, s, f := ids(ctx)
	l.LogAttrs(ctx, slog.LevelInfo, message, slog.String("trace_id", t), slog.String("span_id", s), slog.String("trace_flags", f))
}

func slogFive(ctx context.Context, l *slog.Logger) {
	l.LogAttrs(ctx, slog.LevelInfo, message, slog.String("method", method), slog.String("path", path),
		slog.Int("status", status), slog.Float64("duration", duration), slog.Bool("cached", cached))
}

func slogFiveByHand(ctx context.Context, l *slog.Logger) {
	t, s, f := ids(ctx)
	l.LogAttrs(ctx, slog.LevelInfo, message, slog.String("method", method), slog.String("path", path),
		slog.Int("status", status), slog.Float64("duration", duration), slog.Bool("cached", cached),
		slog.String("trace_id", t), slog.String("span_id", s), slog.String("trace_flags", f))
}

func slogTen(ctx context.Context, l *slog.Logger) {
	l.LogAttrs(ctx, slog.LevelInfo, message, slog.String("method", method), slog.String("path", path),
		slog.Int("status", status), slog.Float64("duration", duration), slog.Bool("cached", cached),
		slog.Int64("account", account), slog.String("region", region), slog.Any("failure", errStock), slog.Time("deadline", deadline),
		slog.Group("address", slog.String("city", city), slog.String("zip", zip)))
}

func slogTenByHand(ctx context.Context, l *slog.Logger) {
	t, s, f := ids(ctx)
	l.LogAttrs(ctx, slog.LevelInfo, message, slog.String("method", method), slog.String("path", path),
		slog.Int("status", status), slog.Float64("duration", duration), slog.Bool("cached", cached),
		slog.Int64("account", account), slog.String("region", region), slog.Any("failure", errStock), slog.Time("deadline", deadline),
		slog.Group("address", slog.String("city", city), slog.String("zip", zip)),
		slog.String("trace_id", t), slog.String("span_id", s), slog.String("trace_flags", f))
}

func slogFiveDebug(ctx context.Context, l *slog.Logger) {
	l.LogAttrs(ctx, slog.LevelDebug, message, slog.String("method", method), slog.String("path", path),
		slog.Int("status", status), slog.Float64("duration", duration), slog.Bool("cached", cached))
}

func slogScenarios() (all []scenario) {
	for _, s := range slogShapes {
		columns := append(naiveColumns(s.name),
			column{"plain", none, s.on(slogPlain), wants{line: true}},
			column{"own, ids", recording, s.on(slogOwn(onlyIDs)), wants{line: true, ids: allIDs}},
			column{"own, event", fresh, s.on(slogOwn(nil)), wants{line: true, ids: allIDs, event: true}},
			column{crowded, fresh, s.on(slogCrowded), wants{line: true, ids: allIDs, event: true}},
			column{"own, unsampled", unsampled, s.on(slogOwn(nil)), wants{line: true, ids: allIDs}},
			column{"own, no span", none, s.on(slogOwn(nil)), wants{line: true}},
			column{"own, budget spent", spent, s.on(slogOwn(nil)), wants{line: true, ids: allIDs}},
			column{"own, events held", certain, s.on(slogOwn(nil)), wants{line: true, ids: allIDs}},
			column{"own, ECS, ids", unsampled, s.on(slogOwn(ecs)), wants{line: true, ids: ecsIDs}},
			column{"own, ECS, event", fresh, s.on(slogOwn(ecs)), wants{line: true, ids: ecsIDs, event: true}},
			column{"wrap, ids", recording, s.on(slogWrap(onlyIDs)), wants{line: true, ids: allIDs}},
			column{"wrap, event", fresh, s.on(slogWrap(nil)), wants{line: true, ids: allIDs, event: true}},
			column{"wrap, unsampled", unsampled, s.on(slogWrap(nil)), wants{line: true, ids: allIDs}},
			column{"wrap, no span", none, s.on(slogWrap(nil)), wants{line: true}},
			column{"wrap other, ids", recording, s.on(slogWrapOther(onlyIDs)), wants{line: true, ids: allIDs}},
			column{"wrap other, no span", none, s.on(slogWrapOther(nil)), wants{line: true}},
			column{"phuslu, no ids", none, s.on(slogPhuslu), wants{line: true}},
			column{"otelslog, no line", fresh, s.on(slogContrib), wants{record: true}},
			column{"otelslog and JSON", fresh, s.on(slogContribJSON), wants{line: true, record: true}},
		)
		if s.name != "five in a group" && s.name != "five with five" { // its events lack what With and groups add
			columns = append(columns, column{"slog-otel, event", fresh, s.on(slogOtel), wants{line: true, ids: someIDs, event: true}})
		}
		if s.byHand != nil {
			hand := shape[*slog.Logger]{s.name, s.prepare, s.byHand}
			withEvent := shape[*slog.Logger]{s.name, s.prepare, func(ctx context.Context, l *slog.Logger) { s.byHand(ctx, l); naive(ctx) }}
			columns = append(columns,
				column{"by hand", recording, hand.on(slogPlain), wants{line: true, ids: allIDs}},
				column{"by hand, event", fresh, withEvent.on(slogPlain), wants{line: true, ids: allIDs, event: true}})
		}
		all = append(all, scenario{name: "slog, " + s.name, columns: columns})
	}
	debug := shape[*slog.Logger]{"disabled", nil, slogFiveDebug}
	five := slogShapes[1].shape
	return append(all,
		scenario{name: "slog, disabled", still: true, columns: []column{
			{"plain", recording, debug.on(slogPlain), wants{}},
			{"own", recording, debug.on(slogOwn(nil)), wants{}},
			{"wrap", recording, debug.on(slogWrap(nil)), wants{}},
			{"otelslog and JSON", recording, debug.on(slogContribJSON), wants{record: true}},
		}},
		scenario{name: "slog, parallel", procs: 2, columns: []column{
			{"plain", none, five.on(slogPlain), wants{line: true}},
			{"own, ids", recording, five.on(slogOwn(onlyIDs)), wants{line: true, ids: allIDs}},
			{"own, event", fresh, five.on(slogOwn(nil)), wants{line: true, ids: allIDs, event: true}},
			{"wrap, ids", recording, five.on(slogWrap(onlyIDs)), wants{line: true, ids: allIDs}},
			{"slog-otel, event", fresh, five.on(slogOtel), wants{line: true, ids: someIDs, event: true}},
		}},
	)
}
