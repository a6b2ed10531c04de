package elk

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

// removable is a shipper with lines in files that are closed, in memory and
// not, and nobody who takes them.
func removable(t *testing.T, c Config) *Shipper {
	t.Helper()
	c.SpoolBytes, c.RingBytes, c.MaxLineBytes = 2<<20, 64<<10, 4<<10
	s := openShipper(t, c)
	for range 40 {
		for range 20 {
			mustWrite(t, s, `{"message":"`+strings.Repeat("x", 1000)+`"}`+"\n")
		}
		if err := s.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// removeSpool removes the folder, into which the shipper may write meanwhile.
func removeSpool(t *testing.T, c Config) {
	t.Helper()
	waitUntil(t, "the folder is removed", func() bool { return os.RemoveAll(c.SpoolDir) == nil })
}

// TestSpoolRemoved: somebody removes the folder while nothing is written.
// Sync, an alarm and the counts tell what is lost; what comes then is on disk.
func TestSpoolRemoved(t *testing.T) {
	var told alarmLog
	srv := startServer(t)
	outage(srv)
	c := spooled(t, srv.URL())
	c.OnAlarm = told.add
	s := removable(t, c)
	removeSpool(t, c)
	if err := s.Sync(); !errors.Is(err, ErrLost) {
		t.Errorf("Sync: %v", err)
	}
	lost := checkBalance(t, s).Dropped.Corrupt
	if lost == 0 || lost == 800 {
		t.Errorf("%d lines are lost", lost)
	}
	told.await(t, alarmSpoolDamaged)
	if err := s.Sync(); !errors.Is(err, ErrPending) || errors.Is(err, ErrLost) {
		t.Errorf("Sync with lines in memory only: %v", err)
	}
	for n := range 20 {
		mustWrite(t, s, lineNumber(n)+"\n")
	}
	if err := s.Sync(); !errors.Is(err, ErrPending) {
		t.Errorf("Sync with lines in memory only: %v", err)
	}
	stats := shutDown(t, s)
	if stats.Dropped.Close == 0 || stats.Dropped.Corrupt < lost || stats.Pending < 20 {
		t.Errorf("stats %+v", stats)
	}
	next := openShipper(t, c)
	if got := next.Stats().Recovered; got != stats.Pending {
		t.Errorf("Close left %d on disk, of which %d are there", stats.Pending, got)
	}
	shutDown(t, next)
}

// over is a context that has ended.
func over() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// shutDown ends a shipper at once.
func shutDown(t *testing.T, s *Shipper) Stats {
	t.Helper()
	if err := s.Shutdown(over()); err != nil && !errors.Is(err, ErrLost) {
		t.Errorf("Shutdown: %v", err)
	}
	return checkBalance(t, s)
}

// TestSpoolRemovedRecovers: what memory had is stored, once the server takes
// it, and then Sync returns nil again.
func TestSpoolRemovedRecovers(t *testing.T) {
	srv := startServer(t)
	down := outage(srv)
	c := spooled(t, srv.URL())
	s := removable(t, c)
	removeSpool(t, c)
	s.keeper.keep()
	if err := s.Sync(); !errors.Is(err, ErrLost) {
		t.Errorf("Sync after the keeper has found out: %v", err)
	}
	down.Store(false)
	if err := s.Flush(t.Context()); err != nil {
		t.Errorf("Flush: %v", err)
	}
	if err := s.Sync(); err != nil {
		t.Errorf("Sync: %v", err)
	}
	stats := checkBalance(t, s)
	word := stats.Accepted - 800 // on the loss, which may come after Flush
	if word > 1 || stats.Delivered == 0 || stats.Delivered+stats.Dropped.Corrupt < 800 || stats.Pending > word {
		t.Errorf("stats %+v", stats)
	}
	if err := s.Close(); !errors.Is(err, ErrLost) {
		t.Errorf("Close: %v", err)
	}
}

// TestSpoolRemovedBeforeClose: Close is the first to find out.
func TestSpoolRemovedBeforeClose(t *testing.T) {
	srv := startServer(t)
	outage(srv)
	c := spooled(t, srv.URL())
	s := removable(t, c)
	removeSpool(t, c)
	if err := s.Shutdown(over()); !errors.Is(err, ErrLost) {
		t.Errorf("Shutdown: %v", err)
	}
	if stats := checkBalance(t, s); stats.Dropped.Corrupt == 0 {
		t.Errorf("stats %+v", stats)
	}
}

// TestDiskHangs: Shutdown waits for a disk that hangs as long as it says, and
// leaves it behind; what was on disk is stored later.
func TestDiskHangs(t *testing.T) {
	srv := startServer(t)
	disk := newTrickyDisk()
	c := spooled(t, nobody)
	c.spoolFS = disk
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	disk.before("write", func() { <-release })
	disk.before("sync", func() { <-release })
	writeLines(t, s, 10, 20)
	s.keeper.grace = time.Millisecond
	if err := s.Shutdown(over()); err == nil || !strings.Contains(err.Error(), "hangs") {
		t.Errorf("Shutdown: %v", err)
	}
	if stats := checkBalance(t, s); stats.Pending < 10 || stats.Pending+stats.Dropped.Close != 20 {
		t.Errorf("stats %+v", stats)
	}
	close(release)
	waitUntil(t, "the folder is given back", func() bool {
		next, err := spool.Open(c.SpoolDir, spool.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = next.Close() }()
		return next.Found().Lines >= 10
	})
	c.Addresses, c.spoolFS = []string{srv.URL()}, nil
	closeWell(t, openShipper(t, c))
	if n := len(srv.Documents(stream)); n < 10 || n > 20 {
		t.Errorf("%d documents", n)
	}
}

// TestSyncAfterClose: what another process makes of the folder then is none of
// our business.
func TestSyncAfterClose(t *testing.T) {
	srv := startServer(t)
	c := spooled(t, nobody)
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	quit(t, s)
	c.Addresses = []string{srv.URL()}
	closeWell(t, openShipper(t, c))
	checkStored(t, srv, 10)
	if err := s.Sync(); err != nil {
		t.Errorf("Sync: %v", err)
	}
}
