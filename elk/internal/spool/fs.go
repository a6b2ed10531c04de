package spool

import (
	"errors"
	"io"
)

// ErrLocked is what FS.Lock returns while another holds the lock.
var ErrLocked = errors.New("locked")

// FS is what the spool needs of a file system, so that tests can break it.
// Names are those of package os.
type FS interface {
	MkdirAll(dir string) error
	// ReadDir returns the names in a folder.
	ReadDir(dir string) ([]string, error)
	// Create makes a file that must not exist, to write and read.
	Create(name string) (File, error)
	// Open opens a file to read.
	Open(name string) (File, error)
	Rename(from, to string) error
	// Remove removes a file, or a folder that is empty.
	Remove(name string) error
	// SyncDir makes the creations, renames and removals in a folder durable.
	SyncDir(dir string) error
	// Lock takes a lock on a file, which it makes if need be, or returns
	// ErrLocked. The system gives it back when the process ends.
	Lock(name string) (unlock func() error, err error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Truncate(size int64) error
	// Sync makes the content durable. After an error, what was written since
	// the last success may be gone, whatever a later Sync returns.
	Sync() error
	// Linked returns an error unless the file is in its folder under the name
	// that it was opened with.
	Linked() error
}
