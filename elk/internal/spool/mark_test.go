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
