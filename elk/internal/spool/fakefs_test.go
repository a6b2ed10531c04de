package spool

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"
)

// fakeFS is a file system in memory that forgets what was not made durable.
// It keeps of each file what is on the disk, and what was written since; of
// each folder likewise. A crash keeps any part of the latter.
type fakeFS struct {
	mu     sync.Mutex
	dirs   map[string]*fakeDir
	locks  map[string]*inode
	ops    int
	before func(op, name string, n int) error // called for each operation, with its number
	short  int                                // how much of a failing write arrives
}

type fakeDir struct {
	now     map[string]*inode
	disk    map[string]*inode
	pending []change
	made    bool // its own name is durable
}

// change is a name in a folder that got another file, or none.
type change struct {
	name string
	to   *inode
}

type inode struct {
	data    []byte
	disk    []byte
	pending []write
}

// write is a part of a file; with cut, its new length.
type write struct {
	at   int
	data []byte
	cut  bool
}

func newFakeFS() *fakeFS {
	return &fakeFS{dirs: map[string]*fakeDir{"/": {made: true}}, locks: map[string]*inode{}}
}

func (f *fakeFS) op(op, name string) error {
	f.ops++
	if f.before != nil {
		return f.before(op, name, f.ops)
	}
	return nil
}

func (f *fakeFS) dir(name string) (*fakeDir, error) {
	d := f.dirs[name]
	if d == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return d, nil
}

func (d *fakeDir) set(name string, to *inode) {
	if d.now == nil {
		d.now = map[string]*inode{}
	}
	if d.now[name] = to; to == nil {
		delete(d.now, name)
	}
	d.pending = append(d.pending, change{name, to})
}

func (f *fakeFS) MkdirAll(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("mkdir", dir); err != nil {
		return err
	}
	for at := dir; f.dirs[at] == nil; at = filepath.Dir(at) {
		f.dirs[at] = &fakeDir{}
	}
	return nil
}

func (f *fakeFS) ReadDir(dir string) (names []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("readdir", dir); err != nil {
		return nil, err
	}
	d, err := f.dir(dir)
	if err != nil {
		return nil, err
	}
	names = slices.Collect(maps.Keys(d.now))
	for other := range f.dirs {
		if filepath.Dir(other) == dir && other != dir {
			names = append(names, filepath.Base(other))
		}
	}
	slices.Sort(names)
	return names, nil
}

func (f *fakeFS) Create(name string) (File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("create", name); err != nil {
		return nil, err
	}
	d, err := f.dir(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	if d.now[filepath.Base(name)] != nil {
		return nil, fs.ErrExist
	}
	node := &inode{}
	d.set(filepath.Base(name), node)
	return &fakeFile{fs: f, node: node, name: name}, nil
}

func (f *fakeFS) Open(name string) (File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("open", name); err != nil {
		return nil, err
	}
	node, err := f.node(name)
	if err != nil {
		return nil, err
	}
	return &fakeFile{fs: f, node: node, name: name}, nil
}

func (f *fakeFS) node(name string) (*inode, error) {
	d, err := f.dir(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	if node := d.now[filepath.Base(name)]; node != nil {
		return node, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (f *fakeFS) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("rename", from); err != nil {
		return err
	}
	node, err := f.node(from)
	if err != nil {
		return err
	}
	d := f.dirs[filepath.Dir(to)]
	// One change, as of a journal: both names or neither. The old name that
	// stays behind after a crash is of no interest here.
	d.set(filepath.Base(to), node)
	d.set(filepath.Base(from), nil)
	return nil
}

func (f *fakeFS) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("remove", name); err != nil {
		return err
	}
	if d := f.dirs[name]; d != nil {
		if len(d.now) > 0 {
			return errors.New("folder is not empty")
		}
		delete(f.dirs, name)
		return nil
	}
	if _, err := f.node(name); err != nil {
		return err
	}
	f.dirs[filepath.Dir(name)].set(filepath.Base(name), nil)
	return nil
}

func (f *fakeFS) SyncDir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("syncdir", dir); err != nil {
		return err
	}
	d, err := f.dir(dir)
	if err != nil {
		return err
	}
	d.disk, d.pending = maps.Clone(d.now), nil
	for name, below := range f.dirs {
		if filepath.Dir(name) == dir {
			below.made = true
		}
	}
	return nil
}

func (f *fakeFS) Lock(name string) (func() error, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op("lock", name); err != nil {
		return nil, err
	}
	d, err := f.dir(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	node := d.now[filepath.Base(name)]
	if node == nil {
		node = &inode{}
		d.set(filepath.Base(name), node)
	}
	if f.locks[name] == node {
		return nil, ErrLocked
	}
	f.locks[name] = node
	return func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.locks[name] == node {
			delete(f.locks, name)
		}
		return nil
	}, nil
}

// removeAll is rm -rf.
func (f *fakeFS) removeAll(dir string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name := range f.dirs {
		if name == dir || len(name) > len(dir) && name[:len(dir)+1] == dir+"/" {
			delete(f.dirs, name)
		}
	}
}

type fakeFile struct {
	fs   *fakeFS
	node *inode
	name string
	shut bool
}

func (f *fakeFile) ReadAt(p []byte, at int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.op("read"); err != nil {
		return 0, err
	}
	if at >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *fakeFile) op(op string) error {
	if f.shut {
		return fs.ErrClosed
	}
	return f.fs.op(op, f.name)
}

func (f *fakeFile) WriteAt(p []byte, at int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.op("write"); err != nil {
		part := min(f.fs.short, len(p))
		f.node.apply(write{at: int(at), data: slices.Clone(p[:part])})
		return part, err
	}
	f.node.apply(write{at: int(at), data: slices.Clone(p)})
	return len(p), nil
}

func (n *inode) apply(w write) {
	n.data = w.on(n.data)
	n.pending = append(n.pending, w)
}

// on returns what a write makes of a file.
func (w write) on(data []byte) []byte {
	if w.cut {
		return data[:min(w.at, len(data))]
	}
	if len(w.data) == 0 {
		return data
	}
	data = append(slices.Clone(data), make([]byte, max(0, w.at+len(w.data)-len(data)))...)
	copy(data[w.at:], w.data)
	return data
}

func (f *fakeFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.op("truncate"); err != nil {
		return err
	}
	f.node.apply(write{at: int(size), cut: true})
	return nil
}

// Sync after which an error was returned has lost what it was to keep: it can
// be read, but never gets onto the disk.
func (f *fakeFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.op("sync"); err != nil {
		f.node.pending = nil
		return err
	}
	for _, w := range f.node.pending {
		f.node.disk = w.on(f.node.disk)
	}
	f.node.pending = nil
	return nil
}

func (f *fakeFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return int64(len(f.node.data)), nil
}

func (f *fakeFile) Linked() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if node, err := f.fs.node(f.name); err != nil || node != f.node {
		return &fs.PathError{Op: "stat", Path: f.name, Err: fs.ErrNotExist}
	}
	return nil
}

