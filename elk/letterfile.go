package elk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
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
	disk  spool.FS // of the folder
	write func(*os.File, []byte) (int, error)
	fsync func(*os.File) error

	file     *os.File
	dirty    bool  // not all of it is durable
	unlisted bool  // its name may not be
	torn     bool  // it ends within a line
	failed   error // what was not durable when a file was closed, to be told
}

func newLetterFile(dir string, limit int64, disk spool.FS) *letterFile {
	if disk == nil {
		disk = spool.OS()
	}
	return &letterFile{dir: dir, limit: limit, disk: disk, write: (*os.File).Write, fsync: (*os.File).Sync}
}

func (l *letterFile) path(name string) string { return filepath.Join(l.dir, name) }

func (l *letterFile) Write(p []byte) (int, error) {
	if err := l.open(int64(len(p))); err != nil {
		return 0, err
	}
	if !l.torn {
		return l.append(p)
	}
	n, err := l.append(append([]byte{'\n'}, p...))
	return max(0, n-1), err
}

// append notes when a part of a line has arrived: the next one begins a line
// of its own, also if the newline finds no room now.
func (l *letterFile) append(p []byte) (n int, err error) {
	n, err = l.write(l.file, p)
	if n == 0 {
		return 0, err
	}
	l.dirty, l.torn = true, p[n-1] != '\n'
	if l.torn {
		ended, _ := l.write(l.file, []byte{'\n'})
		l.torn = ended == 0
	}
	return n, err
}

// open makes sure that the file is the one of that name, with room.
func (l *letterFile) open(more int64) error {
	if l.file != nil && !l.current() {
		l.failed = l.Close()
	}
	if err := l.openFile(); err != nil {
		return err
	}
	info, err := l.file.Stat()
	if err != nil || info.Size() == 0 || info.Size()+more <= l.limit {
		return err
	}
	l.failed = l.Close()
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

// openFile opens no pipe, for which it might wait for ever, and makes the
// folder anew that somebody has removed.
func (l *letterFile) openFile() error {
	if l.file != nil {
		return nil
	}
	name := l.path(letterName)
	info, err := os.Stat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", name)
	case errors.Is(err, fs.ErrNotExist):
		err = l.disk.MkdirAll(l.dir)
	}
	if err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	l.file, l.torn, l.unlisted = file, endsWithin(file), true
	return nil
}

// endsWithin reports whether a file ends within a line, as of a process that
// ended while it wrote.
func endsWithin(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	var last [1]byte
	n, _ := file.ReadAt(last[:], info.Size()-1)
	return n == 1 && last[0] != '\n'
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

// Sync makes durable what was written, and the name of the file, or returns
// what may not be since it was asked last.
func (l *letterFile) Sync() error {
	err := l.failed
	l.failed = nil
	if l.file != nil && l.dirty {
		err = errors.Join(err, l.syncFile())
	}
	if err == nil && l.unlisted {
		err = l.syncFolder()
	}
	if err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	return nil
}

func (l *letterFile) syncFile() error {
	err := l.fsync(l.file)
	l.dirty = err != nil
	return err
}

func (l *letterFile) syncFolder() error {
	err := l.disk.SyncDir(l.dir)
	l.unlisted = err != nil
	return err
}

// Close is Sync, and the end of the file. The next Write opens it again.
func (l *letterFile) Close() error {
	err := l.Sync()
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
		l.file, l.dirty = nil, false
	}
	return err
}
