package elk

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readLetters(t testing.TB, dir string) (files int, lines []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "dead-letter*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Fields(string(text))...)
	}
	return len(names), lines
}

// TestLetterFile: two processes share the file, nothing is cut or lost when
// it is full, and only so many are kept.
func TestLetterFile(t *testing.T) {
	dir := t.TempDir()
	both := []*letterFile{{dir: dir, limit: 100}, {dir: dir, limit: 100}}
	write := func(n int) {
		line := []byte(fmt.Sprintf("letter-%04d\n", n))
		if got, err := both[n%2].Write(line); got != len(line) || err != nil {
			t.Fatalf("Write = %d, %v", got, err)
		}
	}
	for n := range 50 {
		write(n)
	}
	files, lines := readLetters(t, dir)
	if files < 5 || len(lines) != 50 {
		t.Errorf("%d files with %d lines, want all 50 in several", files, len(lines))
	}
	for n := 50; n < 1000; n++ {
		write(n)
	}
	files, lines = readLetters(t, dir)
	if files != letterFiles+1 || len(lines) < letterFiles*8 {
		t.Errorf("%d files with %d lines", files, len(lines))
	}
	last := make(map[string]bool)
	for _, line := range lines {
		last[line] = true
	}
	for n := 1000 - letterFiles*8; n < 1000; n++ {
		if !last[fmt.Sprintf("letter-%04d", n)] {
			t.Errorf("letter %d is gone", n)
		}
	}
	for _, one := range both {
		if err := one.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLetterFileRemoved: somebody moves the file away, and the next letter
// makes a new one.
func TestLetterFileRemoved(t *testing.T) {
	dir := t.TempDir()
	l := &letterFile{dir: dir, limit: letterBytes}
	defer func() { _ = l.Close() }()
	for range 2 {
		if _, err := l.Write([]byte("letter\n")); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(l.path(letterName))
		if err != nil || !bytes.Equal(text, []byte("letter\n")) {
			t.Errorf("%q, %v", text, err)
		}
		if err := os.Remove(l.path(letterName)); err != nil {
			t.Fatal(err)
		}
	}
}
