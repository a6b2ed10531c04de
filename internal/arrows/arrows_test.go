package arrows

import (
	"slices"
	"strings"
	"testing"
)

const (
	otelRoot = "go.opentelemetry.io/otel" // 2 MB in a binary, since it brings net/http
	sdk      = "go.opentelemetry.io/otel/sdk/..."
	contrib  = "go.opentelemetry.io/contrib/..."
	otlp     = "go.opentelemetry.io/otel/exporters/..."
	zap      = "go.uber.org/zap/..."
	zerolog  = "github.com/rs/zerolog/..."
	spool    = "elk/internal/spool"
	testkit  = "internal/bridgetest" // a conformance suite: the one package that is for tests and is no test file
)

// rule says what a package may be built from. Patterns name one package, or with /... also those below it.
type rule struct {
	ours []string // packages of this module that it may reach, directly or not
	not  []string // packages of others that it must not reach, directly or not
	via  []string // except through these: a user of that logger has their imports already
}

// light is forbidden in every package that a log call runs through: what a program with a plain logger does not have.
var light = []string{otelRoot, sdk, contrib, otlp, "net/http", "github.com/elastic/..."}

// rules has a row for every package that must exist and may exist.
var rules = map[string]rule{
	"internal/spanstate": {not: append([]string{zap, zerolog}, light...)},
	"events":             {ours: []string{"internal/spanstate"}, not: append([]string{zap, zerolog}, light...)},
	"events/eventbridge": {
		ours: []string{"internal/spanstate"},
		not:  []string{contrib, otlp, "go.opentelemetry.io/otel/sdk/trace", zap, zerolog, "github.com/elastic/..."},
	},
	"slogbridge":    {ours: []string{"events", "internal/spanstate"}, not: append([]string{zap, zerolog}, light...)},
	"zapbridge":     {ours: []string{"events", "internal/spanstate"}, not: append([]string{zerolog}, light...), via: []string{zap}},
	"zerologbridge": {ours: []string{"events", "internal/spanstate"}, not: append([]string{zap}, light...), via: []string{zerolog}},
	"span": {
		ours: []string{"internal/spanstate"},
		not:  []string{sdk, contrib, otlp, zap, zerolog, "github.com/elastic/..."},
	},
	"span/setup": {
		ours: []string{"span", "internal/spanstate"},
		not:  []string{zap, zerolog, "github.com/elastic/..."},
	},
	"elk": {
		ours: []string{spool},
		not: []string{
			"github.com/elastic/go-elasticsearch/v8", "github.com/elastic/go-elasticsearch/v8/esutil", "github.com/elastic/go-elasticsearch/v8/typedapi/...",
			zap, zerolog, sdk, contrib, otlp,
		},
	},
	spool:                       {not: append([]string{"go.opentelemetry.io/...", zap, zerolog}, light...)},
	spool + "/mutants":          {not: append([]string{"go.opentelemetry.io/...", zap, zerolog}, light...)},
	"elk/elktest":               {not: []string{"github.com/elastic/...", otelRoot, sdk, zap, zerolog}},
	testkit:                     {ours: []string{"events", "internal/spanstate", "span", "span/setup"}, not: []string{zap, zerolog, "github.com/elastic/..."}},
	testkit + "/mutants":        {ours: []string{testkit}},
	"internal/readme":           {not: []string{"..."}},
	"internal/arrows":           {not: []string{"..."}},
	"internal/testenv":          {not: append([]string{"go.opentelemetry.io/...", zap, zerolog}, light...)},
	"examples/internal/printer": {not: []string{contrib, otlp, zap, zerolog, "github.com/elastic/..."}},
	"examples/slog":             example("slogbridge"),
	"examples/stdlog":           example("slogbridge"),
	"examples/zap":              example("zapbridge"),
	"examples/zerolog":          example("zerologbridge"),
	"examples/quickstart": {
		ours: []string{"events", "internal/spanstate", "span", "span/setup", "slogbridge", "zapbridge", "zerologbridge", "elk", spool, "elk/elktest"},
	},
}

// example is the rule of a small example: one bridge, spans, and the SDK.
func example(bridge string) rule {
	return rule{
		ours: []string{bridge, "events", "internal/spanstate", "span", "span/setup", "examples/internal/printer"},
		not:  []string{contrib, "github.com/elastic/..."},
	}
}

func TestEveryPackageHasItsRow(t *testing.T) {
	there := load(t).packages()
	for path := range rules {
		if !slices.Contains(there, path) {
			t.Errorf("package %s is missing: its arrows are not checked", path)
		}
	}
	for _, path := range there {
		if _, ok := rules[path]; !ok {
			t.Errorf("package %s has no row in rules", path)
		}
	}
}

func TestArrows(t *testing.T) {
	g := load(t)
	for path, r := range rules {
		if path != testkit {
			r.not = slices.Concat(r.not, testOnly)
		}
		t.Run(path, func(t *testing.T) {
			for _, want := range r.broken(g, module+"/"+path) {
				t.Errorf("must not be built from this:\n  %s", strings.Join(want, "\n  -> "))
			}
		})
	}
}

// broken returns a chain for each forbidden thing that the package reaches.
func (r rule) broken(g graph, path string) (chains [][]string) {
	stop := func(p string) bool { return matchesAny(p, r.via) }
	foreign := func(p string) bool {
		rel, ours := strings.CutPrefix(p, module+"/")
		return ours && !slices.Contains(r.ours, rel)
	}
	if chain := g.chain(path, foreign, stop); chain != nil {
		chains = append(chains, chain)
	}
	for _, pattern := range r.not {
		if chain := g.chain(path, func(p string) bool { return matches(p, pattern) }, stop); chain != nil {
			chains = append(chains, chain)
		}
	}
	return chains
}

// matches reports whether path is what the pattern names.
func matches(path, pattern string) bool {
	if pattern == "..." {
		return true
	}
	base, below := strings.CutSuffix(pattern, "/...")
	return path == base || below && strings.HasPrefix(path, base+"/")
}

func matchesAny(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(path, pattern) })
}
