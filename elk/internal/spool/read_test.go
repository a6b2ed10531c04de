package spool

import (
	"errors"
	"slices"
	"syscall"
	"testing"
)

// TestReadFails: a read that fails may succeed later, and until somebody
// gives up nothing is lost.
func TestReadFails(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1024})
	appendLeft(t, s, testID(1), span(1, 40)...)
	for _, op := range []string{"read", "open"} {
		c := s.Cursor(0)
		fake.before = func(got, _ string, _ int) error {
			if got == op {
				return syscall.EIO
			}
			return nil
		}
		var r Record
		for range 5 {
			if ok, err := c.Next(&r); ok || !errors.Is(err, syscall.EIO) {
				t.Errorf("%s: Next = %v, %v", op, ok, err)
			}
		}
		fake.before = nil
		if ok, err := c.Next(&r); !ok || err != nil || r.Seq != 1 {
			t.Errorf("%s: Next = %v, %v, %d", op, ok, err, r.Seq)
		}
		c.Close()
	}
	if got := readAll(t, s); len(got) != 40 {
		t.Errorf("read %v", got)
	}
}

// TestSkip: who gives up a file loses its lines only, and those that come
// later are read.
func TestSkip(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
	appendLeft(t, s, testID(1), span(1, 40)...)
	c := s.Cursor(0)
	defer c.Close()
	var r Record
	if ok, err := c.Next(&r); !ok || err != nil {
		t.Fatal(ok, err)
	}
	c.Skip()
	if lost := s.Lost(); lost != 39 {
		t.Errorf("Lost = %d", lost)
	}
	appendLeft(t, s, testID(1), 41, 42)
	for seq := uint64(41); seq < 43; seq++ {
		if ok, err := c.Next(&r); !ok || err != nil || r.Seq != seq {
			t.Errorf("Next = %v, %v, %d", ok, err, r.Seq)
		}
	}
	fresh := s.Cursor(0)
	defer fresh.Close()
	fresh.Skip()
	fresh.Skip()
	if got := readAll(t, s); len(got) != 0 || s.Lost() != 3 {
		t.Errorf("read %v", got)
	}
}

// TestReadFailsAtOpen: a folder that cannot be listed is left alone; what
// cannot be read of a segment counts as damaged, and the rest comes back.
func TestReadFailsAtOpen(t *testing.T) {
	fake, paths := manySegments(t, 60)
	after := fake.kill()
	reads := 0
	after.before = func(op, name string, _ int) error {
		if op == "read" && name == paths[1] {
			if reads++; reads > 1 { // its header can be read
				return syscall.EIO
			}
		}
		return nil
	}
	s := openSpool(t, Options{FS: after, ID: testID(2)})
	after.before = nil
	got := readAll(t, s)
	if found := s.Found(); len(got)+found.Damaged != 60 || found.Damaged == 0 || len(got) == 0 {
		t.Errorf("%d lines, %+v", len(got), found)
	}

	again := fake.kill()
	again.before = func(op, name string, _ int) error {
		if op == "open" && name == paths[1] {
			return syscall.EMFILE
		}
		return nil
	}
	s = openSpool(t, Options{FS: again, ID: testID(2)})
	if refused := s.Refused(); len(refused) != 1 || !errors.Is(refused[0], syscall.EMFILE) {
		t.Errorf("Refused = %v", refused)
	}
	again.before = nil
	s = openSpool(t, Options{FS: again, ID: testID(3)})
	if got := readAll(t, s); !slices.Equal(got, keysOf(testID(1), span(1, 60)...)) {
		t.Errorf("read later: %v", got)
	}
}
