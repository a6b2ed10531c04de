package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain makes the test binary the server when it is started as that.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == serveArgument {
		exitOn(serve())
		return
	}
	os.Exit(m.Run())
}

func start(t *testing.T) *target {
	t.Helper()
	s, err := startServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

// TestDocuments: each is one line of its size, and no two are the same.
func TestDocuments(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range documents(2000) {
		if len(line) != documentBytes || bytes.IndexByte(line, '\n') != documentBytes-1 || !bytes.HasPrefix(line, []byte("{"+head)) || seen[string(line)] {
			t.Fatalf("%d bytes: %s", len(line), line)
		}
		seen[string(line)] = true
	}
}

// TestTotal: the sum does not depend on the order nor on what a shipper adds, and sees any other change.
func TestTotal(t *testing.T) {
	lines := documents(10)
	want := totalOf(lines, 2)
	var got total
	for _, line := range slices.Backward(append(slices.Clone(lines), lines...)) {
		got.add(append([]byte(`{"event.sequence":7,`), line[1:]...))
	}
	if err := got.check(want); err != nil {
		t.Error(err)
	}
	for name, other := range map[string][][]byte{"one less": lines[1:], "one twice": append(slices.Clone(lines[1:]), lines[1]), "a letter": changed(lines)} {
		if totalOf(other, 2).check(want) == nil {
			t.Errorf("%s: no difference", name)
		}
	}
}

func changed(lines [][]byte) [][]byte {
	other := slices.Clone(lines)
	other[3] = bytes.Replace(other[3], []byte("request handled"), []byte("request Handled"), 1)
	return other
}

// TestColumns: each delivers every line once; so what is measured is the same work.
func TestColumns(t *testing.T) {
	b := &bench{server: start(t), folder: t.TempDir()}
	lines := documents(3000)
	columns, err := b.columns(lines)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := b.proof(columns, totalOf(lines, 1))
	if err != nil {
		t.Error(err)
	}
	if _, err := b.proof(columns[:1], totalOf(lines, 2)); err == nil {
		t.Error("half of the documents were enough")
	}
	for _, c := range columns {
		if err := c.close(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if plain := strings.Contains(c.name, "gzip") == (sent[c.name] > documentBytes/2); plain {
			t.Errorf("%s: %.0f bytes for a document", c.name, sent[c.name])
		}
	}
}

// TestSameBytes: the floor with the bytes of elk has as many as elk sends.
func TestSameBytes(t *testing.T) {
	b := &bench{server: start(t)}
	lines := documents(1000)
	elks, err := ours(plainOurs, plain(b.server.url), lines)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := b.proof([]column{elks, floor(plainFloor, b.server.url, sameBytes(lines), false)}, totalOf(lines, 1))
	if err != nil {
		t.Fatal(err)
	}
	if diff := sent[plainOurs] - sent[plainFloor]; diff < -1 || diff > 1 || elks.close() != nil {
		t.Errorf("elk sends %.1f bytes for a document, the floor %.1f", sent[plainOurs], sent[plainFloor])
	}
}

// TestLoss: refusals are real, and what is missing is seen.
func TestLoss(t *testing.T) {
	b := &bench{server: start(t)}
	if err := b.loss(); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.rows {
		if ours := strings.HasPrefix(r.Name, "elk"); ours && (r.Value != 0 || r.Verdict != kept) || !ours && (r.Value == 0 || r.Verdict != "") {
			t.Errorf("%+v", r)
		}
	}
}

// TestWriters: every situation takes all lines. Their times are nothing for a test.
func TestWriters(t *testing.T) {
	b := &bench{server: start(t), folder: t.TempDir()}
	writers, err := b.writers()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range writers {
		if l, err := w.run(documents(50)); err != nil || l.max == 0 || l.p50 > l.max {
			t.Errorf("%s: %v, %v", w.name, l, err)
		}
	}
}

func TestQuantile(t *testing.T) {
	var times []time.Duration
	for i := range 1000 {
		times = append(times, time.Duration((i*37)%1000+1)) // 1 to 1000, mixed
	}
	if got := latencyOf(times); got != (latency{500, 990, 999, 1000}) {
		t.Errorf("got %+v", got)
	}
	for _, tt := range []struct {
		of   []time.Duration
		q    float64
		want time.Duration
	}{{nil, 0.5, 0}, {[]time.Duration{7}, 0.001, 7}, {[]time.Duration{1, 2}, 0.5, 1}, {[]time.Duration{1, 2}, 0.51, 2}, {[]time.Duration{1, 2, 3}, 0, 1}} {
		if got := quantile(tt.of, tt.q); got != tt.want {
			t.Errorf("quantile %v of %v = %v, want %v", tt.q, tt.of, got, tt.want)
		}
	}
	if got := median([]latency{{1, 2, 30, 400}, {3, 4, 10, 200}, {2, 9, 20, 300}}); got != (latency{2, 4, 20, 400}) {
		t.Errorf("median %+v", got)
	}
}

// TestVerdicts: the limit itself is kept by "at most" and "at least", and missed by "below".
func TestVerdicts(t *testing.T) {
	at := func(v float64) row { return row{Value: v} }
	rows := []row{
		at(1.3).atMost(1.3, "p"), at(1.31).atMost(1.3, "p"), at(4).atLeast(4, "p"), at(3.9).atLeast(4, "p"),
		at(99).below(100, "p"), at(100).below(100, "p"), at(5), absent("g", "n", "", notRun),
	}
	var said []string
	for _, r := range rows {
		said = append(said, r.Verdict)
	}
	if want := []string{kept, missed, kept, missed, kept, missed, "", notRun}; !slices.Equal(said, want) {
		t.Errorf("got %q, want %q", said, want)
	}
	if got := summary(rows); got != "kept=3 missed=3 not-run=1" {
		t.Errorf("summary %q", got)
	}
	var text bytes.Buffer
	if err := printText(&text, "header", rows); err != nil || !strings.HasSuffix(text.String(), "\n"+summary(rows)+"\n") {
		t.Errorf("%v: %s", err, &text)
	}
}

func TestGroups(t *testing.T) {
	b := &bench{}
	if found, err := b.groups("loss,cpu"); err != nil || len(found) != 2 {
		t.Errorf("%d groups, %v", len(found), err)
	}
	if _, err := b.groups("cpu,lost"); err == nil {
		t.Error("no error for a group that is not there")
	}
}
