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

// TestReadWhileMadeAnew: a segment that is made anew, since it could not be
// made durable or most of it is of no more use, loses no line for a Cursor that
// is in the middle of it, nor one that came in behind what it has seen.
func TestReadWhileMadeAnew(t *testing.T) {
	for name, renew := range map[string]func(*testing.T, *fakeFS, *Spool){
		"a sync failed": func(t *testing.T, fake *fakeFS, s *Spool) {
			failOnce(fake, "sync", syscall.EIO)
			if err := s.Sync(); err != nil {
				t.Errorf("Sync: %v", err)
			}
		},
		"little room": func(t *testing.T, _ *fakeFS, s *Spool) {
			s.Ack(span(11, 40)...)
			s.writer.end()
			if err := s.shrink(); err != nil {
				t.Errorf("shrink: %v", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newFakeFS()
			s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
			appendLeft(t, s, testID(1), span(1, 5)...)
			c := s.Cursor(0)
			defer c.Close()
			checkNext(t, c, 1, 2)
			appendLeft(t, s, testID(1), span(6, 10)...)
			if n, err := s.Append(batchOf(testID(1), span(11, 40)...)); n != 30 || err != nil {
				t.Fatalf("Append = %d, %v", n, err)
			}
			s.Publish()
			renew(t, fake, s)
			if s.writer.segments[0].edition != 1 {
				t.Fatal("the segment was not made anew")
			}
			checkNext(t, c, span(3, 10)...)
			if ok, err := c.Next(new(Record)); ok || err != nil {
				t.Errorf("Next at the end = %v, %v", ok, err)
			}
			if lost := s.Lost(); lost != 0 {
				t.Errorf("%d lines are lost", lost)
			}
		})
	}
}

// TestReadMadeAnewUnreadable: what cannot be read of the old file is read of
// the new one, also by who gives up.
func TestReadMadeAnewUnreadable(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
	appendLeft(t, s, testID(1), span(1, 5)...)
	c := s.Cursor(0)
	defer c.Close()
	checkNext(t, c, 1)
	c.in.window = nil // so that it reads again
	appendLeft(t, s, testID(1), 6)
	failOnce(fake, "sync", syscall.EIO)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	c.Skip()
	checkNext(t, c, span(2, 6)...)
	if lost := s.Lost(); lost != 0 {
		t.Errorf("%d lines are lost", lost)
	}
}

// TestReadTorn: bytes that are gone from a file that is written tell so, and
// do not make anybody wait for more.
func TestReadTorn(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
	appendLeft(t, s, testID(1), span(1, 5)...)
	if err := s.writer.current.file.Truncate(s.writer.current.end - 1); err != nil {
		t.Fatal(err)
	}
	c := s.Cursor(0)
	defer c.Close()
	checkNext(t, c, span(1, 4)...)
	if ok, err := c.Next(new(Record)); ok || !errors.Is(err, errTorn) {
		t.Errorf("Next = %v, %v", ok, err)
	}
	c.Skip()
	if lost := s.Lost(); lost != 1 {
		t.Errorf("Lost = %d", lost)
	}
	appendLeft(t, s, testID(1), 6)
	checkNext(t, c, 6)
}

// failOnce makes the next operation of a kind fail.
func failOnce(fake *fakeFS, op string, err error) {
	fake.before = func(got, _ string, _ int) error {
		if got != op {
			return nil
		}
		fake.before = nil
		return err
	}
}

// checkNext checks that a Cursor returns these lines.
func checkNext(t *testing.T, c *Cursor, seqs ...uint64) {
	t.Helper()
	var r Record
	for _, seq := range seqs {
		if ok, err := c.Next(&r); !ok || err != nil || r.Seq != seq {
			t.Fatalf("Next = %v, %v, %d, want %d", ok, err, r.Seq, seq)
		}
	}
}

// TestReadFailsOnce: a read that fails a few times, wherever that is, makes
// nobody pass over a line that is well.
func TestReadFailsOnce(t *testing.T) {
	for _, times := range []int{1, readTries, readTries + 1} {
		fake := newFakeFS()
		s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 4096})
		appendLeft(t, s, testID(1), span(1, 100)...)
		c := s.Cursor(0)
		var r Record
		for seq := uint64(1); seq <= 100; seq++ {
			left := times
			fake.before = func(op, _ string, _ int) error {
				if left--; op == "read" && left >= 0 {
					return syscall.EIO
				}
				return nil
			}
			if c.in != nil {
				c.in.window = nil // so that it reads again
			}
			ok, err := c.Next(&r)
			for tries := 0; err != nil && tries < 2; tries++ {
				ok, err = c.Next(&r)
			}
			if !ok || err != nil || r.Seq != seq {
				t.Fatalf("%d times: Next = %v, %v, %d, want %d", times, ok, err, r.Seq, seq)
			}
		}
		fake.before = nil
		c.Close()
		if lost := s.Lost(); lost > 0 {
			t.Errorf("%d times: %d lines are lost", times, lost)
		}
	}
}

