package elk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

// spooled is a configuration with a spool.
func spooled(t testing.TB, url string) Config {
	c := quick(url)
	c.SpoolDir = t.TempDir()
	return c
}

// quit ends a shipper as fast as it can, and checks that nothing is lost.
func quit(t testing.TB, s *Shipper) Stats {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	return checkBalance(t, s)
}

// leftOnDisk lists the files of spools.
func leftOnDisk(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(path) != dir {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestOutageSurvived: what was accepted while the server was away is stored
// once by a later process, and nothing is left behind.
func TestOutageSurvived(t *testing.T) {
	srv := startServer(t)
	c := spooled(t, nobody)
	s := openShipper(t, c)
	writeLines(t, s, 0, 500)
	if err := s.Sync(); err != nil {
		t.Errorf("Sync: %v", err)
	}
	if stats := quit(t, s); stats.Accepted != 500 || stats.Pending != 500 || stats.Dropped.Total() != 0 {
		t.Errorf("stats %+v", stats)
	}
	c.Addresses = []string{srv.URL()}
	s = openShipper(t, c)
	if got := s.Stats(); got.Recovered != 500 {
		t.Errorf("Recovered = %d", got.Recovered)
	}
	stats := closeWell(t, s)
	if stats.Delivered != 500 || stats.Accepted != 0 {
		t.Errorf("stats %+v", stats)
	}
	checkStored(t, srv, 500)
	if left := leftOnDisk(t, c.SpoolDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestRecoveredKeepIdentity: a line has its id and its event.sequence for
// ever, so that what an earlier process had sent is a duplicate; lines of
// this process begin with 1 all the same.
func TestRecoveredKeepIdentity(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(httptest.NewRecorder(), r) // stored, and nobody is told
			hangUp(w, r, next)
		})
	})
	c := spooled(t, srv.URL())
	c.InFlight = 1 // so that they are stored in order
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	waitUntil(t, "the documents are stored", func() bool { return len(srv.Documents(stream)) == 10 })
	quit(t, s)
	before := idsOf(srv.Documents(stream))
	srv.Intercept(nil)
	s = openShipper(t, c)
	writeLines(t, s, 10, 20)
	if stats := closeWell(t, s); stats.Duplicate != 10 || stats.Delivered != 10 {
		t.Errorf("stats %+v", stats)
	}
	docs := srv.Documents(stream)
	if got := idsOf(docs); len(got) != 20 || !slices.Equal(got[:10], before) {
		t.Errorf("ids %v, before %v", got, before)
	}
	for i, doc := range docs {
		if want := fmt.Sprintf(`"event.sequence":%d,`, i%10+1); !strings.Contains(string(doc.Source), want) || !strings.HasSuffix(doc.ID, fmt.Sprintf("-%d", i%10+1)) {
			t.Errorf("document %s lacks %s: %s", doc.ID, want, doc.Source)
		}
	}
}

// TestBacklogBeyondRing: what does not fit into memory waits on disk, in
// order, and memory stays as it is.
func TestBacklogBeyondRing(t *testing.T) {
	srv := startServer(t)
	down := outage(srv)
	c := spooled(t, srv.URL())
	c.RingBytes, c.BatchBytes, c.InFlight = 64<<10, 8<<10, 1
	c.CloseTimeout = time.Minute
	s := openShipper(t, c)
	for n := 0; n < 5000; n += 20 {
		writeLines(t, s, n, n+20)
		if err := s.Sync(); err != nil {
			t.Fatalf("Sync: %v", err)
		}
	}
	stats := checkBalance(t, s)
	if stats.Pending != 5000 || stats.Dropped.Total() != 0 {
		t.Errorf("stats %+v", stats)
	}
	down.Store(false)
	closeWell(t, s)
	checkStored(t, srv, 5000)
	last := ""
	for _, doc := range srv.Documents(stream) {
		_, seq, _ := strings.Cut(doc.ID, "-")
		if len(seq) < len(last) || len(seq) == len(last) && seq < last {
			t.Fatalf("%s comes after %s", seq, last)
		}
		last = seq
	}
}

