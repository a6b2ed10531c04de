package spool

import (
	"slices"
	"strings"
	"testing"
)

// TestBegin: to read the lines at the end of a segment not all before them is
// read, and what is wanted is, also once the file was made anew.
func TestBegin(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1), Segment: 1 << 20})
	long := strings.Repeat("x", 1000)
	for seq := uint64(1); seq <= 500; seq++ {
		var b Batch
		b.End(append(b.Begin(Meta{Seq: seq, Target: "logs-a-b"}), long...))
		if n, err := s.Append(&b); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	leave(s, 1, 250, 499)
	var first int
	fake.before = func(op, _ string, _ int) error {
		if op == "read" {
			first++
		}
		return nil
	}
	for _, remade := range []bool{false, true} {
		if remade {
			seg := s.writer.current
			s.Ack(span(2, 200)...)
			s.writer.end()
			if err := s.writer.rebuild(seg); err != nil {
				t.Fatal(err)
			}
		}
		for from, want := range map[uint64][]uint64{0: {1, 250, 499}, 1: {1, 250, 499}, 2: {250, 499}, 250: {250, 499}, 251: {499}, 499: {499}, 500: nil} {
			first = 0
			if got := readFrom(t, s, from); !slices.Equal(got, want) {
				t.Errorf("remade %t: from %d: read %d, want %d", remade, from, got, want)
			}
			if from == 499 && !remade && first != 1 {
				t.Errorf("%d reads for one line near the end", first)
			}
		}
	}
}

// TestAckOfBoth: verdicts on lines of several folders can be told at once.
func TestAckOfBoth(t *testing.T) {
	fake := newFakeFS()
	s := openSpool(t, Options{FS: fake, ID: testID(1)})
	appendLeft(t, s, testID(1), span(1, 9)...)
	s = reopen(t, fake.kill(), Options{ID: testID(2)})
	appendLeft(t, s, testID(2), span(1, 9)...)
	s.Ack(s.Base()+2, 3, 4, s.Base()+5, 1, s.Base()+9)
	want := append(keysOf(testID(1), 2, 5, 6, 7, 8, 9), keysOf(testID(2), 1, 3, 4, 6, 7, 8)...)
	if got := readAll(t, s); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

func readFrom(t *testing.T, s *Spool, from uint64) (seqs []uint64) {
	t.Helper()
	c := s.Cursor(from)
	defer c.Close()
	var r Record
	for {
		ok, err := c.Next(&r)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return seqs
		}
		seqs = append(seqs, r.Seq)
	}
}
