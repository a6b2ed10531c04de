package elk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

const (
	// keepEvery is how often what is in the spool is made durable, unless
	// Config.SpoolSync says otherwise, and verdicts are written down.
	keepEvery = time.Second

	// keepGrace is how long Shutdown waits, beyond its context, for the disk.
	keepGrace = 5 * time.Second
)

// keeper owns the spool and the goroutines that work on it. Nil: there is no
// spool.
type keeper struct {
	queue   *queue
	alarms  *alarms
	letters *letterWriter
	disk    *spool.Spool
	mover   *mover
	feeder  *feeder
	every   time.Duration
	grace   time.Duration // for the disk, when the time to close is over

	cancel context.CancelFunc
	done   chan struct{}
	saving sync.WaitGroup

	tidying sync.Mutex   // one tidy at a time
	untold  atomic.Int64 // lines lost since the last Sync
}

// openSpool opens the spool of a configuration, nil without one.
func openSpool(c Config, id string) (*spool.Spool, error) {
	if c.SpoolDir == "" {
		return nil, nil
	}
	disk, err := spool.Open(c.SpoolDir, spool.Options{FS: c.spoolFS, ID: id, Size: c.SpoolBytes, Policy: c.SpoolSync.policy()})
	if err != nil {
		return nil, fmt.Errorf("elk: SpoolDir: %w", err)
	}
	return disk, nil
}

func closeSpool(disk *spool.Spool) error {
	if disk == nil {
		return nil
	}
	return disk.Close()
}

// recover takes over what ended processes have left.
func (q *queue) recover(disk *spool.Spool) {
	found := disk.Found()
	q.mu.Lock()
	q.last = disk.Base()
	q.stats.Recovered = uint64(found.Lines + found.Damaged)
	q.stats.Dropped.Corrupt = uint64(found.Damaged)
	q.store.onDisk, q.store.lastLeft = found.Lines, disk.Base()
	q.mu.Unlock()
	for name, first := range found.Targets {
		t := q.adopt(name)
		q.mu.Lock()
		if !t.trail.behind || first < t.trail.next {
			t.trail = trail{behind: true, next: first}
		}
		q.mu.Unlock()
	}
}

func newKeeper(c Config, q *queue, a *alarms, letters *letterWriter) *keeper {
	if q.store == nil {
		return nil
	}
	k := &keeper{
		queue: q, alarms: a, letters: letters, disk: q.store.disk, every: keepEvery, grace: keepGrace,
		mover: newMover(c, q, a), feeder: newFeeder(q, a), done: make(chan struct{}),
	}
	k.mover.tidy = k.tidy
	for _, err := range k.disk.Refused() {
		a.raise(alarmSpoolRefused, err.Error())
	}
	if n := k.disk.Found().Damaged; n > 0 {
		a.raise(alarmSpoolDamaged, fmt.Sprintf("%d lines of an ended process are damaged", n))
	}
	return k
}

// start starts the goroutines.
func (k *keeper) start() {
	if k == nil {
		return
	}
	var ctx context.Context
	ctx, k.cancel = context.WithCancel(context.Background())
	go k.mover.run(ctx)
	go k.feeder.run(ctx)
	go k.run(ctx)
}

// run looks after the files until ctx ends.
func (k *keeper) run(ctx context.Context) {
	defer close(k.done)
	for sleep(ctx, k.every, nil) && ctx.Err() == nil {
		k.keep()
	}
}

// keep makes durable what there is, lines and verdicts.
func (k *keeper) keep() {
	if err := k.disk.Sync(); err != nil {
		k.alarms.raise(alarmSpoolFailed, "lines may not survive the machine: "+err.Error())
	}
	if err := k.tidy(); err != nil {
		k.alarms.raise(alarmSpoolFailed, "verdicts cannot be written down: "+err.Error())
	}
	k.count()
}

// count counts lines that turned out to be lost.
func (k *keeper) count() {
	if n := k.disk.Lost(); n > 0 {
		k.queue.lose(n)
		k.untold.Add(int64(n))
		k.alarms.raise(alarmSpoolDamaged, fmt.Sprintf("%d lines on disk are damaged or gone", n))
	}
}

// tidy writes down verdicts and removes what is of no more use. Dead letters
// are durable before that. Where that failed nobody knows which are, and the
// lines of all stay in the spool until the next process sends them again.
func (k *keeper) tidy() error {
	k.tidying.Lock()
	defer k.tidying.Unlock()
	buried := k.queue.exhume()
	err := k.letters.sync()
	if err == nil {
		k.disk.Ack(buried...)
	} else {
		_ = k.queue.exhume()
	}
	return errors.Join(err, k.disk.Maintain())
}

// lose counts lines that were on disk only and cannot be read.
func (q *queue) lose(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.settled {
		return
	}
	q.store.onDisk -= n
	q.stats.Dropped.Corrupt += uint64(n)
	q.release()
	q.signal() // they may have been the last
}

// sync returns once every line accepted before it is on disk, or has its
// verdict.
func (k *keeper) sync() error {
	err := k.mover.move(k.queue.newest())
	if err == nil {
		err = k.disk.Sync()
		k.count()
	}
	if n := k.untold.Swap(0); n > 0 {
		err = errors.Join(err, fmt.Errorf("%w: %d that were on disk", ErrLost, n))
	}
	if err == nil {
		err = k.queue.unsaved()
	}
	if err != nil {
		return fmt.Errorf("elk: Sync: %w", err)
	}
	return nil
}

func (q *queue) newest() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.last
}

// unsaved returns an error while lines are on their way that went past the
// spool when it took nothing, or whose files there are gone.
func (q *queue) unsaved() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := int(q.held) - q.store.safe + q.store.disk.Exposed(); n > 0 && !q.settled {
		return fmt.Errorf("%w: %d are on their way and not on disk", ErrPending, n)
	}
	return nil
}

// save puts on disk what is in memory, while the sender still works.
func (k *keeper) save() {
	if k != nil {
		k.saving.Go(func() { _ = k.sync() })
	}
}

// close puts on disk what has no verdict, and gives the folder back. A disk
// that hangs is left behind.
func (k *keeper) close(ctx context.Context) error {
	if k == nil {
		return nil
	}
	k.cancel()
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-k.done
		<-k.mover.done
		<-k.feeder.done
		k.saving.Wait()
		_ = k.mover.move(^uint64(0))
		k.keep()
		err = k.disk.Close()
		k.count()
	}()
	select {
	case <-done:
		return err
	case <-ctx.Done():
	}
	if waitFor(done, k.grace) {
		return err
	}
	return fmt.Errorf("elk: the disk of %s hangs", k.disk.Dir())
}
