package spool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

var errStop = errors.New("the machine has stopped")

// script is a fate that can be told again, and goes through all choices: the
// next one differs in the last choice that has another way left.
type script struct {
	choices []int
	ways    []int
	at      int
}

func (s *script) choose(ways int) int {
	if s.at == len(s.choices) {
		s.choices, s.ways = append(s.choices, 0), append(s.ways, ways)
	}
	s.at++
	return s.choices[s.at-1]
}

func (s *script) survives() bool { return s.choose(2) == 1 }

func (s *script) part(n int) int {
	parts := []int{n, n / 2, n - 1, min(n, frameHeader), 1}
	return min(n, max(0, parts[s.choose(len(parts))]))
}

// next prepares the script that follows; false after the last.
func (s *script) next() bool {
	s.at = 0
	for n := len(s.choices) - 1; n >= 0; n-- {
		if s.choices[n]++; s.choices[n] < s.ways[n] {
			s.choices, s.ways = s.choices[:n+1], s.ways[:n+1]
			return true
		}
	}
	return false
}

// dice is a fate at random.
type dice struct{ *rand.Rand }

func (d dice) survives() bool { return d.IntN(2) == 0 }
func (d dice) part(n int) int {
	if d.IntN(2) == 0 {
		return n
	}
	return d.IntN(n + 1)
}

// ledger is what a process knows of its lines.
type ledger struct {
	id      string
	written map[uint64]bool // it was tried
	kept    map[uint64]bool // appended
	durable map[uint64]bool // and then synced
	acked   map[uint64]bool
	saved   map[uint64]bool // and then written down
}

func newLedger(id string) *ledger {
	l := &ledger{id: id}
	for _, m := range []*map[uint64]bool{&l.written, &l.kept, &l.durable, &l.acked, &l.saved} {
		*m = map[uint64]bool{}
	}
	return l
}

func (l *ledger) append(s *Spool, seqs ...uint64) error {
	for _, seq := range seqs {
		l.written[seq] = true
	}
	n, err := s.Append(batchOf(l.id, seqs...))
	for _, seq := range seqs[:n] {
		l.kept[seq] = true
		l.durable[seq] = l.durable[seq] || err == nil && s.options.Policy == Each
		s.Publish(seq + s.Base())
	}
	return err
}

func (l *ledger) sync(s *Spool) error {
	err := s.Sync()
	if err == nil {
		for seq := range l.kept {
			l.durable[seq] = l.durable[seq] || !l.acked[seq] // what has its verdict need not be
		}
	}
	return err
}

func (l *ledger) ack(s *Spool, seqs ...uint64) {
	for _, seq := range seqs {
		if l.kept[seq] {
			l.acked[seq] = true
			s.Ack(seq + s.Base())
		}
	}
}

func (l *ledger) maintain(s *Spool) error {
	err := s.Maintain()
	if err == nil {
		for seq := range l.acked {
			l.saved[seq] = true
		}
	}
	return err
}

// check compares what a later process finds with what this one knew.
func (l *ledger) check(got []key) error {
	there := map[uint64]bool{}
	for _, k := range got {
		if k.id != l.id {
			continue
		}
		switch {
		case !l.written[k.seq]:
			return fmt.Errorf("line %d was never written", k.seq)
		case l.saved[k.seq]:
			return fmt.Errorf("line %d had its verdict, and that was written down", k.seq)
		case there[k.seq]:
			return fmt.Errorf("line %d is there twice", k.seq)
		}
		there[k.seq] = true
	}
	for seq := range l.durable {
		if l.durable[seq] && !l.acked[seq] && !there[seq] {
			return fmt.Errorf("line %d was durable and is lost", seq)
		}
	}
	return nil
}

