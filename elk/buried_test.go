package elk

import (
	"errors"
	"os"
	"testing"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

// TestBuriedDurable: a line whose dead letter is not known to be durable stays
// in the spool, whenever it was written.
func TestBuriedDurable(t *testing.T) {
	for _, fault := range []error{nil, errors.ErrUnsupported} {
		c := spooled(t, startServer(t).URL())
		c.NotJSON = NotJSONDeadLetter
		s := openShipper(t, c)
		s.sender.letters.mu.Lock()
		s.sender.letters.own.fsync = func(f *os.File) error { return errors.Join(fault, f.Sync()) }
		s.sender.letters.mu.Unlock()
		mustWrite(t, s, "no JSON\n")
		if stats := closeWell(t, s); stats.DeadLettered.NotObject != 1 || stats.Pending != 0 {
			t.Errorf("stats %+v", stats)
		}
		next := openShipper(t, c)
		if got := next.Stats().Recovered; (got == 1) != (fault != nil) {
			t.Errorf("fsync says %v, and %d lines are recovered", fault, got)
		}
		closeWell(t, next)
	}
}

// TestBuriedMeanwhile: a letter written while others are made durable waits
// for the next time.
func TestBuriedMeanwhile(t *testing.T) {
	d, err := spool.Open(t.TempDir(), spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var b spool.Batch
	for seq := uint64(1); seq <= 2; seq++ {
		b.End(append(b.Begin(spool.Meta{Seq: seq}), "line"...))
	}
	if _, err := d.Append(&b); err != nil {
		t.Fatal(err)
	}
	q := newQueue(Config{RingBytes: 64 << 10, MaxLineBytes: 1000, BatchBytes: 1000}, d)
	bury := func(seq uint64) {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.store.bury([]uint64{seq})
	}
	own := newLetterFile(t.TempDir(), letterBytes, nil)
	defer func() { _ = own.Close() }()
	own.fsync = func(*os.File) error {
		bury(2)
		return nil
	}
	k := &keeper{queue: q, disk: d, letters: &letterWriter{to: own, own: own}}
	if err := k.letters.write(deadLetter{}); err != nil {
		t.Fatal(err)
	}
	bury(1)
	for want := 1; want >= 0; want-- {
		if err := k.tidy(); err != nil || d.Live() != want {
			t.Errorf("tidy: %v, %d lines left, want %d", err, d.Live(), want)
		}
	}
}

// TestLettersHang: a writer of the caller's that never returns does not keep
// Shutdown from returning, nor the keeper from its work.
func TestLettersHang(t *testing.T) {
	for _, withSpool := range []bool{false, true} {
		hang := make(chan struct{})
		entered := make(chan struct{}, 1)
		c := quick(startServer(t).URL())
		if withSpool {
			c.SpoolDir = t.TempDir()
		}
		c.NotJSON = NotJSONDeadLetter
		c.DeadLetter = failing(func(p []byte) (int, error) {
			entered <- struct{}{}
			<-hang
			return len(p), nil
		})
		s := openShipper(t, c)
		mustWrite(t, s, "no JSON\n")
		<-entered
		if withSpool {
			if err := s.keeper.tidy(); err != nil {
				t.Errorf("tidy: %v", err)
			}
		}
		if err := s.Shutdown(over()); errors.Is(err, ErrLost) == withSpool {
			t.Errorf("with a spool %t: Shutdown: %v", withSpool, err)
		}
		checkBalance(t, s)
		close(hang)
		<-s.sender.done
	}
}
