package spool

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// reopen ends a process without a word and opens its folder in another.
func reopen(t testing.TB, fs *fakeFS, o Options) *Spool {
	t.Helper()
	o.FS = fs.kill()
	return openSpool(t, o)
}

func TestReadBack(t *testing.T) {
	s := openSpool(t, Options{FS: newFakeFS(), ID: testID(1), Segment: 4096})
	appendLeft(t, s, testID(1), span(1, 200)...)
	if got, want := readAll(t, s), keysOf(testID(1), span(1, 200)...); !slices.Equal(got, want) {
		t.Errorf("read %v", got)
	}
	if s.Live() != 200 {
		t.Errorf("Live = %d", s.Live())
	}
}

// A cursor that was at the end goes on when there is more.
func TestCursorFollows(t *testing.T) {
	s := openSpool(t, Options{FS: newFakeFS(), ID: testID(1), Segment: 4096})
	c := s.Cursor(0)
	defer c.Close()
	var r Record
	for seq := uint64(1); seq < 300; seq++ {
		if ok, err := c.Next(&r); ok || err != nil {
			t.Fatalf("Next at the end = %v, %v", ok, err)
		}
		appendLeft(t, s, testID(1), seq)
		if ok, err := c.Next(&r); !ok || err != nil || r.Seq != seq {
			t.Fatalf("Next = %v, %v, seq %d, want %d", ok, err, r.Seq, seq)
		}
		checkRecord(t, s, &r)
	}
}

// Only lines that are nowhere else come back, from the order asked for.
func TestCursorSkips(t *testing.T) {
	s := openSpool(t, Options{FS: newFakeFS(), ID: testID(1), Segment: 4096})
	if _, err := s.Append(batchOf(testID(1), span(1, 100)...)); err != nil {
		t.Fatal(err)
	}
	leave(s, 3, 50, 51, 99)
	s.Ack(50)
	if s.Take(1) || !s.Take(3) || s.Take(3) || s.Take(50) {
		t.Error("Take is wrong")
	}
	s.Publish(3)
	if got := readAll(t, s); !slices.Equal(got, keysOf(testID(1), 3, 51, 99)) {
		t.Errorf("read %v", got)
	}
	c := s.Cursor(51)
	defer c.Close()
	var r Record
	if ok, _ := c.Next(&r); !ok || r.Seq != 51 {
		t.Errorf("from 51: %v %d", ok, r.Seq)
	}
}

func segments(t testing.TB, f FS, dir string) (names []string) {
	t.Helper()
	all, err := f.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if strings.HasSuffix(name, segmentSuffix) {
			names = append(names, name)
		}
	}
	return names
}

// Verdicts come in any order; a file goes with the last of its own.
func TestReclaim(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 4096})
	appendLeft(t, s, testID(1), span(1, 200)...)
	before := segments(t, fake, s.writer.dir)
	second := s.writer.segments[1]
	var middle []uint64
	for seq := second.first; seq <= second.last; seq++ {
		middle = append(middle, seq)
	}
	slices.Reverse(middle)
	for i, seq := range middle {
		if got := segments(t, fake, s.writer.dir); len(got) != len(before) {
			t.Fatalf("a segment is gone with %d of its lines without a verdict: %v", len(middle)-i, got)
		}
		s.Ack(seq, seq)
		if err := s.Maintain(); err != nil {
			t.Fatal(err)
		}
	}
	if got := segments(t, fake, s.writer.dir); slices.Contains(got, filepath.Base(second.path)) || len(got) != len(before)-1 {
		t.Errorf("segments %v, before %v", got, before)
	}
	if s.Live() != 200-len(middle) {
		t.Errorf("Live = %d", s.Live())
	}
}

// A line that was given its verdict before the process ended does not come
// back; all others do, with their identity.
func TestAdopt(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 4096})
	appendLeft(t, s, testID(1), span(1, 100)...)
	s.Ack(1, 2, 5, 60, 100)
	if err := s.Maintain(); err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(keysOf(testID(1), span(1, 100)...), func(k key) bool { return slices.Contains([]uint64{1, 2, 5, 60, 100}, k.seq) })

	next := reopen(t, fake, Options{ID: testID(2), Segment: 4096})
	if got := next.Found(); got.Lines != 95 || got.Damaged != 0 || got.Targets["logs-test-default"] == 0 {
		t.Errorf("Found = %+v", got)
	}
	appendLeft(t, next, testID(2), span(1, 10)...)
	if got := readAll(t, next); !slices.Equal(got, append(want, keysOf(testID(2), span(1, 10)...)...)) {
		t.Errorf("read %v", got)
	}
	for order := range next.Base() {
		next.Ack(order + 1)
	}
	if err := next.Maintain(); err != nil {
		t.Fatal(err)
	}
	if names, _ := next.options.FS.ReadDir(testDir); len(names) != 2 {
		t.Errorf("the folder holds %v, want one folder and the lock", names)
	}
	third := reopen(t, next.options.FS.(*fakeFS), Options{ID: testID(3), Segment: 4096})
	if got := readAll(t, third); !slices.Equal(got, keysOf(testID(2), span(1, 10)...)) {
		t.Errorf("read %v", got)
	}
}

