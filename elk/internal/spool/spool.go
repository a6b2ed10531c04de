package spool

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Policy says when what is written is made durable.
type Policy int

const (
	// Interval: by whoever calls Sync, as often as they like.
	Interval Policy = iota
	// None: never; the operating system decides.
	None
	// Each: by each Append, before it returns.
	Each
)

const (
	defaultSize    = 1 << 30
	defaultSegment = 8 << 20
	minSegment     = 4 << 10

	// lockWait bounds the wait for another process that opens the same
	// folder.
	lockWait = 5 * time.Second
)

// ErrFull is wrapped by what Append returns when the size limit is reached.
var ErrFull = errors.New("the spool is full")

var errClosed = errors.New("the spool is closed")

// Options of a Spool. The zero value has defaults.
type Options struct {
	FS     FS     // nil: the operating system's
	ID     string // of the new folder, 12 letters of base64url; "": random
	Size   int64  // bytes of all segments; 0: 1 GiB
	Policy Policy
	// Segment is the size of one file; 0: 8 MiB, or an eighth of Size if
	// that is less.
	Segment int64
}

// Spool is the folder of this process and those that it has adopted. Append
// is for one goroutine at a time, all else for any.
type Spool struct {
	options Options
	found   Found
	refused []error
	folders []*folder // adopted ones, oldest first, then its own
	writer  *writer

	closing sync.Mutex
	closed  bool
}

// Open makes a folder of its own in dir, and adopts those in it whose process
// has ended.
func Open(dir string, o Options) (*Spool, error) {
	s := &Spool{options: o.resolved()}
	if err := s.open(dir); err != nil {
		_ = s.unlock()
		return nil, fmt.Errorf("spool folder %s: %w", dir, err)
	}
	return s, nil
}

func (o Options) resolved() Options {
	if o.FS == nil {
		o.FS = osFS{}
	}
	if o.ID == "" {
		o.ID = NewID()
	}
	if o.Size <= 0 {
		o.Size = defaultSize
	}
	if o.Segment <= 0 {
		o.Segment = max(minSegment, min(defaultSegment, o.Size/8))
	}
	return o
}

// NewID makes what distinguishes a folder's lines from all others': 72 random
// bits.
func NewID() string {
	var id [9]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(id[:])
}

func (s *Spool) open(dir string) error {
	if err := s.options.FS.MkdirAll(dir); err != nil {
		return err
	}
	_ = s.options.FS.SyncDir(filepath.Dir(dir)) // may not be ours to open
	if err := s.claim(dir); err != nil {
		return err
	}
	s.loadAll()
	w := s.writer
	w.start = s.next()
	w.base = w.start
	s.folders = append(s.folders, w.folder)
	w.writing.Lock()
	defer w.writing.Unlock()
	_, err := w.begin()
	return err
}

// claim takes what is there, and makes a folder of its own, while no other
// process does.
func (s *Spool) claim(dir string) error {
	unlock, err := lockPatiently(s.options.FS, filepath.Join(dir, lockName))
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	if err := s.adopt(dir); err != nil {
		return err
	}
	own := &folder{fs: s.options.FS, dir: filepath.Join(dir, folderName(time.Now(), s.options.ID)), id: s.options.ID}
	s.writer = &writer{folder: own, limit: s.options.Segment, policy: s.options.Policy}
	return own.make()
}

func lockPatiently(fs FS, name string) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	for {
		if unlock, err = fs.Lock(name); !errors.Is(err, ErrLocked) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// folderName sorts by age.
func folderName(now time.Time, id string) string {
	return fmt.Sprintf("%013d-%s", max(0, now.UnixMilli()), id)
}

func folderID(name string) (id string, ok bool) {
	age, id, ok := strings.Cut(name, "-")
	_, err := base64.RawURLEncoding.DecodeString(id)
	return id, ok && len(age) == 13 && len(id) == 12 && err == nil
}

// adopt locks the folders that no other process holds.
func (s *Spool) adopt(dir string) error {
	names, err := s.options.FS.ReadDir(dir)
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		id, ok := folderID(name)
		if !ok {
			continue
		}
		f := &folder{fs: s.options.FS, dir: filepath.Join(dir, name), id: id}
		unlock, err := f.fs.Lock(f.path(lockName))
		switch {
		case err == nil:
			f.unlock = unlock
			s.folders = append(s.folders, f)
		case !errors.Is(err, ErrLocked) && !absent(err):
			s.refused = append(s.refused, fmt.Errorf("spool: %w", err))
		}
	}
	return nil
}