// schedule does some of everything, and goes on after errors as elk does.
func schedule(s *Spool, l *ledger) {
	_ = l.append(s, 1, 2, 3)
	_ = l.sync(s)
	_ = l.append(s, 4, 5, 6, 7, 8, 9)
	l.ack(s, 1, 3)
	_ = l.maintain(s)
	_ = l.append(s, 10, 11, 12, 13)
	_ = l.sync(s)
	l.ack(s, 2, 4, 5, 6, 7, 11)
	_ = l.maintain(s)
	_ = l.append(s, 14)
	l.ack(s, 8, 14)
	_ = l.maintain(s)
	_ = l.append(s, 15, 16)
	_ = l.sync(s)
	_ = s.Close()
}

// run plays the schedule on a file system that does as before says.
func run(before func(op, name string, n int) error, short int, o Options) (*fakeFS, *ledger) {
	fake := newFakeFS()
	fake.dirs[testDir] = &fakeDir{made: true}
	fake.before, fake.short = before, short
	l := newLedger(testID(1))
	o.FS, o.ID, o.Segment = fake, l.id, 512
	if s, err := Open(testDir, o); err == nil {
		schedule(s, l)
	}
	fake.before = nil
	return fake, l
}

// checkCrash opens what a crash left, or the end of the process without a
// fate, and compares.
func checkCrash(t *testing.T, fake *fakeFS, l *ledger, fate fate) bool {
	t.Helper()
	after := fake.kill()
	if fate != nil {
		after = fake.crash(fate)
	}
	s, err := Open(testDir, Options{FS: after, ID: testID(2)})
	if err != nil {
		t.Errorf("Open after a crash: %v", err)
		return false
	}
	defer func() { _ = s.Close() }()
	if len(s.Refused()) > 0 {
		t.Errorf("Refused: %v", s.Refused())
	}
	if err := l.check(readAll(t, s)); err != nil {
		t.Error(err)
		return false
	}
	return !t.Failed()
}

const crashesPerPoint = 400

// TestCrashEverywhere stops the machine at each operation of a schedule.
// What was not made durable is lost, or not, or torn, each write and each
// name by itself: all ways of that where they are few, else many.
func TestCrashEverywhere(t *testing.T) {
	for name, policy := range map[string]Policy{"interval": Interval, "each": Each} {
		t.Run(name, func(t *testing.T) {
			whole, _ := run(nil, 0, Options{Policy: policy})
			for _, short := range []int{0, 100, 1 << 20} {
				for stop := 1; stop <= whole.ops+1 && !t.Failed(); stop++ {
					fake, l := run(func(_, _ string, n int) error {
						if n >= stop {
							return errStop
						}
						return nil
					}, short, Options{Policy: policy})
					crashAll(t, fake, l, stop)
				}
			}
		})
	}
}

func crashAll(t *testing.T, fake *fakeFS, l *ledger, stop int) {
	t.Helper()
	fate := &script{}
	for n := 0; ; n++ {
		if !checkCrash(t, fake, l, fate) {
			t.Fatalf("stopped at operation %d, choices %v", stop, fate.choices)
		}
		if !fate.next() {
			return
		}
		if n == crashesPerPoint/2 {
			break
		}
	}
	for seed := range uint64(crashesPerPoint / 2) {
		if !checkCrash(t, fake, l, dice{rand.New(rand.NewPCG(seed, uint64(stop)))}) {
			t.Fatalf("stopped at operation %d, seed %d", stop, seed)
		}
	}
}

// TestFailEverywhere lets one operation after the other fail, with the
// machine going on and then stopping. What Sync had promised is there.
func TestFailEverywhere(t *testing.T) {
	for name, policy := range map[string]Policy{"interval": Interval, "each": Each} {
		t.Run(name, func(t *testing.T) {
			whole, _ := run(nil, 0, Options{Policy: policy})
			for _, length := range []int{1, 2, 5} {
				for from := 1; from <= whole.ops && !t.Failed(); from++ {
					for _, short := range []int{0, 100, 1 << 20} {
						fake, l := run(func(_, _ string, n int) error {
							if n >= from && n < from+length {
								return syscall.EIO
							}
							return nil
						}, short, Options{Policy: policy})
						for _, fate := range []fate{nil, &script{}, dice{rand.New(rand.NewPCG(1, uint64(from)))}} {
							if !checkCrash(t, fake, l, fate) {
								t.Fatalf("%d operations failed from %d on, short %d, fate %T", length, from, short, fate)
							}
						}
					}
				}
			}
		})
	}
}

