package server

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBuildLimit(t *testing.T) {
	for _, test := range []struct {
		text string
		want time.Duration
		bad  bool
	}{
		{"", defaultBuildLimit, false},
		{"90s", 90 * time.Second, false},
		{"0s", 0, false},
		{"15", 0, true},
		{"-1m", 0, true},
		{"soon", 0, true},
	} {
		got, err := buildLimit(test.text)
		if got != test.want || (err != nil) != test.bad {
			t.Errorf("%q: got %v and %v, want %v, an error: %v", test.text, got, err, test.want, test.bad)
		}
	}
}

// A tool that is not in the cache is no failure when there is no time to build it, and nothing stays behind.
func TestNoTimeToBuild(t *testing.T) {
	t.Setenv("SPANLOG_E2E_BUILD", "0s")
	cache := t.TempDir()
	_, err := tool{name: "jaeger", pkg: "."}.build(t.Context(), cache)
	if !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "SPANLOG_E2E_BUILD") {
		t.Errorf("got %v, want ErrNotBuilt and the variable's name", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBuiltOnce(t *testing.T) {
	cache := t.TempDir()
	there := tool{name: "jaeger", pkg: "."}
	_, version, err := there.sources()
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(cache, "bin", version)
	if err := os.MkdirAll(filepath.Dir(want), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := there.build(t.Context(), cache); got != want || err != nil {
		t.Errorf("got %q and %v, want what is in the cache", got, err)
	}
}

func TestUnknownTool(t *testing.T) {
	if _, err := (tool{name: "zipkin"}).start(t.Context()); err == nil || !strings.Contains(err.Error(), "internal/tools/zipkin") {
		t.Errorf("got %v, want an error that names the folder", err)
	}
}