// TestReadHalfMadeAnew: a segment was made anew, and whether the new file has
// its name for good is not known. Everything in it can be read, also from the
// middle, and it is made anew once more until that is known.
func TestReadHalfMadeAnew(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
	last := uint64(0)
	for s.Bytes() < 3*markBytes {
		appendLeft(t, s, testID(1), span(last+1, last+50)...)
		last += 50
	}
	s.writer.end()
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	var left []uint64
	for seq := uint64(1); seq <= last; seq++ {
		if seq%10 > 0 {
			s.Ack(seq)
		} else {
			left = append(left, seq)
		}
	}
	node, _ := fake.node(s.writer.segments[0].path)
	old := slices.Clone(node.data)
	failOnce(fake, "syncdir", syscall.EIO)
	if err := s.shrink(); !errors.Is(err, syscall.EIO) {
		t.Fatalf("shrink = %v", err)
	}
	for _, from := range []int{0, len(left) / 2, len(left) - 3} {
		c := s.Cursor(left[from])
		checkNext(t, c, left[from:]...)
		c.Close()
	}
	if lost := s.Lost(); lost > 0 {
		t.Errorf("%d lines are lost", lost)
	}
	if err := s.writer.save(); err != nil {
		t.Errorf("save = %v", err)
	}
	after := damaged(t, fake, s.writer.segments[0].path, func([]byte) []byte { return old })
	if got := readAll(t, openSpool(t, Options{FS: after, ID: testID(2)})); !slices.Equal(got, keysOf(testID(1), left...)) {
		t.Errorf("%d lines where the old file is still there, %d had no verdict", len(got), len(left))
	}
	synced := 0
	fake.before = func(op, _ string, _ int) error {
		if op == "syncdir" {
			synced++
		}
		return nil
	}
	if err := s.Sync(); err != nil || synced == 0 {
		t.Errorf("Sync = %v, and the folder was made durable %d times", err, synced)
	}
	if got := readAll(t, s); !slices.Equal(got, keysOf(testID(1), left...)) {
		t.Errorf("read %d lines, want %d", len(got), len(left))
	}
}

// TestReadDamagedBeforePublished: what cannot be read of a file is not given up
// before it is known which lines are there only, so that each of them is
// counted.
func TestReadDamagedBeforePublished(t *testing.T) {
	for name, give := range map[string]func(*fakeFS, *Spool, *Cursor){
		"at the end": func(*fakeFS, *Spool, *Cursor) {},
		"Skip":       func(_ *fakeFS, _ *Spool, c *Cursor) { c.Skip() },
		"gone": func(fake *fakeFS, s *Spool, c *Cursor) {
			c.Close()
			s.writer.segments[0].closeFile()
			_ = fake.Remove(s.writer.segments[0].path)
			_, _ = c.Next(new(Record))
			c.Skip()
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newFakeFS()
			s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
			appendLeft(t, s, testID(1), span(1, 5)...)
			c := s.Cursor(0)
			defer c.Close()
			checkNext(t, c, span(1, 4)...)
			if n, err := s.Append(batchOf(testID(1), 6)); n != 1 || err != nil {
				t.Fatalf("Append = %d, %v", n, err)
			}
			s.writer.end()
			c.in.window = nil // so that it reads again
			g := s.writer.segments[0]
			if err := g.file.Truncate(headerBytes + 10); err != nil {
				t.Fatal(err)
			}
			if ok, err := c.Next(new(Record)); ok || err != nil {
				t.Errorf("Next = %v, %v", ok, err)
			}
			give(fake, s, c)
			leave(s, 6)
			for range 2 {
				if ok, _ := c.Next(new(Record)); ok {
					t.Error("Next returned what nobody can read")
				}
			}
			c.Skip()
			want := map[string]int{"at the end": 2, "Skip": 2, "gone": 6}[name]
			if lost := s.Lost(); lost != want || c.Passed() < 6 && name == "at the end" {
				t.Errorf("%d lines are lost, want %d; passed %d", lost, want, c.Passed())
			}
		})
	}
}