// TestSyncFails: after a sync that failed, what was written before it is
// written anew, and only that is believed.
func TestSyncFails(t *testing.T) {
	fake := newFakeFS()
	l := newLedger(testID(1))
	s := openSpool(t, Options{FS: fake, ID: l.id, Segment: 512})
	if err := l.append(s, span(1, 10)...); err != nil {
		t.Fatal(err)
	}
	failing := true
	fake.before = func(op, name string, _ int) error {
		if op == "sync" && failing {
			return syscall.EIO
		}
		return nil
	}
	for range 3 {
		if err := s.Sync(); !errors.Is(err, syscall.EIO) {
			t.Fatalf("Sync = %v", err)
		}
	}
	if err := l.append(s, 11, 12); err != nil {
		t.Fatalf("Append after a failed Sync: %v", err)
	}
	failing = false
	if err := l.sync(s); err != nil {
		t.Fatalf("Sync with the disk well again: %v", err)
	}
	if got := readAll(t, s); !slices.Equal(got, keysOf(l.id, span(1, 12)...)) {
		t.Errorf("read %v", got)
	}
	checkCrash(t, fake, l, &script{})
}

// TestWriteFails: nothing is written behind what a failed write left.
func TestWriteFails(t *testing.T) {
	for _, err := range []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		for _, stuck := range []bool{false, true} {
			t.Run(fmt.Sprint(err, stuck), func(t *testing.T) {
				fake := newFakeFS()
				s := openSpool(t, Options{FS: fake, ID: testID(1)})
				appendLeft(t, s, testID(1), 1, 2)
				fake.short = 150 // one line and a half
				fake.before = func(op, _ string, _ int) error {
					if op == "write" || op == "truncate" && stuck {
						return err
					}
					return nil
				}
				for range 3 {
					if n, got := s.Append(batchOf(testID(1), 3, 4, 5)); n != 0 || !errors.Is(got, err) {
						t.Fatalf("Append = %d, %v", n, got)
					}
				}
				fake.before = nil
				appendLeft(t, s, testID(1), 3, 4, 5, 6)
				want := keysOf(testID(1), span(1, 6)...)
				if got := readAll(t, s); !slices.Equal(got, want) || s.Lost() > 0 {
					t.Errorf("read %v", got)
				}
				next := reopen(t, fake, Options{ID: testID(2)})
				if got := readAll(t, next); !slices.Equal(got, want) || next.Found().Damaged > 0 {
					t.Errorf("found %+v, read %v", next.Found(), got)
				}
			})
		}
	}
}

// TestFolderRemoved: somebody removes the folder of a running process. What
// was in files that are not open is lost, and told; the rest is written anew.
func TestFolderRemoved(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1024})
	appendLeft(t, s, testID(1), span(1, 20)...)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	appendLeft(t, s, testID(1), span(21, 30)...)
	fake.removeAll(s.writer.dir)
	if err := s.Sync(); !errors.Is(err, ErrGone) {
		t.Fatalf("Sync: %v", err)
	}
	appendLeft(t, s, testID(1), span(31, 40)...)
	got := readAll(t, s)
	if lost := s.Lost(); len(got)+lost != 40 || lost == 0 || lost > 20 || s.Live() != len(got) {
		t.Errorf("%d lines, %d lost, %d live", len(got), lost, s.Live())
	}
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	if _, err := fake.Lock(s.writer.path(lockName)); !errors.Is(err, ErrLocked) {
		t.Errorf("the new folder is not locked: %v", err)
	}
	next := reopen(t, fake, Options{ID: testID(2)})
	if again := readAll(t, next); !slices.Equal(again, got) {
		t.Errorf("read %v, want %v", again, got)
	}
}
