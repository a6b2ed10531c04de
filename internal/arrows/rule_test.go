package arrows

import (
	"slices"
	"testing"
)

// The rules themselves are tried on a small graph, so that one that can never fail is noticed.
func TestBroken(t *testing.T) {
	g := graph{
		module + "/slogbridge":           {module + "/events", "log/slog"},
		module + "/zapbridge":            {module + "/events", "go.uber.org/zap"},
		module + "/events":               {module + "/internal/spanstate"},
		module + "/internal/spanstate":   {"go.opentelemetry.io/otel/trace", "other/lib"},
		"other/lib":                      {"net/http"},
		"go.uber.org/zap":                {"net/http", "testing"},
		"go.opentelemetry.io/otel/trace": {"go.opentelemetry.io/otel/attribute"},
	}
	bridge := []string{"events", "internal/spanstate"}
	for _, tt := range []struct {
		name string
		path string
		rule rule
		want [][]string
	}{
		{"keeps to its rule", "slogbridge", rule{ours: bridge, not: []string{sdk, otelRoot, zap}}, nil},
		{"reaches net/http through others", "slogbridge", rule{ours: bridge, not: []string{"net/http"}}, [][]string{
			{module + "/slogbridge", module + "/events", module + "/internal/spanstate", "other/lib", "net/http"}}},
		{"reaches a package of ours that it may not", "slogbridge", rule{ours: []string{"events"}}, [][]string{
			{module + "/slogbridge", module + "/events", module + "/internal/spanstate"}}},
		{"via excuses what is below", "zapbridge", rule{ours: bridge, not: []string{"testing"}, via: []string{zap}}, nil},
		{"via excuses nothing else", "zapbridge", rule{ours: bridge, not: []string{"net/http"}, via: []string{zap}}, [][]string{
			{module + "/zapbridge", module + "/events", module + "/internal/spanstate", "other/lib", "net/http"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.rule.broken(g, module+"/"+tt.path)
			if !slices.EqualFunc(got, tt.want, slices.Equal) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		path, pattern string
		want          bool
	}{
		{"go.opentelemetry.io/otel", otelRoot, true},
		{"go.opentelemetry.io/otel/trace", otelRoot, false},
		{"go.opentelemetry.io/otel/sdk", sdk, true},
		{"go.opentelemetry.io/otel/sdk/trace", sdk, true},
		{"go.opentelemetry.io/otel/sdkother", sdk, false},
		{"fmt", "...", true},
	} {
		if got := matches(tt.path, tt.pattern); got != tt.want {
			t.Errorf("matches(%q, %q): got %v, want %v", tt.path, tt.pattern, got, tt.want)
		}
	}
}
