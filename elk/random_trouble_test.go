package elk

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// TestRandomTroubles is TestRandomSpools with two shippers on one folder of
// little room, reads that fail for a moment, a stream that is refused for a
// while, and dead letters. In every third schedule somebody also damages
// files: what is not stored then is counted, nobody waits for it, and what is
// stored is unaltered and there once.
func TestRandomTroubles(t *testing.T) {
	runSchedules(t, (*randomSchedules+4)/5, runTroubleSchedule)
}

// troubleRun is one schedule.
type troubleRun struct {
	t       *testing.T
	rng     *rand.Rand
	c       Config
	disk    *trickyDisk
	all     [2]*Shipper
	n       [2]int // lines written into each stream
	dead    int    // lines written that are dead letters
	corrupt uint64 // lines counted as such by those that have ended
	lossy   bool   // somebody is at the files
	refused atomic.Bool
}

func runTroubleSchedule(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 5))
	srv := startServer(t)
	r := &troubleRun{t: t, rng: rng, disk: newTrickyDisk(), c: spooled(t, srv.URL()), lossy: rng.IntN(3) == 0}
	disorder := chaos(rand.New(rand.NewPCG(seed, 6)), false)
	srv.Intercept(func(next http.Handler) http.Handler { return r.refuse(disorder(next)) })
	r.c.spoolFS, r.c.NotJSON = r.disk, NotJSONDeadLetter
	r.c.RingBytes = 16 << 10 << rng.IntN(3)
	r.c.SpoolBytes = 64 << 10
	r.c.SpoolSync = SpoolSync(rng.IntN(3))
	r.c.BatchBytes = 1000 + rng.IntN(10000)
	r.c.InFlight = 1 + rng.IntN(3)
	r.c.RequestTimeout = 2 * time.Second
	r.c.BackoffMax = 3 * time.Millisecond
	r.c.Block, r.c.CloseTimeout = *randomPatience, *randomPatience
	for i := range r.all {
		r.open(i)
	}
	for range 5 + rng.IntN(40) {
		r.act(rng.IntN(2))
	}
	r.end(srv)
}

// refuse refuses the second stream while it is refused.
func (r *troubleRun) refuse(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.refused.Load() && strings.Contains(req.URL.Path, "second") {
			refuse(func(int) bool { return true }, item403, true)(w, req, next)
			return
		}
		next.ServeHTTP(w, req)
	})
}

func (r *troubleRun) open(i int) {
	s := openShipper(r.t, r.c)
	r.all[i] = s
}

func (r *troubleRun) act(i int) {
	s := r.all[i]
	switch r.rng.IntN(16) {
	case 0, 1, 2, 3, 4, 5:
		r.write(s, 1+r.rng.IntN(40))
	case 6:
		s.keeper.keep()
	case 7:
		_ = s.Sync()
	case 8:
		time.Sleep(time.Duration(r.rng.IntN(3000)) * time.Microsecond)
	case 9:
		ops := []string{"write", "create", "sync", "open", "read"}
		r.disk.failSome([]error{syscall.EIO, syscall.ENOSPC, syscall.EMFILE}[r.rng.IntN(3)], 1+r.rng.IntN(20), ops[r.rng.IntN(len(ops))])
	case 10:
		r.disk.fail(nil)
	case 11:
		r.refused.Store(!r.refused.Load() && r.rng.IntN(2) == 0)
	case 12:
		r.failLetters(s, r.rng.IntN(2) == 0)
	case 13, 14:
		r.restart(i)
	case 15:
		if r.lossy {
			r.harm()
		}
	}
	checkBalance(r.t, s)
}

func (r *troubleRun) write(s *Shipper, lines int) {
	second := s.Dataset("second")
	for range lines {
		level, to := slog.Level(r.rng.IntN(4)*4-4), r.rng.IntN(2)
		if r.refused.Load() {
			to = 0 // nobody would make room
		}
		write := s.WriteLine
		if to == 1 {
			write = second.WriteLine
		}
		line := lineNumber(r.n[to])
		if r.rng.IntN(50) == 0 {
			line = "no JSON " + line
			r.dead++
		} else {
			r.n[to]++
		}
		if _, err := write(level, []byte(line+"\n")); err != nil {
			r.t.Errorf("WriteLine: %v", err)
		}
	}
}

