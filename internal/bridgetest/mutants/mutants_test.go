package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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
	any, slogs := regexp.MustCompile(""), regexp.MustCompile("^slog: ")
	for _, m := range choose(slogs, "slogbridge,zapbridge") {
		if !strings.HasPrefix(m.Name, "slog: ") {
			t.Errorf("got %q", m.Name)
		}
	}
	if all := bridgetest.Mutants(); len(choose(any, "")) != len(all) || len(choose(any, "slogbridge")) == 0 || len(choose(any, "slog")) != 0 {
		t.Errorf("got %d, %d and %d of %d mutants", len(choose(any, "")), len(choose(any, "slogbridge")), len(choose(any, "slog")), len(all))
	}
}

func TestSeparate(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-changed -limit 3m", "-changed -limit 3m"},
		{"-changed HEAD~5 -limit 3m", "-changed=HEAD~5 -limit 3m"},
		{"-changed=HEAD~5", "-changed=HEAD~5"},
		{"-v --changed main", "-v --changed=main"},
		{"-changed", "-changed"},
	} {
		if got := strings.Join(separate(strings.Fields(tt.args)), " "); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.args, got, tt.want)
		}
	}
}

// repository makes a repository with two commits, of which the second changes package events, and goes there.
func repository(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commit := func() {
		for _, args := range [][]string{{"add", "."}, {"-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-q", "-m", "m"}} {
			if _, err := git(args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := git("init", "-q"); err != nil {
		t.Fatal(err)
	}
	write("slogbridge/a.go", "package slogbridge")
	commit()
	write("events/a.go", "package events")
	write("zapbridge/a_test.go", "package zapbridge")
	commit()
	write("internal/spanstate/a.go", "package spanstate")
}

func TestChanged(t *testing.T) {
	repository(t)
	for _, tt := range []struct {
		since revision
		want  []string
	}{
		{"HEAD", []string{"internal/spanstate"}},
		{"HEAD~1", []string{"events", "internal/spanstate"}},
		{"true", []string{"events", "internal/spanstate"}}, // no upstream: the last commit
	} {
		chosen, err := tt.since.choose(bridgetest.Mutants())
		if err != nil {
			t.Fatal(err)
		}
		var packages []string
		for _, m := range chosen {
			packages = append(packages, path.Dir(m.File))
		}
		slices.Sort(packages)
		if got := slices.Compact(packages); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.since, got, tt.want)
		}
	}
	if _, err := revision("nowhere").choose(bridgetest.Mutants()); err == nil {
		t.Error("a revision that is none: got no error")
	}
}

func TestRotate(t *testing.T) {
	repository(t)
	all := bridgetest.Mutants()
	rotated := rotate(all)
	at := slices.IndexFunc(rotated, func(m bridgetest.Mutant) bool { return m.Name == all[0].Name })
	if len(rotated) != len(all) || at < 0 || rotated[(at+1)%len(all)].Name != all[1].Name {
		t.Errorf("got %d mutants, the first at %d, want the same %d in the same order", len(rotated), at, len(all))
	}
}

func TestOver(t *testing.T) {
	start := time.Now().Add(-time.Minute)
	for limit, want := range map[time.Duration]bool{0: false, time.Second: true, time.Hour: false} {
		if got := (trial{start: start, limit: limit}).over(); got != want {
			t.Errorf("limit %v: got %v, want %v", limit, got, want)
		}
	}
}
