package elk

import (
	"maps"
	"sync"
	"syscall"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

// trickyDisk is a real disk on which some operations fail.
type trickyDisk struct {
	spool.FS
	mu     sync.Mutex
	times  map[string]int    // how many more, if not all
	hooks  map[string]func() // called when it begins
	faults map[string]error  // by operation: write, sync, create, open, read
	synced map[string]int64  // what is durable of a file
}

func newTrickyDisk() *trickyDisk {
	return &trickyDisk{FS: spool.OS(), times: map[string]int{}, hooks: map[string]func(){}, faults: map[string]error{}, synced: map[string]int64{}}
}

// fail makes operations fail from now on, all of them succeed without any.
func (d *trickyDisk) fail(err error, ops ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.faults)
	clear(d.times)
	for _, op := range ops {
		d.faults[op] = err
	}
}

// failSome makes so many operations of a kind fail.
func (d *trickyDisk) failSome(err error, times int, op string) {
	d.fail(err, op)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.times[op] = times
}

// before has something done whenever an operation begins.
func (d *trickyDisk) before(op string, do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hooks[op] = do
}

func (d *trickyDisk) fault(op string) error {
	d.mu.Lock()
	err, hook := d.faults[op], d.hooks[op]
	if left, ok := d.times[op]; ok && err != nil {
		if d.times[op] = left - 1; left <= 1 {
			delete(d.faults, op)
		}
	}
	d.mu.Unlock()
	if hook != nil {
		hook()
	}
	return err
}

func (d *trickyDisk) Create(name string) (spool.File, error) {
	if err := d.fault("create"); err != nil {
		return nil, err
	}
	return d.file(name, d.FS.Create)
}

func (d *trickyDisk) Open(name string) (spool.File, error) {
	if err := d.fault("open"); err != nil {
		return nil, err
	}
	return d.file(name, d.FS.Open)
}

func (d *trickyDisk) file(name string, open func(string) (spool.File, error)) (spool.File, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	return trickyFile{f, d, name}, nil
}

// durable returns how much of each file is.
func (d *trickyDisk) durable() map[string]int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.synced)
}

type trickyFile struct {
	spool.File
	disk *trickyDisk
	name string
}

func (f trickyFile) WriteAt(p []byte, at int64) (int, error) {
	if err := f.disk.fault("write"); err != nil {
		n, _ := f.File.WriteAt(p[:len(p)/2], at)
		return n, err
	}
	return f.File.WriteAt(p, at)
}

func (f trickyFile) ReadAt(p []byte, at int64) (int, error) {
	if err := f.disk.fault("read"); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, at)
}

func (f trickyFile) Sync() error {
	if err := f.disk.fault("sync"); err != nil {
		return err
	}
	size, err := f.Size()
	if err == nil {
		err = f.File.Sync()
	}
	if err == nil {
		f.disk.mu.Lock()
		defer f.disk.mu.Unlock()
		f.disk.synced[f.name] = size
	}
	return err
}

// diskFaults are what a disk may say.
var diskFaults = map[string]error{"ENOSPC": syscall.ENOSPC, "EIO": syscall.EIO, "EROFS": syscall.EROFS}