// loadAll reads the adopted folders. One that cannot be read is left alone.
func (s *Spool) loadAll() {
	s.found.Targets = map[string]uint64{}
	adopted := s.folders
	s.folders = nil
	for _, f := range adopted {
		found, err := f.load()
		if err != nil {
			if !f.removed() {
				s.refused = append(s.refused, fmt.Errorf("spool: %w", err))
			}
			_ = f.close()
			continue
		}
		if found.Damaged > 0 {
			_ = f.save() // so that nobody counts them again
		}
		s.place(f)
		f.publish()
		s.found.add(found, f.base)
		s.folders = append(s.folders, f)
	}
}

func (a *Found) add(b Found, base uint64) {
	a.Lines += b.Lines
	a.Damaged += b.Damaged
	for target, seq := range b.Targets {
		if _, ok := a.Targets[target]; !ok {
			a.Targets[target] = seq + base
		}
	}
}

// place gives the lines of a folder their order, behind those before.
func (s *Spool) place(f *folder) {
	f.start = s.next()
	f.base = f.start
	if len(f.segments) > 0 {
		f.base -= f.segments[0].first - 1
	}
}

// next is the order of the last line so far.
func (s *Spool) next() uint64 {
	for _, f := range slices.Backward(s.folders) {
		if n := len(f.segments); n > 0 {
			return f.base + f.segments[n-1].last
		}
	}
	return 0
}

func (s *Spool) unlock() (err error) {
	all := s.folders
	if s.writer != nil && !slices.Contains(all, s.writer.folder) {
		all = append(all, s.writer.folder)
	}
	for _, f := range all {
		err = errors.Join(err, f.close())
	}
	return err
}

// Found says what the adopted folders held.
func (s *Spool) Found() Found { return s.found }

// Refused says which folders are left alone, and why.
func (s *Spool) Refused() []error { return s.refused }

// ID is that of the folder of this process.
func (s *Spool) ID() string { return s.writer.id }

// Dir is the folder of this process.
func (s *Spool) Dir() string { return s.writer.dir }

// Base is what makes an order of a sequence of this process's lines.
func (s *Spool) Base() uint64 { return s.writer.base }

// Identify returns the identity of a line.
func (s *Spool) Identify(order uint64) (id string, seq uint64) {
	f := s.folder(order)
	return f.id, order - f.base
}

func (s *Spool) folder(order uint64) *folder {
	for _, f := range slices.Backward(s.folders) {
		if order > f.start {
			return f
		}
	}
	return s.writer.folder
}

// Append writes lines, and returns how many are in the file whatever the
// error; with the policy Each, an error may also mean that they are not
// durable.
func (s *Spool) Append(b *Batch) (n int, err error) {
	n, err = s.writer.append(b, s.room)
	if s.options.Policy == Each && n > 0 {
		err = errors.Join(err, s.writer.sync())
	}
	return n, err
}

// room reports whether so many bytes fit.
func (s *Spool) room(n int64) error {
	if used := s.Bytes(); used+n > s.options.Size {
		return fmt.Errorf("%w: %d of %d bytes", ErrFull, used, s.options.Size)
	}
	return nil
}

// Sync makes durable what was appended; with None it only looks whether the
// files are still there. Those that somebody has removed it makes anew if they
// are open; else the error wraps ErrGone, once, and Lost and Exposed tell what
// became of their lines.
func (s *Spool) Sync() error { return errors.Join(s.look(), s.writer.sync()) }

// Ack notes the verdict on lines.
func (s *Spool) Ack(orders ...uint64) { s.note(orders, (*segment).ack) }

// note does something about lines, with one hold of the lock for those in a
// row that are in the same folder.
func (s *Spool) note(orders []uint64, do func(*segment, uint64)) {
	for len(orders) > 0 {
		f := s.folder(orders[0])
		n := 1
		for n < len(orders) && s.folder(orders[n]) == f {
			n++
		}
		f.note(orders[:n], do)
		orders = orders[n:]
	}
}

// Publish lets Cursors go on to the end of what was appended. They will
// return the lines named here, which are nowhere else.
func (s *Spool) Publish(left ...uint64) {
	s.note(left, (*segment).leave)
	s.writer.publish()
}

// Take notes that a line is also elsewhere, and reports whether that is new.
func (s *Spool) Take(order uint64) bool {
	f := s.folder(order)
	return f.take(order - f.base)
}

// Lost returns how many lines turned out to be unreadable since it was asked
// last. They have their verdict with that.
func (s *Spool) Lost() (n int) {
	for _, f := range s.folders {
		f.mu.Lock()
		n += f.lost
		f.lost = 0
		f.mu.Unlock()
	}
	return n
}

// Live is the number of lines without a verdict.
func (s *Spool) Live() (n int) {
	for _, f := range s.folders {
		n += f.live()
	}
	return n
}

// Bytes is what the segments take on disk.
func (s *Spool) Bytes() (n int64) {
	for _, f := range s.folders {
		n += f.bytes()
	}
	return n
}
