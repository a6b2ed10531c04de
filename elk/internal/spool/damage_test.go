package spool

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// stampHeader makes the CRC of a header right.
func stampHeader(b []byte) {
	binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b[:len(b)-4], castagnoli))
}

// threeSegments returns a folder with lines 1 to n in several segments.
func manySegments(t testing.TB, n uint64) (fake *fakeFS, paths []string) {
	fake = newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 4096})
	appendLeft(t, s, testID(1), span(1, n)...)
	for _, g := range s.writer.segments {
		paths = append(paths, g.path)
	}
	return fake, paths
}

// damaged returns the file system with one file changed.
func damaged(t testing.TB, fake *fakeFS, path string, change func([]byte) []byte) *fakeFS {
	t.Helper()
	after := fake.kill()
	node, err := after.node(path)
	if err != nil {
		t.Fatal(err)
	}
	node.data = change(slices.Clone(node.data))
	return after
}

// TestFlipEveryByte: whatever byte of a segment changes, in whatever bit, no
// line comes back altered, at most one is missing, and it is counted.
func TestFlipEveryByte(t *testing.T) {
	const lines = 40
	fake, paths := manySegments(t, lines)
	for i, path := range paths {
		node, _ := fake.node(path)
		for at := range node.data {
			flipped := damaged(t, fake, path, func(b []byte) []byte {
				b[at] ^= 1 << (at % 8)
				return b
			})
			s, err := Open(testDir, Options{FS: flipped, ID: testID(2)})
			if err != nil {
				t.Fatal(err)
			}
			got, found := readAll(t, s), s.Found()
			want := 1
			if at < headerBytes {
				want = 0
			}
			if len(got) != lines-want || found.Damaged != want || found.Lines != len(got) {
				t.Errorf("segment %d of %d, byte %d: %d lines, %+v", i+1, len(paths), at, len(got), found)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFlipWhileRunning: a line that cannot be read any more is told, once.
func TestFlipWhileRunning(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 4096})
	appendLeft(t, s, testID(1), span(1, 60)...)
	first := s.writer.segments[0]
	node, _ := fake.node(first.path)
	at := headerBytes
	for seq := first.first; seq <= first.last; seq++ {
		node.data[at+5] ^= 1 // its length
		got := readAll(t, s)
		if len(got) != 60-int(seq) {
			t.Fatalf("with %d lines damaged %d are read", seq, len(got))
		}
		if lost := s.Lost(); lost != 1 {
			t.Fatalf("line %d: Lost = %d", seq, lost)
		}
		node.data[at+5] ^= 1
		at += frameHeader + int(binary.LittleEndian.Uint32(node.data[at+4:]))
	}
	if err := s.Maintain(); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(s.writer.segments, first) {
		t.Error("a segment with nothing to read in it is still there")
	}
}

// TestCutEverywhere: whatever the length at which the last segment is cut,
// the whole lines come back, and a torn one counts as damaged.
func TestCutEverywhere(t *testing.T) {
	fake, paths := manySegments(t, 60)
	last := paths[len(paths)-1]
	node, _ := fake.node(last)
	whole := map[int]bool{headerBytes: true}
	for at := headerBytes; at < len(node.data); {
		at += frameHeader + int(binary.LittleEndian.Uint32(node.data[at+4:]))
		whole[at] = true
	}
	for size := range node.data {
		s, err := Open(testDir, Options{FS: damaged(t, fake, last, func(b []byte) []byte { return b[:size] }), ID: testID(2)})
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, s)
		if !slices.Equal(got, keysOf(testID(1), span(1, uint64(len(got)))...)) {
			t.Errorf("cut at %d: %v", size, got)
		}
		want := 1
		if whole[size] || size < headerBytes {
			want = 0
		}
		if s.Found().Damaged != want {
			t.Errorf("cut at %d: %+v, want %d damaged", size, s.Found(), want)
		}
		_ = s.Close()
	}
}

// TestDamageCountedOnce: by the first process that finds it.
func TestDamageCountedOnce(t *testing.T) {
	fake, paths := manySegments(t, 60)
	next := damaged(t, fake, paths[0], func(b []byte) []byte {
		b[headerBytes+frameHeader+3] ^= 1
		return b
	})
	next = damaged(t, next, paths[len(paths)-1], func(b []byte) []byte { return b[:len(b)-1] })
	for n, want := range []int{2, 0, 0} {
		s := openSpool(t, Options{FS: next, ID: testID(n + 2)})
		if found := s.Found(); found.Damaged != want || found.Lines != 58 {
			t.Errorf("process %d: %+v", n, found)
		}
		next = next.kill()
	}
}

// TestDamageInBulk: the lines around a damaged stretch come back, and those
// in it are counted where their number is known.
func TestDamageInBulk(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	fake, paths := manySegments(t, 200)
	for range 300 {
		path := paths[rng.IntN(len(paths)-1)]
		s, err := Open(testDir, Options{ID: testID(2), FS: damaged(t, fake, path, func(b []byte) []byte {
			from := rng.IntN(len(b))
			for i := from; i < min(len(b), from+rng.IntN(1000)); i++ {
				b[i] = byte(rng.IntN(256))
			}
			return b
		})})
		if err != nil {
			t.Fatal(err)
		}
		if got, found := readAll(t, s), s.Found(); len(got)+found.Damaged != 200 {
			t.Errorf("%d lines, %+v", len(got), found)
		}
		_ = s.Close()
	}
}

// TestLineLikeAFrame: a line that holds a frame of this very folder is no
// frame, also when the damage before it makes us search.
func TestLineLikeAFrame(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1)})
	forged := batchOf(testID(9), 3)
	frame := forged.seal(0, 1, seedOf(testID(8), 1), 2)
	b := batchOf(testID(1), 1)
	b.End(append(b.Begin(Meta{Seq: 2}), strings.Repeat(string(frame), 3)...))
	if _, err := s.Append(b); err != nil {
		t.Fatal(err)
	}
	appendLeft(t, s, testID(1), 4, 5)
	path := s.writer.segments[0].path
	second := headerBytes + b.frames[1].from
	next := openSpool(t, Options{ID: testID(2), FS: damaged(t, fake, path, func(b []byte) []byte {
		b[second+4] ^= 0xff // its length
		return b
	})})
	if got := readAll(t, next); !slices.Equal(got, keysOf(testID(1), 1, 4, 5)) || next.Found().Damaged != 1 {
		t.Errorf("read %v, %+v", got, next.Found())
	}
}

