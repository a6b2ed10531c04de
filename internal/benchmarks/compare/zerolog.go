package main

import (
	"context"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/zerologbridge"
)

// handHook is the hook of zerolog's documents, filled in for OpenTelemetry: the ids of the context's span, nothing else.
type handHook struct{}

func (handHook) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	if ctx := e.GetCtx(); trace.SpanContextFromContext(ctx).IsValid() {
		t, s, f := ids(ctx)
		e.Str("trace_id", t).Str("span_id", s).Str("trace_flags", f)
	}
}

func zerologPlain(e *env) zerolog.Logger { return zerolog.New(e.w).Level(zerolog.InfoLevel) }

func zerologByHand(e *env) zerolog.Logger { return zerologPlain(e).Hook(handHook{}) }

// zerologTimed is plain with the time, which a logger of New has.
func zerologTimed(e *env) zerolog.Logger { return zerologPlain(e).With().Timestamp().Logger() }

func zerologWrap(p *events.Policy) func(*env) zerolog.Logger {
	return func(e *env) zerolog.Logger { return zerologbridge.Wrap(zerologPlain(e), p) }
}

func zerologOwn(p *events.Policy) func(*env) zerolog.Logger {
	return func(e *env) zerolog.Logger { return zerologbridge.New(e.w, p).Level(zerolog.InfoLevel) }
}

// zerologCall is a call with its fields.
type zerologCall struct {
	name    string
	prepare func(zerolog.Logger) zerolog.Logger
	fields  func(*zerolog.Event) *zerolog.Event
}

var zerologCalls = []zerologCall{
	{"none", nil, func(e *zerolog.Event) *zerolog.Event { return e }},
	{"five", nil, zerologFive},
	{"ten", nil, zerologTen},
	{"five with five", zerologWithFive, zerologFive},
	{"five in a dict", nil, func(e *zerolog.Event) *zerolog.Event { return e.Dict("req", zerologFive(e.CreateDict())) }},
}

func zerologWithFive(l zerolog.Logger) zerolog.Logger {
	return l.With().Str("service", "checkout").Str("version", "1.4.2").Int("replica", 3).Float64("load", 0.25).Bool("canary", false).Logger()
}

func zerologFive(e *zerolog.Event) *zerolog.Event {
	return e.Str("method", method).Str("path", path).Int("status", status).Float64("duration", duration).Bool("cached", cached)
}

func zerologTen(e *zerolog.Event) *zerolog.Event {
	return zerologFive(e).Int64("account", account).Str("region", region).AnErr("failure", errStock).Time("deadline", deadline).
		Dict("address", e.CreateDict().Str("city", city).Str("zip", zip))
}

// columns are the ways to write the call.
func (c zerologCall) columns() []column {
	perCall := shape[zerolog.Logger]{c.name, c.prepare, func(ctx context.Context, l zerolog.Logger) { c.fields(l.Info().Ctx(ctx)).Msg(message) }}
	bare := shape[zerolog.Logger]{c.name, c.prepare, func(_ context.Context, l zerolog.Logger) { c.fields(l.Info()).Msg(message) }}
	withEvent := shape[zerolog.Logger]{c.name, c.prepare, func(ctx context.Context, l zerolog.Logger) { perCall.log(ctx, l); naive(ctx) }}
	bound := func(l func(*env) zerolog.Logger) func(*env) func(context.Context) {
		return bare.bound(l, zerologbridge.With)
	}
	return append(naiveColumns(c.name),
		column{"plain", recording, perCall.on(zerologPlain), wants{line: true}},
		column{"plain, time", recording, perCall.on(zerologTimed), wants{line: true}},
		column{"by hand", recording, perCall.on(zerologByHand), wants{line: true, ids: allIDs}},
		column{"by hand, event", fresh, withEvent.on(zerologByHand), wants{line: true, ids: allIDs, event: true}},
		column{"wrap, ids", recording, perCall.on(zerologWrap(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"wrap bound, ids", recording, bound(zerologWrap(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"wrap, event", fresh, perCall.on(zerologWrap(nil)), wants{line: true, ids: allIDs, event: true}},
		column{"wrap, unsampled", unsampled, perCall.on(zerologWrap(nil)), wants{line: true, ids: allIDs}},
		column{"wrap, no span", none, perCall.on(zerologWrap(nil)), wants{line: true}},
		column{"wrap bound, no span", none, bound(zerologWrap(nil)), wants{line: true}},
		column{"wrap, budget spent", spent, perCall.on(zerologWrap(nil)), wants{line: true, ids: allIDs}},
		column{"wrap, events held", certain, perCall.on(zerologWrap(nil)), wants{line: true, ids: allIDs}},
		column{"own, ids", recording, perCall.on(zerologOwn(onlyIDs)), wants{line: true, ids: allIDs}},
		column{"own, event", fresh, perCall.on(zerologOwn(nil)), wants{line: true, ids: allIDs, event: true}},
		column{"own, ECS, ids", unsampled, perCall.on(zerologOwn(ecs)), wants{line: true, ids: ecsIDs}},
		column{"own, ECS, event", fresh, perCall.on(zerologOwn(ecs)), wants{line: true, ids: ecsIDs, event: true}},
	)
}

func zerologScenarios() (all []scenario) {
	for _, c := range zerologCalls {
		all = append(all, scenario{name: "zerolog, " + c.name, columns: c.columns()})
	}
	debug := shape[zerolog.Logger]{"disabled", nil, func(ctx context.Context, l zerolog.Logger) { zerologFive(l.Debug().Ctx(ctx)).Msg(message) }}
	five := shape[zerolog.Logger]{"five", nil, func(ctx context.Context, l zerolog.Logger) { zerologFive(l.Info().Ctx(ctx)).Msg(message) }}
	return append(all,
		scenario{name: "zerolog, disabled", still: true, columns: []column{
			{"plain", recording, debug.on(zerologPlain), wants{}},
			{"wrap", recording, debug.on(zerologWrap(nil)), wants{}},
			{"own", recording, debug.on(zerologOwn(nil)), wants{}},
		}},
		scenario{name: "zerolog, parallel", procs: 2, columns: []column{
			{"plain", recording, five.on(zerologPlain), wants{line: true}},
			{"by hand", recording, five.on(zerologByHand), wants{line: true, ids: allIDs}},
			{"wrap, ids", recording, five.on(zerologWrap(onlyIDs)), wants{line: true, ids: allIDs}},
			{"wrap, event", fresh, five.on(zerologWrap(nil)), wants{line: true, ids: allIDs, event: true}},
		}},
	)
}
