package main

import "github.com/spanlog/spanlog/internal/benchmarks/pairs"

// overhead is ours over that of the hook by hand.
func overhead(ours string) func(pairs.Round) float64 {
	return func(r pairs.Round) float64 { return (r(ours) - r("plain")) / (r("by hand") - r("plain")) }
}

// twoOutputs is the row that shows what the claims of two outputs cost.
const twoOutputs = "the same, with two outputs in the process"

// promises are the bridge rows of the design, in its order. A row of several loggers or handlers is one row for each.
// One more shows what a second output costs.
func promises() []row {
	const slogFive, zapFive, zerologFive = "slog, five", "zap, five", "zerolog, five"
	rows := []row{
		{readme: true, what: "slog, own JSON, ids", scenario: slogFive, plain: "plain", ours: "own, ids", figure: over("own, ids", "plain"), bound: 0.65,
			peers: []string{"phuslu, no ids", "by hand"}},
		{readme: true, what: "slog, own JSON, ids and event", scenario: slogFive, plain: "plain", ours: "own, event", figure: over("own, event", "plain"), bound: 1.25,
			allocs: 2, peers: []string{"by hand, event", "slog-otel, event", "otelslog and JSON"}},
		{unpromised: true, what: twoOutputs, scenario: slogFive, plain: "plain", ours: crowded, figure: over(crowded, "plain"), peers: []string{"by hand, event"}},
		{readme: true, what: "slog, any handler wrapped, ids", scenario: slogFive, plain: "plain", ours: "wrap other, ids", figure: over("wrap other, ids", "plain"), bound: 1.35,
			allocs: 1, beyond: "plain", peers: []string{"by hand"}},
		{unpromised: true, what: "the same around slog.JSONHandler, ids", scenario: slogFive, plain: "plain", ours: "wrap, ids", figure: over("wrap, ids", "plain"), peers: []string{"by hand"}},
		{what: "slog, any handler wrapped, no span", scenario: slogFive, plain: "plain", ours: "wrap other, no span", figure: over("wrap other, no span", "plain"), bound: 1.07,
			beyond: "plain", recorded: "1.03 last9"},
		{unpromised: true, what: "the same around slog.JSONHandler, no span", scenario: slogFive, plain: "plain", ours: "wrap, no span", figure: over("wrap, no span", "plain"), recorded: "1.03 last9"},
		{readme: true, what: "zap, own core, ids, bound", scenario: zapFive, plain: "plain", ours: "own bound, ids", figure: over("own bound, ids", "plain"), bound: 1.25,
			beyond: "plain", peers: []string{"by hand"}},
		{what: "zap, any core wrapped, ids, per call", scenario: zapFive, plain: "plain", ours: "wrap other, ids", figure: over("wrap other, ids", "plain"), bound: 1.45,
			allocs: 1, beyond: "plain", peers: []string{"by hand"}},
		{unpromised: true, what: "the same around a core of zapcore.NewCore", scenario: zapFive, plain: "plain", ours: "wrap, ids", figure: over("wrap, ids", "plain"), peers: []string{"by hand"}},
		{unpromised: true, what: "the same, a span every four lines", scenario: zapFive, plain: "plain", ours: "wrap, ids, brief spans", figure: over("wrap, ids, brief spans", "plain"), peers: []string{"by hand"}},
		{readme: true, what: "zap, own core, ids and event, bound", scenario: zapFive, plain: "plain", ours: "own bound, event", figure: over("own bound, event", "plain"), bound: 2,
			allocs: 2, beyond: "plain", peers: []string{"by hand, event", "uptrace 0.2.4, event", "otelzap, no line"}},
		{readme: true, what: "zerolog, ids, over the hook by hand", scenario: zerologFive, plain: "plain", ours: "wrap, ids", figure: overhead("wrap, ids"), bound: 1,
			peers: []string{"by hand"}, peer: func(r pairs.Round, name string) float64 { return overhead(name)(r) }},
		{readme: true, what: "zerolog, ids and event with all fields", scenario: zerologFive, plain: "plain", ours: "wrap, event", figure: over("wrap, event", "plain"), bound: 4.5,
			allocs: 3, peers: []string{"by hand, event"}},
		{what: "slog, the event's own part", scenario: slogFive, plain: "naive event", ours: "own, event", figure: part("own, event", "own, ids"), bound: 1.1,
			allocs: 2, peers: []string{"by hand, event"}, peer: handPart},
		{what: "zap, the event's own part", scenario: zapFive, plain: "naive event", ours: "own bound, event", figure: part("own bound, event", "own bound, ids"), bound: 1.1,
			allocs: 3, peers: []string{"by hand, event"}, peer: handPart},
		{what: "zerolog, the event's own part", scenario: zerologFive, plain: "naive event", ours: "wrap, event", figure: part("wrap, event", "wrap, ids"), bound: 1.5,
			allocs: 3, peers: []string{"by hand, event"}, peer: handPart},
	}
	rows = append(rows, unsampledRows()...)
	rows = append(rows, noSpanRows()...)
	rows = append(rows, disabledRows()...)
	return append(rows, spentRows()...)
}

