package elk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	letterName   = "dead-letter.ndjson"
	letterPrefix = "dead-letter-"
	letterSuffix = ".ndjson"

	// letterBytes is the size at which the file of dead letters gets another
	// name, and letterFiles how many such there may be.
	letterBytes = 16 << 20
	letterFiles = 8
)

// letterFile appends dead letters to SpoolDir/dead-letter.ndjson. Processes
// that share the folder share the file: each letter is one write at its end.
// A file that is full is renamed, to dead-letter-<time>.ndjson; of those the
// oldest are removed. It is not safe for concurrent use.
type letterFile struct {
	dir   string
	limit int64
	file  *os.File
	dirty bool
}

func (l *letterFile) path(name string) string { return filepath.Join(l.dir, name) }

func (l *letterFile) Write(p []byte) (int, error) {
	if err := l.open(int64(len(p))); err != nil {
		return 0, err
	}
	n, err := l.file.Write(p)
	l.dirty = true
	if err != nil {
		// A part of a line may be there: the next one begins a line of its own.
		_, _ = l.file.Write([]byte{'\n'})
	}
	return n, err
}

// open makes sure that the file is the one of that name, with room.
func (l *letterFile) open(more int64) error {
	if l.file != nil && !l.current() {
		_ = l.Close()
	}
	if err := l.openFile(); err != nil {
		return err
	}
	info, err := l.file.Stat()
	if err != nil || info.Size() == 0 || info.Size()+more <= l.limit {
		return err
	}
	_ = l.Close()
	if err := l.rotate(); err != nil {
		return err
	}
	return l.openFile()
}

// current reports whether nobody has renamed or removed the file.
func (l *letterFile) current() bool {
	mine, err := l.file.Stat()
	there, errThere := os.Stat(l.path(letterName))
	return err == nil && errThere == nil && os.SameFile(mine, there)
}

func (l *letterFile) openFile() (err error) {
	if l.file == nil {
		l.file, err = os.OpenFile(l.path(letterName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	}
	return err
}

func (l *letterFile) rotate() error {
	name := letterPrefix + time.Now().UTC().Format("20060102T150405.000000000") + letterSuffix
	if err := os.Rename(l.path(letterName), l.path(name)); err != nil {
		return err
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	var old []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), letterPrefix) && strings.HasSuffix(e.Name(), letterSuffix) {
			old = append(old, e.Name())
		}
	}
	slices.Sort(old)
	for _, name := range old[:max(0, len(old)-letterFiles)] {
		err = errors.Join(err, os.Remove(l.path(name)))
	}
	return err
}

// Sync makes durable what was written.
func (l *letterFile) Sync() error {
	if l.file == nil || !l.dirty {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	l.dirty = false
	return nil
}

func (l *letterFile) Close() error {
	if l.file == nil {
		return nil
	}
	err := errors.Join(l.Sync(), l.file.Close())
	l.file = nil
	return err
}
