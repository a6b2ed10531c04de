package spool

import (
	"bytes"
	"flag"
	"fmt"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets TestModel do what takes a second; -rapid.checks says otherwise.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const testDir = "/spool"

func testID(n int) string { return fmt.Sprintf("process%05d", n) }

func openSpool(t testing.TB, o Options) *Spool {
	t.Helper()
	s, err := Open(testDir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// lineOf is what line seq of a process says, of varying length.
func lineOf(id string, seq uint64) string {
	return fmt.Sprintf(`{"id":%q,"seq":%d,"fill":%q}`, id, seq, bytes.Repeat([]byte{'a' + byte(seq%26)}, int(seq*7%90)))
}

func batchOf(id string, seqs ...uint64) *Batch {
	b := new(Batch)
	for _, seq := range seqs {
		b.End(append(b.Begin(Meta{Seq: seq, Time: int64(seq) * 1000, Level: 4, Full: int(seq), Target: "logs-test-default"}), lineOf(id, seq)...))
	}
	return b
}

func span(from, to uint64) (seqs []uint64) {
	for seq := from; seq <= to; seq++ {
		seqs = append(seqs, seq)
	}
	return seqs
}

// appendLeft appends lines that are then nowhere else.
func appendLeft(t testing.TB, s *Spool, id string, seqs ...uint64) {
	t.Helper()
	n, err := s.Append(batchOf(id, seqs...))
	if n != len(seqs) || err != nil {
		t.Fatalf("Append of %d lines = %d, %v", len(seqs), n, err)
	}
	leave(s, seqs...)
}

func leave(s *Spool, seqs ...uint64) {
	var orders []uint64
	for _, seq := range seqs {
		orders = append(orders, seq+s.Base())
	}
	s.Publish(orders...)
}

// key is the identity of a line.
type key struct {
	id  string
	seq uint64
}

// readAll reads what is there, and checks that it is what was written.
func readAll(t testing.TB, s *Spool) (keys []key) {
	t.Helper()
	c := s.Cursor(0)
	defer c.Close()
	var r Record
	last := uint64(0)
	for {
		ok, err := c.Next(&r)
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		if !ok {
			return keys
		}
		checkRecord(t, s, &r)
		if r.Order <= last {
			t.Errorf("order %d comes after %d", r.Order, last)
		}
		last = r.Order
		keys = append(keys, key{r.ID, r.Seq})
	}
}

func checkRecord(t testing.TB, s *Spool, r *Record) {
	t.Helper()
	if want := lineOf(r.ID, r.Seq); string(r.Line) != want || r.Time != int64(r.Seq)*1000 || r.Level != 4 || r.Full != int(r.Seq) || string(r.Target) != "logs-test-default" {
		t.Errorf("altered: %+v %s, want %s", *r, r.Line, want)
	}
	if id, seq := s.Identify(r.Order); id != r.ID || seq != r.Seq {
		t.Errorf("Identify(%d) = %s, %d, want %s, %d", r.Order, id, seq, r.ID, r.Seq)
	}
}

func keysOf(id string, seqs ...uint64) (keys []key) {
	for _, seq := range seqs {
		keys = append(keys, key{id, seq})
	}
	return keys
}