func (f *fakeFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	f.shut = true
	return nil
}

// kill returns the file system as another process finds it: without locks.
func (f *fakeFS) kill() *fakeFS {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := newFakeFS()
	nodes := map[*inode]*inode{nil: nil}
	same := func(names map[string]*inode) map[string]*inode {
		copied := map[string]*inode{}
		for name, node := range names {
			if nodes[node] == nil && node != nil {
				nodes[node] = &inode{slices.Clone(node.data), slices.Clone(node.disk), slices.Clone(node.pending)}
			}
			copied[name] = nodes[node]
		}
		return copied
	}
	for name, d := range f.dirs {
		fresh := &fakeDir{now: same(d.now), disk: same(d.disk), made: d.made}
		for _, c := range d.pending {
			fresh.pending = append(fresh.pending, change{c.name, same(map[string]*inode{"": c.to})[""]})
		}
		after.dirs[name] = fresh
	}
	return after
}

// fate decides what becomes of what is not durable when the machine stops.
type fate interface {
	// survives is asked for each write and each name.
	survives() bool
	// part is how many bytes of a write of n survive.
	part(n int) int
}

// crash returns the file system as it may be after the machine stopped.
func (f *fakeFS) crash(fate fate) *fakeFS {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := newFakeFS()
	nodes := map[*inode]*inode{}
	for _, name := range slices.Sorted(maps.Keys(f.dirs)) {
		d := f.dirs[name]
		if name != "/" && !d.made && !fate.survives() {
			continue
		}
		if _, ok := after.dirs[filepath.Dir(name)]; !ok {
			continue
		}
		now := maps.Clone(d.disk)
		if now == nil {
			now = map[string]*inode{}
		}
		for _, c := range d.pending {
			if fate.survives() {
				if now[c.name] = c.to; c.to == nil {
					delete(now, c.name)
				}
			}
		}
		fresh := &fakeDir{now: map[string]*inode{}, disk: map[string]*inode{}, made: true}
		for _, file := range slices.Sorted(maps.Keys(now)) {
			node := now[file]
			if nodes[node] == nil {
				data := node.after(fate)
				nodes[node] = &inode{data: data, disk: data}
			}
			fresh.now[file], fresh.disk[file] = nodes[node], nodes[node]
		}
		after.dirs[name] = fresh
	}
	return after
}

// after is the content that survives a crash. Writes may be lost, torn, and
// made out of order: one that is lost before one that is not leaves a hole.
func (n *inode) after(fate fate) []byte {
	data := n.disk
	for _, w := range n.pending {
		if !fate.survives() {
			continue
		}
		w.data = w.data[:fate.part(len(w.data))]
		data = w.on(data)
	}
	return data
}
