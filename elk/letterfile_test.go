package elk

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spanlog/spanlog/elk/internal/spool"
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
	both := []*letterFile{newLetterFile(dir, 100, nil), newLetterFile(dir, 100, nil)}
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
	l := newLetterFile(dir, letterBytes, nil)
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

// TestLetterFileTorn: a letter of which only a part finds room costs no other,
// also if there is no room for the newline either, and in the next process.
func TestLetterFileTorn(t *testing.T) {
	for room, want := range map[int]string{
		0: "second,third", 4: "firs,second,third", 5: "firs,second,third",
	} {
		dir := t.TempDir()
		l := newLetterFile(dir, letterBytes, nil)
		write := l.write
		l.write = func(f *os.File, p []byte) (int, error) {
			n, _ := write(f, p[:min(room, 4, len(p))])
			room -= n
			return n, errors.ErrUnsupported
		}
		if n, err := l.Write([]byte("first\n")); n > 4 || err == nil {
			t.Errorf("Write = %d, %v", n, err)
		}
		l.write = write
		for _, line := range []string{"second\n", "third\n"} {
			if n, err := l.Write([]byte(line)); n != len(line) || err != nil {
				t.Errorf("Write = %d, %v", n, err)
			}
		}
		if _, lines := readLetters(t, dir); strings.Join(lines, ",") != want {
			t.Errorf("lines %q, want %q", lines, want)
		}
		_, _ = l.file.WriteString("half")
		_ = l.Close()
		if _, err := l.Write([]byte("next\n")); err != nil {
			t.Error(err)
		}
		if _, lines := readLetters(t, dir); strings.Join(lines, ",") != want+",half,next" {
			t.Errorf("lines %q behind a half one", lines)
		}
		_ = l.Close()
	}
}

// TestLetterFileDurable: the name of the file is, and what is not when a file
// is closed is told by the next Sync.
func TestLetterFileDurable(t *testing.T) {
	dir := t.TempDir()
	disk := &listingDisk{FS: spool.OS()}
	l := newLetterFile(dir, 10, disk)
	defer func() { _ = l.Close() }()
	put := func() {
		t.Helper()
		if _, err := l.Write([]byte("letter\n")); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= 2; n++ {
		put()
		if err := l.Sync(); err != nil || disk.synced != n {
			t.Errorf("Sync: %v, the folder %d times, want %d", err, disk.synced, n)
		}
	}
	put()
	l.fsync = func(*os.File) error { return errors.ErrUnsupported }
	put()
	l.fsync = (*os.File).Sync
	if err := l.Sync(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Sync after the file that was full could not be made durable: %v", err)
	}
	if err := l.Sync(); err != nil {
		t.Errorf("Sync again: %v", err)
	}
}

// listingDisk counts how often a folder is made durable.
type listingDisk struct {
	spool.FS
	synced int
}

func (d *listingDisk) SyncDir(dir string) error {
	d.synced++
	return d.FS.SyncDir(dir)
}

// TestLetterFileFolder: a folder that was removed is made anew.
func TestLetterFileFolder(t *testing.T) {
	l := newLetterFile(filepath.Join(t.TempDir(), "spool"), letterBytes, nil)
	if _, err := l.Write([]byte("letter\n")); err != nil {
		t.Error(err)
	}
	_ = l.Close()
}