// TestRefusedStreamBehind: a stream that the server refuses has all it wants
// on disk and holds up nobody, and is stored when it is taken again.
func TestRefusedStreamBehind(t *testing.T) {
	srv := startServer(t)
	var refused atomic.Bool
	refused.Store(true)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refused.Load() && strings.Contains(r.URL.Path, "second") {
				refuse(func(int) bool { return true }, item403, true)(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	c := spooled(t, srv.URL())
	c.RingBytes, c.BatchBytes = 64<<10, 8<<10
	c.CloseTimeout = time.Minute
	s := openShipper(t, c)
	second := s.Dataset("second")
	const lines = 2000
	for n := range lines {
		mustWrite(t, s, lineNumber(n)+"\n")
		mustWrite(t, second, lineNumber(n)+"\n")
		if n%20 == 0 {
			if err := s.Sync(); err != nil {
				t.Fatalf("Sync: %v", err)
			}
		}
	}
	waitUntil(t, "the other stream is stored", func() bool { return len(srv.Documents(stream)) == lines })
	refused.Store(false)
	closeWell(t, s)
	checkStored(t, srv, lines)
	checkStoredIn(t, srv, "logs-second-default", lines)
}

// TestDiskFails: while the disk takes nothing, lines go from memory, with an
// alarm; Sync says so if they cannot; and when it is well again the rest is
// on disk.
func TestDiskFails(t *testing.T) {
	for name, fault := range diskFaults {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t)
			disk := newTrickyDisk()
			var told alarmLog
			c := spooled(t, srv.URL())
			c.spoolFS, c.OnAlarm = disk, told.add
			s := openShipper(t, c)
			writeLines(t, s, 0, 10)
			if err := s.Sync(); err != nil {
				t.Errorf("Sync: %v", err)
			}
			disk.fail(fault, "write", "create", "sync")
			writeLines(t, s, 10, 30)
			if err := s.Flush(t.Context()); err != nil {
				t.Errorf("Flush with the disk broken: %v", err)
			}
			checkStored(t, srv, 30)
			told.await(t, alarmSpoolFailed)
			if h := s.Health(); h.OK || h.Reason != alarmSpoolFailed {
				t.Errorf("Health = %+v", h)
			}

			down := outage(srv)
			writeLines(t, s, 30, 40)
			if err := s.Sync(); !errors.Is(err, fault) && !errors.Is(err, ErrPending) {
				t.Errorf("Sync with the disk broken = %v", err)
			}
			disk.fail(nil)
			writeLines(t, s, 40, 50)
			waitUntil(t, "Sync succeeds, or says that lines are on their way", func() bool {
				err := s.Sync()
				return err == nil || errors.Is(err, ErrPending)
			})
			n := 50 // workers may have taken all that could have been written
			waitUntil(t, "somebody is told that the disk works again", func() bool {
				writeLines(t, s, n, n+1)
				n++
				_ = s.Sync()
				return told.has(alarmSpoolWorks)
			})
			down.Store(false)
			stats := closeWell(t, s)
			if stats.Dropped.Total() != 0 {
				t.Errorf("stats %+v", stats)
			}
			checkStored(t, srv, n)
		})
	}
}

// TestDiskFull: a spool at its limit leaves lines in memory, where some give
// way; what is written is never touched.
func TestDiskFull(t *testing.T) {
	srv := startServer(t)
	var told alarmLog
	c := spooled(t, nobody)
	c.RingBytes, c.SpoolBytes, c.OnAlarm = 32<<10, minSpoolBytes, told.add
	s := openShipper(t, c)
	onDisk := fillSpool(t, s)
	writeLines(t, s, onDisk+1, onDisk+500)
	if stats := checkBalance(t, s); stats.Dropped.RingFull == 0 {
		t.Errorf("stats %+v", stats)
	}
	told.await(t, alarmSpoolFull)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, ErrLost) {
		t.Errorf("Shutdown = %v", err)
	}
	stats := checkBalance(t, s)
	if stats.Pending != uint64(onDisk) {
		t.Errorf("%d pending, %d were on disk", stats.Pending, onDisk)
	}
	c.Addresses = []string{srv.URL()}
	s = openShipper(t, c)
	if got := s.Stats().Recovered; got != stats.Pending {
		t.Errorf("Recovered %d, want %d", got, stats.Pending)
	}
	closeWell(t, s)
	checkStored(t, srv, onDisk)
}