// Lines adopted twice keep the identity of the folder that they were written
// to.
func TestAdoptTwice(t *testing.T) {
	fake := newFakeFS()
	appendLeft(t, openSpool(t, Options{FS: fake, ID: testID(1)}), testID(1), 1000, 1001)
	for n := 2; n < 5; n++ {
		s := reopen(t, fake, Options{ID: testID(n)})
		fake = s.options.FS.(*fakeFS)
		if got := readAll(t, s)[:2]; !slices.Equal(got, keysOf(testID(1), 1000, 1001)) {
			t.Fatalf("read %v", got)
		}
		appendLeft(t, s, testID(n), 7)
		if s.Live() != n+1 {
			t.Errorf("Live = %d, want %d", s.Live(), n+1)
		}
	}
}

// The folder of a process that lives is nobody else's.
func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir, Options{ID: testID(1)})
	if err != nil {
		t.Fatal(err)
	}
	appendLeft(t, first, testID(1), 1, 2, 3)
	second, err := Open(dir, Options{ID: testID(2)})
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, second); len(got) > 0 {
		t.Errorf("the second process reads %v of the first", got)
	}
	appendLeft(t, second, testID(2), 1, 2)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := Open(dir, Options{ID: testID(3)})
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, third); !slices.Equal(got, keysOf(testID(1), 1, 2, 3)) {
		t.Errorf("the third process reads %v", got)
	}
	if got := readAll(t, second); !slices.Equal(got, keysOf(testID(2), 1, 2)) {
		t.Errorf("the second process reads %v", got)
	}
	for _, s := range []*Spool{second, third} {
		for order := range uint64(10) {
			s.Ack(order + 1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 || names[0].Name() != lockName {
		t.Errorf("after all lines have their verdict: %v", names)
	}
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		op   string
		err  error
	}{
		{"read-only", "mkdir", syscall.EROFS},
		{"no permission", "lock", fs.ErrPermission},
		{"full", "write", syscall.ENOSPC},
		{"broken", "create", syscall.EIO},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake := newFakeFS()
			fake.before = func(op, _ string, _ int) error {
				if op == test.op {
					return test.err
				}
				return nil
			}
			_, err := Open(testDir, Options{FS: fake})
			if !errors.Is(err, test.err) || !strings.Contains(err.Error(), testDir) {
				t.Errorf("Open = %v", err)
			}
		})
	}
	if _, err := Open(file, Options{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Open of a file = %v", err)
	}
}

// A folder that a later program wrote is not touched, and the sentence says
// so.
func TestLaterVersion(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1)})
	appendLeft(t, s, testID(1), 1)
	node, _ := fake.node(s.writer.segments[0].path)
	later := append(header{number: 1}.append(nil), "what nobody knows yet"...)
	later[8]++
	stampHeader(later[:headerBytes])
	node.data = later
	before := slices.Clone(later)

	next := reopen(t, fake, Options{ID: testID(2)})
	refused := next.Refused()
	if len(refused) != 1 || !errors.Is(refused[0], ErrVersion) || !strings.Contains(refused[0].Error(), "has version 2, this program reads 1") {
		t.Errorf("Refused = %v", refused)
	}
	if next.Live() != 0 || len(readAll(t, next)) > 0 {
		t.Error("lines of a later version are read")
	}
	if err := next.Maintain(); err != nil {
		t.Error(err)
	}
	again, err := next.options.FS.(*fakeFS).node(s.writer.segments[0].path)
	if err != nil || !slices.Equal(again.data, before) {
		t.Errorf("the file is changed: %v", err)
	}
}

