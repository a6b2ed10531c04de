//go:build !race && !binary_log

package zerologbridge

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const (
	// promisedSize is what this package may add to a stripped program with zerolog, in bytes. It is missed: otel/trace
	// with attribute alone is 160 KB of it, package events with spanstate 140 KB, package log/slog's levels and reflect
	// the next.
	promisedSize = 400_000

	// reachedSize is what it is, and a few pages of 4 KB more. The test fails when it grows, and when the promise is kept: then
	// this constant goes.
	reachedSize = 660_000
)

func TestBinarySize(t *testing.T) {
	dir := t.TempDir()
	size := func(program string) int64 {
		t.Helper()
		out := filepath.Join(dir, program)
		if text, err := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", out, "./testdata/size/"+program).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		info, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	switch added := size("with") - size("without"); {
	case added > reachedSize:
		t.Errorf("a program grows by %d bytes, want at most %d", added, reachedSize)
	case added <= promisedSize:
		t.Errorf("a program grows by %d bytes: the promise of %d is kept, so reachedSize can go", added, promisedSize)
	default:
		t.Logf("a program grows by %d bytes; the promise of %d is missed", added, promisedSize)
	}
}