// fillSpool writes lines until Sync says that the disk takes no more, and
// returns how many it took.
func fillSpool(t *testing.T, s *Shipper) (n int) {
	t.Helper()
	for ; ; n++ {
		mustWrite(t, s, lineNumber(n)+"\n")
		if err := s.Sync(); err != nil {
			if !errors.Is(err, spool.ErrFull) {
				t.Errorf("Sync = %v", err)
			}
			return n
		}
	}
}

// TestFullDrains: with ring and spool full and the server back, all that was
// kept is stored.
func TestFullDrains(t *testing.T) {
	srv := startServer(t)
	down := outage(srv)
	var told alarmLog
	c := spooled(t, srv.URL())
	c.OnAlarm = told.add
	c.RingBytes, c.SpoolBytes = 8<<10, minSpoolBytes // less in memory than in a segment
	s := openShipper(t, c)
	n := fillSpool(t, s)
	writeLines(t, s, n+1, n+500)
	down.Store(false)
	// Lines that keep coming must not take the room of those on disk.
	flood := make(chan struct{})
	var flooding sync.WaitGroup
	flooding.Go(func() {
		for i := n + 1000; ; i++ {
			select {
			case <-flood:
				return
			default:
				_, _ = s.Write([]byte(lineNumber(i)))
			}
		}
	})
	waitUntil(t, "what was on disk is stored", func() bool { return s.Stats().Delivered > uint64(n) })
	close(flood)
	flooding.Wait()
	waitUntil(t, "all is stored", func() bool { return checkBalance(t, s).Pending == 0 })
	before := s.Stats()
	if before.Delivered+before.Dropped.RingFull != before.Accepted || before.Dropped.RingFull == 0 {
		t.Errorf("stats %+v", before)
	}
	// With room again lines no longer go past the spool.
	waitUntil(t, "the spool takes lines again", func() bool {
		writeLines(t, s, n+500, n+510)
		return told.has(alarmSpoolWorks)
	})
	waitUntil(t, "what went past it is stored", func() bool { return s.Sync() == nil })
	if err := s.Close(); !errors.Is(err, ErrLost) {
		t.Errorf("Close = %v", err)
	}
	if got, after := len(srv.Documents(stream)), s.Stats().Delivered; got != int(after) || after < before.Delivered+10 {
		t.Errorf("%d documents, %d delivered", got, after)
	}
}

// TestSpoolUnusable: Open says which folder.
func TestSpoolUnusable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := quick(nobody)
	c.SpoolDir = file
	if _, err := Open(c); err == nil || !strings.Contains(err.Error(), file) || !strings.HasPrefix(err.Error(), "elk: ") {
		t.Errorf("Open = %v", err)
	}
}

// TestSpoolDamaged: frames that are known and cannot be read are counted, and
// the rest is stored.
func TestSpoolDamaged(t *testing.T) {
	srv := startServer(t)
	var told alarmLog
	c := spooled(t, nobody)
	s := openShipper(t, c)
	writeLines(t, s, 0, 100)
	quit(t, s)
	for _, name := range leftOnDisk(t, c.SpoolDir) {
		if strings.HasSuffix(name, ".seg") {
			spoil(t, name, `"number":50,`)
		}
	}
	c.Addresses, c.OnAlarm = []string{srv.URL()}, told.add
	s = openShipper(t, c)
	err := s.Close()
	stats := checkBalance(t, s)
	if stats.Recovered != 100 || stats.Delivered != 99+stats.Accepted || stats.Dropped.Corrupt != 1 || !errors.Is(err, ErrLost) {
		t.Errorf("stats %+v, Close %v", stats, err)
	}
	told.await(t, alarmSpoolDamaged)
}