func TestFull(t *testing.T) {
	s := openSpool(t, Options{FS: newFakeFS(), ID: testID(1), Size: 20000, Segment: 4096})
	seq := uint64(0)
	var err error
	for err == nil {
		seq++
		_, err = s.Append(batchOf(testID(1), seq))
		s.Publish(seq)
	}
	if !errors.Is(err, ErrFull) || s.Bytes() > 20000 || s.Bytes() < 19000 {
		t.Fatalf("at %d bytes: %v", s.Bytes(), err)
	}
	first := s.writer.segments[0]
	for n := first.first; n <= first.last; n++ {
		s.Ack(n)
	}
	if err := s.Maintain(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Append(batchOf(testID(1), seq)); n != 1 || err != nil {
		t.Errorf("with room again: %d, %v", n, err)
	}
}

// Lines that nobody takes do not keep the room of the others around them.
func TestShrink(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Size: 40000, Segment: 4096})
	var kept []key
	seq := uint64(0)
	for range 100 {
		for range 40 {
			seq++
			appendLeft(t, s, testID(1), seq)
			if seq%40 == 0 {
				kept = append(kept, key{testID(1), seq})
			} else {
				s.Ack(seq)
			}
		}
		if err := s.Maintain(); err != nil {
			t.Fatal(err)
		}
	}
	if got := readAll(t, s); !slices.Equal(got, kept) {
		t.Errorf("read %v", got)
	}
	next := reopen(t, fake, Options{ID: testID(2)})
	if got := readAll(t, next); !slices.Equal(got, kept) || next.Found().Damaged > 0 {
		t.Errorf("found %+v, read %v", next.Found(), got)
	}
}

// Sequences far apart do not make the sets of a segment large.
func TestGaps(t *testing.T) {
	s := openSpool(t, Options{FS: newFakeFS(), ID: testID(1)})
	var seqs []uint64
	for n := range uint64(20) {
		seqs = append(seqs, 1+n*maxSpan*3/4)
	}
	appendLeft(t, s, testID(1), seqs...)
	if got := readAll(t, s); !slices.Equal(got, keysOf(testID(1), seqs...)) {
		t.Errorf("read %v", got)
	}
	for _, g := range s.writer.segments {
		if g.last-g.first > maxSpan {
			t.Errorf("segment from %d to %d", g.first, g.last)
		}
	}
}

// A line longer than a segment has one to itself.
func TestLongLine(t *testing.T) {
	s := openSpool(t, Options{FS: newFakeFS(), ID: testID(1), Segment: 4096})
	b := new(Batch)
	long := strings.Repeat("x", 3*windowBytes)
	for seq := range uint64(3) {
		b.End(append(b.Begin(Meta{Seq: seq + 1}), long...))
	}
	if n, err := s.Append(b); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	leave(s, 1, 2, 3)
	c := s.Cursor(0)
	defer c.Close()
	var r Record
	for seq := range uint64(3) {
		if ok, err := c.Next(&r); !ok || err != nil || string(r.Line) != long || r.Seq != seq+1 {
			t.Errorf("Next = %v, %v, seq %d", ok, err, r.Seq)
		}
	}
}

func TestCloseTwice(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1)})
	appendLeft(t, s, testID(1), 1)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if len(fake.locks) > 0 {
		t.Errorf("locks are left: %v", fake.locks)
	}
}

// TestAfterClose: a spool that was closed leaves its folder to who adopts it,
// also what it could not make durable.
func TestAfterClose(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1)})
	appendLeft(t, s, testID(1), span(1, 10)...)
	fake.before = func(op, _ string, _ int) error {
		if op == "sync" {
			return syscall.EIO
		}
		return nil
	}
	if err := s.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Close: %v", err)
	}
	fake.before = nil
	next := openSpool(t, Options{FS: fake, ID: testID(2)})
	node, err := fake.node(s.writer.segments[0].path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sync(); err != nil {
		t.Errorf("Sync: %v", err)
	}
	if now, _ := fake.node(s.writer.segments[0].path); now != node {
		t.Error("the file is made anew")
	}
	if n, err := s.Append(batchOf(testID(1), 11)); n != 0 || err == nil {
		t.Errorf("Append = %d, %v", n, err)
	}
	if got := readAll(t, next); len(got) != 10 {
		t.Errorf("read %v", got)
	}
	for order := uint64(1); order <= 10; order++ {
		next.Ack(order)
	}
	if err := next.Maintain(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(s.Sync(), s.Maintain()); err != nil || s.Lost() != 0 {
		t.Errorf("once it is gone: %v, %d lost", err, s.Lost())
	}
}
