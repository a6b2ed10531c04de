package elk

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"
)

// TestRandomSpools: whatever the server and the disk do in whatever order,
// and however often the shipper ends and another begins, every line is stored
// once, and the counts balance. Lines that one leaves another recovers.
func TestRandomSpools(t *testing.T) {
	runSchedules(t, (*randomSchedules+2)/3, runSpoolSchedule)
}

// spoolRun is one schedule.
type spoolRun struct {
	t    *testing.T
	rng  *rand.Rand
	c    Config
	disk *trickyDisk
	s    *Shipper
	two  *Dataset
	n    [2]int // lines written into each stream
}

func runSpoolSchedule(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 3))
	srv := startServer(t)
	srv.Intercept(chaos(rand.New(rand.NewPCG(seed, 4)), false))
	r := &spoolRun{t: t, rng: rng, disk: newTrickyDisk(), c: spooled(t, srv.URL())}
	r.c.spoolFS = r.disk
	r.c.RingBytes = 16 << 10 << rng.IntN(6)
	r.c.SpoolBytes = 64 << 10 << rng.IntN(4)
	r.c.SpoolSync = SpoolSync(rng.IntN(3))
	r.c.BatchBytes = 1000 + rng.IntN(20000)
	r.c.InFlight = 1 + rng.IntN(4)
	r.c.RequestTimeout = 2 * time.Second
	r.c.BackoffMax = 3 * time.Millisecond
	r.c.Block, r.c.CloseTimeout = *randomPatience, *randomPatience
	r.open()
	for range 3 + rng.IntN(30) {
		r.act()
		checkBalance(t, r.s)
	}
	r.disk.fail(nil)
	closeWell(t, r.s)
	checkStored(t, srv, r.n[0])
	checkStoredIn(t, srv, "logs-second-default", r.n[1])
	if left := leftOnDisk(t, r.c.SpoolDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func (r *spoolRun) open() {
	r.s = openShipper(r.t, r.c)
	r.two = r.s.Dataset("second")
}

func (r *spoolRun) act() {
	switch r.rng.IntN(12) {
	case 0, 1, 2, 3, 4, 5:
		r.write(1 + r.rng.IntN(40))
	case 6:
		_ = r.s.Sync()
	case 7:
		time.Sleep(time.Duration(r.rng.IntN(3000)) * time.Microsecond)
	case 8:
		ops := []string{"write", "create", "sync"}
		faults := []string{"EIO", "ENOSPC", "EROFS"}
		r.disk.fail(diskFaults[faults[r.rng.IntN(3)]], ops[r.rng.IntN(3):]...)
	case 9:
		r.disk.fail(nil)
	case 10, 11:
		r.restart()
	}
}

func (r *spoolRun) write(lines int) {
	for range lines {
		level, to := slog.Level(r.rng.IntN(4)*4-4), r.rng.IntN(2)
		write := r.s.WriteLine
		if to == 1 {
			write = r.two.WriteLine
		}
		if _, err := write(level, []byte(lineNumber(r.n[to])+"\n")); err != nil {
			r.t.Errorf("WriteLine: %v", err)
		}
		r.n[to]++
	}
}

// restart ends the shipper once all is on disk, without time for the server.
func (r *spoolRun) restart() {
	r.disk.fail(nil)
	waitUntil(r.t, "all is on disk", func() bool { return r.s.Sync() == nil })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.s.Shutdown(ctx); err != nil {
		r.t.Errorf("Shutdown: %v", err)
	}
	before := checkBalance(r.t, r.s)
	r.open()
	// What had its verdict after the counts were read is not there any more.
	if after := r.s.Stats(); after.Recovered > before.Pending || after.Dropped.Corrupt > 0 {
		r.t.Errorf("%d recovered, %d damaged, %d were pending", after.Recovered, after.Dropped.Corrupt, before.Pending)
	}
}