// spoil changes a byte of a file where a text stands.
func spoil(t testing.TB, name, text string) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if at := bytes.Index(content, []byte(text)); at >= 0 {
		content[at+2] ^= 4
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSpoolUnreadable: what cannot be read back is tried again, then given up
// and counted, and nobody waits for it any more.
func TestSpoolUnreadable(t *testing.T) {
	srv := startServer(t)
	disk := newTrickyDisk()
	c := spooled(t, nobody)
	s := openShipper(t, c)
	writeLines(t, s, 0, 100)
	quit(t, s)
	c.Addresses, c.spoolFS = []string{srv.URL()}, disk
	s = openShipper(t, c)
	waitUntil(t, "all is stored", func() bool { return len(srv.Documents(stream)) == 100 })
	closeWell(t, s)

	q, to, d := spoolQueue(t, spool.Options{FS: disk})
	f := newFeeder(q, nil)
	f.again = 0
	leaveOne(t, q, to)
	q.mu.Lock()
	q.stats.Accepted, q.last = 1, 1
	q.mu.Unlock()
	d.Publish(1)
	disk.fail(errors.ErrUnsupported, "read")
	for range feedTries {
		if n := d.Lost(); n != 0 {
			t.Fatalf("%d lines are given up", n)
		}
		f.step()
	}
	q.close()
	select {
	case <-q.wake:
	default:
	}
	q.lose(d.Lost())
	select {
	case <-q.wake:
	default:
		t.Error("workers that wait for the last line do not learn that it is lost")
	}
	f.step()
	if _, _, over := q.next(testTime, &batch{}); !over {
		t.Error("there is more to do")
	}
	if s := q.read(); s.Dropped.Corrupt != 1 || s.Pending != 0 || !s.Balanced() || to.trail.behind {
		t.Errorf("stats %+v", s)
	}
	f.close()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestFeederOutOfFiles: a program that has too many files open for long loses
// none of what is on disk.
func TestFeederOutOfFiles(t *testing.T) {
	disk := newTrickyDisk()
	q, to, d := spoolQueue(t, spool.Options{FS: disk})
	f := newFeeder(q, nil)
	leaveOne(t, q, to)
	d.Publish(1)
	disk.fail(&fs.PathError{Op: "open", Err: syscall.EMFILE}, "open")
	for range 3 * feedTries {
		if wait := f.step(); wait != feedAgain {
			t.Fatalf("the feeder waits for %s", wait)
		}
	}
	disk.fail(nil)
	if f.step(); to.staged.lines != 1 || d.Lost() != 0 {
		t.Errorf("%d lines staged", to.staged.lines)
	}
	f.close()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestMoveFails: lines for which the disk had no room while somebody waited in
// Sync are tried again, though the mover saw nothing to do meanwhile.
func TestMoveFails(t *testing.T) {
	disk := newTrickyDisk()
	q, to, d := spoolQueue(t, spool.Options{FS: disk})
	m := newMover(q.config, q, nil)
	for range 2 {
		q.put(to, slog.LevelInfo, []byte("line"), 1000, testTime)
	}
	disk.before("write", func() {
		select {
		case <-q.store.mover:
		default:
		}
		if wait := q.moveDue(testTime, m.wait, 0); wait >= 0 {
			t.Errorf("there is something to move in %s", wait)
		}
	})
	disk.fail(syscall.ENOSPC, "write")
	if err := m.move(^uint64(0)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("move: %v", err)
	}
	select {
	case <-q.store.mover:
	default:
		t.Error("the mover sleeps while there are lines to move")
	}
	if wait := q.moveDue(testTime, time.Hour, 0); wait != 0 {
		t.Errorf("after the pause lines wait %s for the disk, while they may go past it", wait)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestFeederTellsWorkers: workers that wait until more of a target is staged,
// or for Flush to end, are told when nothing more comes.
func TestFeederTellsWorkers(t *testing.T) {
	q, to, d := spoolQueue(t, spool.Options{})
	f := newFeeder(q, nil)
	to.trail = trail{feeding: true}
	if wait := f.step(); wait >= 0 || to.trail.feeding {
		t.Errorf("the feeder waits for %s", wait)
	}
	select {
	case <-q.wake:
	default:
		t.Error("workers are not told that nothing more is staged")
	}
	to.trail = trail{behind: true, next: 91, onTrack: true}
	q.last, q.store.lastLeft = 100, 150
	done := q.wait()
	if over, _ := q.arrive(100); over {
		t.Error("the pass is over")
	}
	select {
	case <-done:
	default:
		t.Error("Flush waits for lines that all have their verdict")
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestUnsaved: lines that left memory for the server while the disk was broken
// are not on disk, and Sync does not say they were.
func TestUnsaved(t *testing.T) {
	hang := make(chan struct{})
	disk := newTrickyDisk()
	c := patient(func(r *http.Request) (*http.Response, error) {
		<-hang
		return created(r)
	})
	c.SpoolDir, c.spoolFS, c.BatchWait = t.TempDir(), disk, time.Millisecond
	s := openShipper(t, c)
	disk.fail(diskFaults["EIO"], "write", "create")
	writeLines(t, s, 0, 10)
	waitUntil(t, "the lines are on their way", func() bool { return s.Stats().Requests > 0 })
	disk.fail(nil)
	mustWrite(t, s, lineNumber(10)+"\n")
	if err := s.Sync(); !errors.Is(err, ErrPending) {
		t.Errorf("Sync = %v, want ErrPending", err)
	}
	close(hang)
	if err := s.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Sync(); err != nil {
		t.Errorf("Sync = %v", err)
	}
	closeWell(t, s)
}

// TestFeederWaits: the feeder is not at the end before it has seen every line
// that was left to it, and finds room for it in a ring that is full.
func TestFeederWaits(t *testing.T) {
	q, to, d := spoolQueue(t, spool.Options{})
	f := newFeeder(q, nil)
	for dropped := 0; dropped == 0; {
		dropped, _ = q.put(to, slog.LevelInfo, []byte("line"), 1000, testTime)
	}
	leaveOne(t, q, to)
	if f.step(); !to.trail.behind {
		t.Error("the target has caught up with a line that nobody could see")
	}
	d.Publish(1)
	f.step()
	if f.step(); to.trail.behind || to.staged.lines != 1 {
		t.Errorf("%d lines staged, %+v", to.staged.lines, to.trail)
	}
	f.close()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// spoolQueue is a queue with one target and a spool, which the test closes.
func spoolQueue(t *testing.T, o spool.Options) (*queue, *target, *spool.Spool) {
	t.Helper()
	d, err := spool.Open(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	q := newQueue(Config{RingBytes: 64 << 10, MaxLineBytes: 1000, BatchBytes: 1000, BatchWait: time.Hour}, d)
	to, _ := q.open("generic", "default", 1)
	return q, to, d
}

// leaveOne puts a line into the spool only, where nobody sees it yet.
func leaveOne(t *testing.T, q *queue, to *target) {
	t.Helper()
	var b spool.Batch
	b.End(append(b.Begin(spool.Meta{Seq: 1, Target: to.name}), "line"...))
	if _, err := q.store.disk.Append(&b); err != nil {
		t.Fatal(err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leave(to, 1)
}

// TestTwoShippersOneFolder: each has a spool of its own, and takes over what
// ended ones have left.
func TestTwoShippersOneFolder(t *testing.T) {
	srv := startServer(t)
	c := spooled(t, nobody)
	one := openShipper(t, c)
	two := openShipper(t, c)
	writeLines(t, one, 0, 10)
	writeLines(t, two, 10, 20)
	quit(t, one)
	c.Addresses = []string{srv.URL()}
	three := openShipper(t, c)
	if got := three.Stats().Recovered; got != 10 {
		t.Errorf("Recovered = %d, want those of the one that has ended", got)
	}
	quit(t, two)
	closeWell(t, three)
	four := openShipper(t, c)
	closeWell(t, four)
	got := map[string]int{}
	for _, doc := range srv.Documents(stream) {
		got[doc.ID]++
	}
	if len(got) != 20 {
		t.Errorf("%d documents", len(got))
	}
	if left := leftOnDisk(t, c.SpoolDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestLaterFormat: what a later program left is told, and not touched.
func TestLaterFormat(t *testing.T) {
	var told alarmLog
	c := spooled(t, nobody)
	c.OnAlarm = told.add
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	quit(t, s)
	for _, name := range leftOnDisk(t, c.SpoolDir) {
		if strings.HasSuffix(name, ".seg") {
			laterVersion(t, name)
		}
	}
	before := leftOnDisk(t, c.SpoolDir)
	s = openShipper(t, c)
	told.await(t, alarmSpoolRefused)
	quit(t, s)
	if after := leftOnDisk(t, c.SpoolDir); !slices.Equal(after, before) {
		t.Errorf("files %v, before %v", after, before)
	}
}

// TestSpoolDeadLetters: they are a file in the folder, before their line
// leaves the spool.
func TestSpoolDeadLetters(t *testing.T) {
	srv := startServer(t)
	c := spooled(t, srv.URL())
	c.NotJSON = NotJSONDeadLetter
	s := openShipper(t, c)
	mustWrite(t, s, "no JSON\n"+lineNumber(0)+"\n")
	closeWell(t, s)
	text, err := os.ReadFile(filepath.Join(c.SpoolDir, "dead-letter.ndjson"))
	if err != nil || bytes.Count(text, []byte("\n")) != 1 || !strings.Contains(string(text), `"document":"no JSON"`) {
		t.Errorf("dead letters %q, %v", text, err)
	}
	checkStored(t, srv, 1)
}

// TestHeap: memory does not grow with what is on disk.
func TestHeap(t *testing.T) {
	c := spooled(t, nobody)
	c.Block = time.Minute
	s := openShipper(t, c)
	line := []byte(`{"message":"` + strings.Repeat("x", 1000) + `"}`)
	for range 100_000 {
		if _, err := s.WriteLine(slog.LevelInfo, line); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	if heap, stats := heapInUse(), checkBalance(t, s); stats.Pending != 100_000 || heap > 64<<20 {
		t.Errorf("heap %d MiB with %d pending", heap>>20, stats.Pending)
	}
	quit(t, s)
	s = openShipper(t, c)
	if heap, stats := heapInUse(), s.Stats(); stats.Recovered != 100_000 || heap > 64<<20 {
		t.Errorf("heap %d MiB with %d recovered", heap>>20, stats.Recovered)
	}
	quit(t, s)
}

// TestRecoveredTooLong: a line for which this process has no room in memory,
// since it has less than the one that took it, is a dead letter and holds up
// nobody.
func TestRecoveredTooLong(t *testing.T) {
	srv := startServer(t)
	c := spooled(t, nobody)
	s := openShipper(t, c)
	long := `{"message":"` + strings.Repeat("x", 100_000) + `"}`
	writeLines(t, s, 0, 5)
	mustWrite(t, s, long+"\n")
	writeLines(t, s, 5, 10)
	quit(t, s)
	c.Addresses = []string{srv.URL()}
	c.RingBytes, c.MaxLineBytes, c.CloseTimeout = 64<<10, 4<<10, 5*time.Minute
	s = openShipper(t, c)
	stats := closeWell(t, s)
	if stats.Delivered != 10 || stats.DeadLettered.TooLong != 1 {
		t.Errorf("stats %+v", stats)
	}
	checkStored(t, srv, 10)
}

// TestLongestLineHasRoom: a line of MaxLineBytes finds room in an empty ring,
// whatever the sizes that Open takes.
func TestLongestLineHasRoom(t *testing.T) {
	for blocks := 28; blocks < 40; blocks++ {
		c := spooled(t, nobody)
		c.RingBytes = blocks * (blockBytes + slotBytes)
		for c.MaxLineBytes = ringCapacity(c.RingBytes)/2 - blockBytes; ; c.MaxLineBytes++ {
			r, err := c.resolved()
			if err != nil {
				break
			}
			q := newQueue(r, &spool.Spool{})
			if need := blocksFor(r.MaxLineBytes); need > q.ring.space() {
				t.Fatalf("RingBytes %d has %d blocks for a line of MaxLineBytes %d, which needs %d", c.RingBytes, q.ring.space(), c.MaxLineBytes, need)
			}
		}
	}
}
