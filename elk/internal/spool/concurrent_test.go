package spool

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// TestConcurrent: writing, reading, verdicts, syncs and removals go on at the
// same time, on a real disk, and every line comes once.
func TestConcurrent(t *testing.T) {
	const lines = 20000
	dir := t.TempDir()
	s, err := Open(dir, Options{ID: testID(1), Segment: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	var written, stop atomic.Bool
	var all, beside sync.WaitGroup
	beside.Go(func() {
		for !stop.Load() {
			if err := s.Sync(); err != nil {
				t.Errorf("Sync: %v", err)
			}
		}
	})
	beside.Go(func() {
		for !stop.Load() {
			if err := s.Maintain(); err != nil {
				t.Errorf("Maintain: %v", err)
			}
		}
	})
	all.Go(func() {
		defer written.Store(true)
		for seq := uint64(1); seq <= lines; seq += 50 {
			appendLeft(t, s, testID(1), span(seq, seq+49)...)
		}
	})
	all.Go(func() { readOnce(t, s, lines, written.Load) })
	all.Wait()
	stop.Store(true)
	beside.Wait()
	if s.Live() != 0 || s.Lost() != 0 {
		t.Errorf("%d live", s.Live())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// readOnce takes each line and gives it its verdict.
func readOnce(t *testing.T, s *Spool, lines uint64, written func() bool) {
	c := s.Cursor(0)
	defer c.Close()
	var r Record
	for seq := uint64(1); seq <= lines; {
		over := written()
		ok, err := c.Next(&r)
		switch {
		case err != nil:
			t.Errorf("Next: %v", err)
			return
		case !ok && over:
			t.Errorf("nothing after %d", seq-1)
			return
		case ok && (r.Seq != seq || string(r.Line) != lineOf(testID(1), seq)):
			t.Errorf("%d: %d %s", seq, r.Seq, r.Line)
			return
		case ok:
			if !s.Take(r.Order) {
				t.Errorf("%d was taken", seq)
			}
			s.Ack(r.Order)
			seq++
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, policy := range []Policy{Interval, Each} {
		b.Run(fmt.Sprintf("policy=%d", policy), func(b *testing.B) {
			s, err := Open(b.TempDir(), Options{Policy: policy, Size: 8 << 30})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			line := make([]byte, 500)
			batch, seq := new(Batch), uint64(0)
			b.SetBytes(500)
			b.ReportAllocs()
			for b.Loop() {
				seq++
				batch.End(append(batch.Begin(Meta{Seq: seq, Target: "logs-generic-default"}), line...))
				if batch.Bytes() < 256<<10 {
					continue
				}
				if _, err := s.Append(batch); err != nil {
					b.Fatal(err)
				}
				for i := range uint64(batch.Len()) {
					s.Ack(seq - i)
				}
				batch.Reset()
				if seq%64 == 0 {
					_ = s.Maintain()
				}
			}
		})
	}
}

func BenchmarkCursor(b *testing.B) {
	s, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	line := make([]byte, 500)
	batch := new(Batch)
	for seq := range uint64(100000) {
		batch.End(append(batch.Begin(Meta{Seq: seq + 1, Target: "logs-generic-default"}), line...))
	}
	if _, err := s.Append(batch); err != nil {
		b.Fatal(err)
	}
	for seq := range uint64(100000) {
		s.Publish(seq + 1)
	}
	b.SetBytes(500)
	b.ReportAllocs()
	c := s.Cursor(0)
	var r Record
	for b.Loop() {
		if ok, err := c.Next(&r); err != nil {
			b.Fatal(err)
		} else if !ok {
			c.Close()
			c = s.Cursor(0)
		}
	}
	c.Close()
}