// failLetters lets dead letters be written, but not made durable.
func (r *troubleRun) failLetters(s *Shipper, fail bool) {
	l := s.sender.letters
	l.mu.Lock()
	defer l.mu.Unlock()
	l.own.fsync = (*os.File).Sync
	if fail {
		l.own.fsync = func(*os.File) error { return syscall.EIO }
	}
}

// restart ends a shipper without time for the server, and opens another.
func (r *troubleRun) restart(i int) {
	r.disk.fail(nil)
	s := r.all[i]
	if !r.lossy {
		waitUntil(r.t, "all is on disk", func() bool {
			err := s.Sync()
			if err != nil {
				r.refused.Store(false) // the spool may be full of it
			}
			return err == nil
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r.ended(s, s.Shutdown(ctx))
	r.open(i)
}

// ended counts what a shipper has lost.
func (r *troubleRun) ended(s *Shipper, err error) {
	stats := checkBalance(r.t, s)
	lost := stats.Dropped.Corrupt + stats.Dropped.Close
	if r.corrupt += lost; !r.lossy && (err != nil || lost > 0) || stats.Dropped.Total() != lost {
		r.t.Errorf("the end: %v, stats %+v", err, stats)
	}
}

// harm damages a file of a spool.
func (r *troubleRun) harm() {
	var files []string
	for _, name := range leftOnDisk(r.t, r.c.SpoolDir) {
		if strings.HasSuffix(name, ".seg") {
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		return
	}
	file, err := os.OpenFile(files[r.rng.IntN(len(files))], os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return
	}
	at, one := r.rng.Int64N(info.Size()), []byte{0}
	if n, _ := file.ReadAt(one, at); n == 1 {
		one[0] ^= 1 << r.rng.IntN(8)
		_, _ = file.WriteAt(one, at)
	}
}

// end lets all be well, and looks what became of the lines.
func (r *troubleRun) end(srv *elktest.Server) {
	r.disk.fail(nil)
	r.refused.Store(false)
	for _, s := range r.all {
		r.failLetters(s, false)
		r.ended(s, s.Close())
	}
	r.open(0) // sends again what dead letters had kept
	last := r.all[0]
	r.ended(last, last.Close())
	if stats := last.Stats(); stats.Pending > 0 {
		r.t.Errorf("Close leaves lines behind: %+v", stats)
	}
	if left := leftOnDisk(r.t, r.c.SpoolDir); len(left) > 0 {
		r.t.Errorf("left behind: %v", left)
	}
	if r.lossy {
		missing := r.missing(srv, stream, r.n[0]) + r.missing(srv, "logs-second-default", r.n[1])
		if missing > int(r.corrupt) {
			r.t.Errorf("%d lines are not stored, %d are counted as lost", missing, r.corrupt)
		}
		return
	}
	checkStored(r.t, srv, r.n[0])
	checkStoredIn(r.t, srv, "logs-second-default", r.n[1])
	text, err := os.ReadFile(filepath.Join(r.c.SpoolDir, letterName))
	if n := bytes.Count(text, []byte("no JSON")); n < r.dead || err != nil && r.dead > 0 {
		r.t.Errorf("%d dead letters of %d: %v", n, r.dead, err)
	}
}

// missing counts the lines that are not stored; those that are must be what
// was written, and there once.
func (r *troubleRun) missing(srv *elktest.Server, stream string, n int) int {
	seen := storedLines(r.t, srv, stream)
	for number, times := range seen {
		if times > 1 || number >= n {
			r.t.Errorf("line %d of %d is stored %d times", number, n, times)
		}
	}
	return n - len(seen)
}
