package main

// peer is one that cannot be a dependency here, with the figures recorded on 2026-11-22 on a machine of two cores with
// Go 1.26.8, for a call with five attributes: the ratio to the plain logger of the same round, and the allocations.
type peer struct {
	name, logger string
	why          string
	ratio        string
	allocs       string
}

// recorded are the peers whose figures were not measured in this run.
func recorded() []peer {
	return []peer{
		{"go-slog/otelslog 8be4d4e", "slog", "no release", "1.40 ids", "5"},
		{"last9/go-agent v0.4.1", "slog", "an agent, not a bridge", "1.38 ids", "4"},
		{"veqryn/slog-context 9292efb", "slog", "an event has no attributes", "1.68 ids, 1.84 event", "8, 8"},
		{"last9/go-agent v0.4.1", "zap", "an agent, not a bridge", "1.53 ids", "4"},
		{"elastic/ecs-logging-go-zap c4b8ac4", "zap", "no ids", "1.58 ECS, no ids", "3"},
		{"uptrace otelzap 0.3.2", "zap", "does not build with OpenTelemetry 1.45 or later", "2.98 record, no ids", ""},
		{"ecszerolog 0.2.0", "zerolog", "changes zerolog's globals", "1.29 ECS, no ids", "0"},
		{"adreasnow/otelzlog c6f1fc9", "zerolog", "does not build with OpenTelemetry 1.45 or later", "18.86 record, 21.56 event", "43, 50"},
	}
}
