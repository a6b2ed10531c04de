package spool

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// goneCase is a spool with two files, of which the second is open: 20 lines,
// all durable, the even ones elsewhere too.
func goneCase(t *testing.T, policy Policy) (*fakeFS, *Spool) {
	t.Helper()
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Policy: policy, Segment: 2048})
	appendLeft(t, s, testID(1), span(1, 20)...)
	for seq := uint64(2); seq <= 20; seq += 2 {
		s.Take(seq)
	}
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	if len(s.writer.segments) != 2 {
		t.Fatalf("%d files, want 2", len(s.writer.segments))
	}
	return fake, s
}

// TestGone: the folder is removed while nothing is written. What was in the
// file that is closed is counted at once; the open one is made anew.
func TestGone(t *testing.T) {
	for _, policy := range []Policy{Interval, None, Each} {
		fake, s := goneCase(t, policy)
		first := s.writer.segments[0].frames
		fake.removeAll(testDir)
		if err := s.Sync(); !errors.Is(err, ErrGone) {
			t.Errorf("policy %d: Sync: %v", policy, err)
		}
		if lost, exposed := s.Lost(), s.Exposed(); lost != (first+1)/2 || exposed != first/2 {
			t.Errorf("policy %d: %d lost, %d exposed of %d", policy, lost, exposed, first)
		}
		s.writer.segments[0].doubt = true
		s.Ack(2) // less than half is needed
		if err := errors.Join(s.Sync(), s.writer.shrink()); err != nil || s.Bytes() != s.writer.segments[1].end {
			t.Errorf("policy %d: Sync again: %v, %d bytes", policy, err, s.Bytes())
		}
		s.Ack(span(1, uint64(first))...)
		if s.Exposed() != 0 || s.Lost() != 0 || s.Live() != 20-first {
			t.Errorf("policy %d: after the verdicts %d exposed, %d live", policy, s.Exposed(), s.Live())
		}
		if err := s.Maintain(); err != nil || len(s.writer.segments) != 1 {
			t.Errorf("policy %d: Maintain: %v, %d files", policy, err, len(s.writer.segments))
		}
		next := reopen(t, fake, Options{ID: testID(2)})
		if got, want := readAll(t, next), keysOf(testID(1), span(uint64(first)+1, 20)...); !slices.Equal(got, want) {
			t.Errorf("policy %d: found %v, want %v", policy, got, want)
		}
	}
}

// TestGoneBeforePublished: a line that gets nowhere else once its file is gone
// is lost too.
func TestGoneBeforePublished(t *testing.T) {
	fake, s := goneCase(t, Interval)
	fake.removeAll(testDir)
	_ = s.Sync()
	before := s.Lost()
	leave(s, 2)
	if lost := s.Lost(); before == 0 || lost != 1 {
		t.Errorf("%d lost, then %d", before, lost)
	}
}

// TestGoneOfOthers: what an ended process left is removed.
func TestGoneOfOthers(t *testing.T) {
	fake, _ := goneCase(t, Interval)
	next := reopen(t, fake, Options{ID: testID(2)})
	left := next.options.FS.(*fakeFS)
	left.removeAll(next.folders[0].dir)
	if err := next.Sync(); !errors.Is(err, ErrGone) || next.Lost() != 20 || next.Live() != 0 {
		t.Errorf("Sync: %v, %d live", err, next.Live())
	}
	for range 2 {
		if err := next.Maintain(); err != nil {
			t.Errorf("Maintain: %v", err)
		}
	}
}

// TestGoneUnknown: a folder that cannot be read is not a folder that is gone.
func TestGoneUnknown(t *testing.T) {
	fake, s := goneCase(t, Interval)
	fake.before = func(op, _ string, _ int) error {
		if op == "readdir" {
			return fs.ErrPermission
		}
		return nil
	}
	if err := s.Sync(); !errors.Is(err, fs.ErrPermission) || errors.Is(err, ErrGone) || s.Lost() != 0 {
		t.Errorf("Sync: %v", err)
	}
	fake.before = nil
	if err := s.Sync(); err != nil || s.Live() != 20 {
		t.Errorf("Sync: %v, %d live", err, s.Live())
	}
}

// TestRetiredMeanwhile: another process removes its empty folder between our
// look at it and the lock. Nobody is told of a folder that was refused.
func TestRetiredMeanwhile(t *testing.T) {
	fake, first := goneCase(t, Interval)
	dir := first.writer.dir
	left := fake.kill()
	left.before = func(op, name string, _ int) error {
		if op == "readdir" && name == dir {
			delete(left.dirs, dir)
		}
		return nil
	}
	s := openSpool(t, Options{FS: left, ID: testID(2)})
	if refused := s.Refused(); len(refused) > 0 || strings.Contains(s.Dir(), testID(1)) {
		t.Errorf("refused: %v", refused)
	}
}

// TestGoneWhileOpen: the folder is removed before Sync has made a file durable
// that is full. Who reads meanwhile waits for the new one, and gives up nothing.
func TestGoneWhileOpen(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 2048})
	appendLeft(t, s, testID(1), span(1, 20)...)
	if len(s.writer.segments) != 2 {
		t.Fatalf("%d files, want 2", len(s.writer.segments))
	}
	fake.removeAll(testDir)
	c := s.Cursor(0)
	defer c.Close()
	for range 2 {
		if ok, err := c.Next(new(Record)); ok || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Next = %v, %v", ok, err)
		}
	}
	if err := s.Sync(); err != nil {
		t.Errorf("Sync: %v", err)
	}
	checkNext(t, c, span(1, 20)...)
	if lost := s.Lost(); lost != 0 {
		t.Errorf("%d lines are lost", lost)
	}
}

// TestExposedByDamage: a line in memory that cannot be read when its file is
// made anew is on disk no more, until it has its verdict.
func TestExposedByDamage(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1)})
	if n, err := s.Append(batchOf(testID(1), span(1, 10)...)); n != 10 || err != nil {
		t.Fatalf("Append = %d, %v", n, err)
	}
	leave(s, 9)
	s.Ack(1)
	node, _ := fake.node(s.writer.segments[0].path)
	for _, seq := range []uint64{1, 5, 9} {
		node.data[bytes.Index(node.data, []byte(lineOf(testID(1), seq)))] ^= 1
	}
	failOnce(fake, "sync", syscall.EIO)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	if exposed, lost := s.Exposed(), s.Lost(); exposed != 1 || lost != 1 {
		t.Errorf("%d exposed, %d lost", exposed, lost)
	}
	s.Ack(4)
	if exposed := s.Exposed(); exposed != 1 {
		t.Errorf("%d exposed", exposed)
	}
	s.Ack(5)
	if exposed := s.Exposed(); exposed != 0 {
		t.Errorf("%d exposed after the verdict", exposed)
	}
}
