package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spanlog/spanlog/internal/bridgetest"
)

const output = `=== RUN   TestContract/slog-own/ids
--- FAIL: TestContract (0.04s)
    --- FAIL: TestContract/slog-own (0.01s)
        --- FAIL: TestContract/slog-own/ids (0.00s)
        --- PASS: TestContract/slog-own/time (0.00s)
        --- FAIL: TestContract/slog-wrap/ids-remote (0.00s)
`

func TestParse(t *testing.T) {
	got, want := parse(output).names(), []string{"slog-own/ids", "slog-wrap/ids-remote"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestGreen(t *testing.T) {
	failing := parse(output)
	for _, tt := range []struct {
		name   string
		before failures
		rows   []string
		want   []string
	}{
		{"red", nil, []string{"ids", "ids-remote"}, nil},
		{"passes", nil, []string{"ids", "time"}, []string{"slog: time"}},
		{"the end of a name is no row", nil, []string{"remote"}, []string{"slog: remote"}},
		{"fails anyway", failures{"slog-own/ids": true}, []string{"ids", "ids-remote"}, []string{"slog: ids"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := bridgetest.Mutant{Bridges: []string{"slog"}, Rows: tt.rows}
			if got := (trial{before: tt.before}).green(m, failing); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOverlay(t *testing.T) {
	temp := t.TempDir()
	c := module{root: temp, temp: temp}
	if err := os.WriteFile(filepath.Join(temp, "a.go"), []byte("one two two"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.overlay(bridgetest.Mutant{File: "a.go", Old: "two", New: "2"}); err == nil {
		t.Error("a place that is there twice: got no error")
	}
	list, err := c.overlay(bridgetest.Mutant{File: "a.go", Old: "one", New: "1"})
	if err != nil {
		t.Fatal(err)
	}
	mutated, err := os.ReadFile(filepath.Join(filepath.Dir(list), "mutated.go"))
	if got, want := string(mutated), "1 two two"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestChoose(t *testing.T) {
	for _, m := range choose("slog: ", "slogbridge,zapbridge") {
		if !strings.HasPrefix(m.Name, "slog: ") {
			t.Errorf("got %q", m.Name)
		}
	}
	if all := bridgetest.Mutants(); len(choose("", "")) != len(all) || len(choose("", "slogbridge")) == 0 || len(choose("", "slog")) != 0 {
		t.Errorf("got %d, %d and %d of %d mutants", len(choose("", "")), len(choose("", "slogbridge")), len(choose("", "slog")), len(all))
	}
}
