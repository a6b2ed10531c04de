package elk

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// spy notes what a Tee does with it.
type spy struct {
	bytes.Buffer
	levels         []slog.Level
	synced, closed int
	err            error
}

func (s *spy) WriteLine(level slog.Level, p []byte) (int, error) {
	s.levels = append(s.levels, level)
	return s.Write(p)
}
func (s *spy) Sync() error  { s.synced++; return s.err }
func (s *spy) Close() error { s.closed++; return s.err }

func TestTeeServesEachWriter(t *testing.T) {
	bad, worse := errors.New("bad"), errors.New("worse")
	var plain bytes.Buffer
	last := &spy{}
	tee := Tee(
		failing(func([]byte) (int, error) { return 0, bad }),
		failing(func([]byte) (int, error) { panic("no") }),
		failing(func(p []byte) (int, error) { return len(p) - 1, nil }),
		&plain,
		failing(func([]byte) (int, error) { return 0, worse }),
		last,
	)
	n, err := tee.Write([]byte("one\n"))
	if n != 4 || !errors.Is(err, bad) || !errors.Is(err, worse) || !errors.Is(err, io.ErrShortWrite) || !strings.Contains(err.Error(), "panicked: no") {
		t.Errorf("Write = %d, %v", n, err)
	}
	if n, err := tee.WriteLine(slog.LevelWarn, []byte("two\n")); n != 4 || !errors.Is(err, bad) {
		t.Errorf("WriteLine = %d, %v", n, err)
	}
	if plain.String() != "one\ntwo\n" || last.String() != "one\ntwo\n" {
		t.Errorf("writers got %q and %q", plain.String(), last.String())
	}
	if len(last.levels) != 1 || last.levels[0] != slog.LevelWarn {
		t.Errorf("levels = %v, want WARN for the second line", last.levels)
	}
}

func TestTeeSyncAndClose(t *testing.T) {
	bad := errors.New("bad")
	one, two := &spy{err: bad}, &spy{}
	tee := Tee(one, &bytes.Buffer{}, two)
	if err := tee.Sync(); !errors.Is(err, bad) {
		t.Errorf("Sync = %v", err)
	}
	if err := tee.Close(); !errors.Is(err, bad) {
		t.Errorf("Close = %v", err)
	}
	if err := tee.Close(); err != nil {
		t.Errorf("second Close = %v", err)
	}
	if one.synced != 1 || two.synced != 1 || one.closed != 1 || two.closed != 1 {
		t.Errorf("synced %d, %d, closed %d, %d, want 1 each", one.synced, two.synced, one.closed, two.closed)
	}
}

// TestTeeSparesTheConsole: files like any other are synced and closed, the
// program's own streams are not.
func TestTeeSparesTheConsole(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	stdout, stderr := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	os.Stdout, os.Stderr = write, write
	console := Tee(os.Stdout, os.Stderr)
	os.Stdout, os.Stderr = stdout, stderr
	file := Tee(write)
	if err := errors.Join(console.Sync(), console.Close()); err != nil {
		t.Errorf("console: %v", err)
	}
	if _, err := write.WriteString("still open"); err != nil {
		t.Errorf("the console was closed: %v", err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if _, err := write.WriteString("x"); err == nil {
		t.Error("the file was not closed")
	}
}

func TestTeeSkipsNil(t *testing.T) {
	var shipper *Shipper
	var file *os.File
	var buf bytes.Buffer
	tee := Tee(nil, shipper, &buf, file)
	if n, err := tee.Write([]byte("x")); n != 1 || err != nil || buf.String() != "x" {
		t.Errorf("Write = %d, %v, wrote %q", n, err, buf.String())
	}
	var none *TeeWriter
	n, err := none.Write([]byte("x"))
	if n != 1 || errors.Join(err, none.Sync(), none.Close(), Tee().Sync()) != nil {
		t.Errorf("nil TeeWriter: %d, %v", n, err)
	}
}