// TestSearchEnds: damage before a very unfortunate line does not cost for
// ever.
func TestSearchEnds(t *testing.T) {
	frames := make([]byte, 1<<20)
	for at := 0; at+frameHeader < len(frames); at += 4 {
		binary.LittleEndian.PutUint32(frames[at:], 1<<16)
	}
	in := newScanner(strings.NewReader(string(frames)), 1, int64(len(frames)))
	in.pos = 0
	if _, err := in.next(); err == nil {
		t.Error("a frame is found")
	}
	if in.budget < -int64(len(frames)) {
		t.Errorf("budget %d", in.budget)
	}
}

// FuzzScan: a reader of anything neither panics nor returns a frame whose
// bytes were not written as one.
func FuzzScan(f *testing.F) {
	f.Add(batchOf(testID(1), 1, 2, 3).seal(0, 3, 7, 0))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := newScanner(strings.NewReader(string(text)), 7, int64(len(text)))
		in.pos = 0
		for {
			one, err := in.next()
			if err != nil {
				return
			}
			if in.pos > int64(len(text)) || len(one.payload) > len(text) {
				t.Fatalf("frame beyond the end: %+v", one)
			}
			var r Record
			r.decode(one.payload)
		}
	})
}

// FuzzCheckpoint: no text panics, with its checksum right or wrong, and no entry
// has more than the text.
func FuzzCheckpoint(f *testing.F) {
	one := newSegment("", testID(1), header{number: 1}, 0)
	one.acked.words = []uint64{1, 2}
	whole := appendCheckpoint(nil, []*segment{one})
	f.Add(whole)
	f.Add(whole[checkpointHeader : len(whole)-4])
	f.Add(whole[checkpointHeader : len(whole)-5])
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = parseCheckpoint(text, "checkpoint")
		sealed := append(appendCheckpoint(nil, nil)[:checkpointHeader], text...)
		found, err := parseCheckpoint(binary.LittleEndian.AppendUint32(sealed, crc32.Checksum(text, castagnoli)), "checkpoint")
		if errors.Is(err, errDamaged) {
			return
		}
		size := 0
		for _, e := range found {
			size += entryHeader + 8*len(e.acked.words)
		}
		if err != nil || size > len(text) || len(found) == 0 && len(text) > 0 {
			t.Fatalf("%q: %d entries of %d bytes, %v", text, len(found), size, err)
		}
	})
}

// TestBehindTheEnd: what a failed write left behind the end of a file is no
// line, also for a process that finds nobody any more who tells the end.
func TestBehindTheEnd(t *testing.T) {
	fake := newFakeFS()
	first := openSpool(t, Options{FS: fake, ID: testID(1)})
	appendLeft(t, first, testID(1), span(1, 5)...)
	fake.short = 1000
	fake.before = func(op, _ string, _ int) error {
		if op == "write" || op == "truncate" {
			return syscall.EIO
		}
		return nil
	}
	if n, err := first.Append(batchOf(testID(1), 6)); n != 0 || !errors.Is(err, syscall.EIO) {
		t.Fatalf("Append = %d, %v", n, err)
	}
	fake.before = nil
	appendLeft(t, first, testID(1), 7)
	after := fake.kill()
	next := after.dirs[first.writer.dir].now[segmentName(2)]
	next.data = next.data[:headerBytes] // as after a crash
	for process := 2; process < 5; process++ {
		s := openSpool(t, Options{FS: after, ID: testID(process)})
		if got, want := readAll(t, s), keysOf(testID(1), span(1, 5)...); !slices.Equal(got, want) {
			t.Errorf("process %d: read %v", process, got)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDamagedTail: of a process that ended as it should it is known how many
// lines it has left.
func TestDamagedTail(t *testing.T) {
	fake := newFakeFS()
	first := openSpool(t, Options{FS: fake, ID: testID(1)})
	appendLeft(t, first, testID(1), span(1, 20)...)
	path := first.writer.segments[0].path
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	after := damaged(t, fake, path, func(b []byte) []byte { return b[:len(b)/2] })
	s := openSpool(t, Options{FS: after, ID: testID(2)})
	if got := readAll(t, s); len(got)+s.Found().Damaged != 20 || len(got) == 0 {
		t.Errorf("%d lines, %d damaged, want 20", len(got), s.Found().Damaged)
	}
}