// handPart is the event's own part where all is written by hand.
func handPart(r pairs.Round, _ string) float64 { return part("by hand, event", "by hand")(r) }

// A span that is not sampled costs its ids only, within 5 %.
func unsampledRows() []row {
	within := func(what, scenario, unsampled, ids string) row {
		return row{what: what + ", unsampled, over ids only", scenario: scenario, plain: "plain", ours: unsampled, figure: over(unsampled, ids), bound: 1.05, beyond: ids}
	}
	return []row{
		within("slog, own JSON", "slog, five", "own, unsampled", "own, ids"),
		within("slog, wrapped", "slog, five", "wrap, unsampled", "wrap, ids"),
		within("zap, own core, bound", "zap, five", "own bound, unsampled", "own bound, ids"),
		within("zerolog, wrapped", "zerolog, five", "wrap, unsampled", "wrap, ids"),
	}
}

func noSpanRows() []row {
	bound := func(what, scenario, ours string) row {
		return row{what: what + ", no span", scenario: scenario, plain: "plain", ours: ours, figure: over(ours, "plain"), bound: 1.15, beyond: "plain"}
	}
	return []row{
		bound("zap, own core, bound", "zap, five", "own bound, no span"),
		bound("zap, wrapped, bound", "zap, five", "wrap bound, no span"),
		{unpromised: true, what: "the same around a user's core, no span", scenario: "zap, five", plain: "plain", ours: "wrap other bound, no span", figure: over("wrap other bound, no span", "plain")},
		bound("zerolog, wrapped, bound", "zerolog, five", "wrap bound, no span"),
	}
}

func disabledRows() []row {
	disabled := func(what, scenario, ours string) row {
		return row{what: what + ", disabled", scenario: scenario, plain: "plain", ours: ours, figure: less(ours, "plain"), ns: true, bound: 2, beyond: "plain"}
	}
	contrib := disabled("slog, own JSON", "slog, disabled", "own")
	contrib.peers = []string{"otelslog and JSON"}
	contrib.peer = func(r pairs.Round, name string) float64 { return less(name, "plain")(r) }
	return []row{
		contrib,
		disabled("slog, wrapped", "slog, disabled", "wrap"),
		disabled("zap, own core, bound", "zap, disabled", "own bound"),
		disabled("zap, wrapped, bound", "zap, disabled", "wrap bound"),
		disabled("zerolog, wrapped", "zerolog, disabled", "wrap"),
	}
}

// Past the event budget of a span: ids only where nobody sees its end, within the 5 % of the unsampled rows; else what
// goes into the ring costs no more than the event's own part.
func spentRows() []row {
	spent := func(what, scenario, ours, ids string) row {
		return row{what: what + ", budget spent, over ids only", scenario: scenario, plain: "plain", ours: ours, figure: over(ours, ids), bound: 1.05, beyond: ids}
	}
	held := func(what, scenario, ours, event, ids string) row {
		return row{what: what + ", budget spent, held back, over the event's part", scenario: scenario, plain: "plain", ours: ours,
			figure: func(r pairs.Round) float64 { return (r(ours) - r(ids)) / (r(event) - r(ids)) }, bound: 1, allocs: 1, beyond: ids}
	}
	return []row{
		spent("slog, own JSON", "slog, five", "own, budget spent", "own, ids"),
		spent("zap, own core, bound", "zap, five", "own bound, budget spent", "own bound, ids"),
		spent("zerolog, wrapped", "zerolog, five", "wrap, budget spent", "wrap, ids"),
		held("slog, own JSON", "slog, five", "own, events held", "own, event", "own, ids"),
		held("zap, own core, bound", "zap, five", "own bound, events held", "own bound, event", "own bound, ids"),
		held("zerolog, wrapped", "zerolog, five", "wrap, events held", "wrap, event", "wrap, ids"),
	}
}
