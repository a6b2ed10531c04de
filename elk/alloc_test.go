//go:build !race

package elk

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestWriteAllocatesNothing, once the ring has its blocks.
func TestWriteAllocatesNothing(t *testing.T) {
	s := openShipper(t, Config{RingBytes: 1 << 16, Client: hanging, CloseTimeout: 1})
	line := []byte(`{"message":"` + strings.Repeat("x", 480) + `"}` + "\n")
	for range 1000 {
		_, _ = s.Write(line)
	}
	tee := Tee(io.Discard, s)
	for name, write := range map[string]func(){
		"Write":         func() { _, _ = s.Write(line) },
		"through a Tee": func() { _, _ = tee.WriteLine(slog.LevelInfo, line) },
	} {
		if n := testing.AllocsPerRun(1000, write); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestRingAllocatesNothing when it stores, evicts and gives back.
func TestRingAllocatesNothing(t *testing.T) {
	r := newRing(1 << 16)
	to := r.open()
	line := bytes.Repeat([]byte("x"), 500)
	seq := uint64(0)
	push := func(level slog.Level) int {
		seq++
		gone, _ := r.push(to, level, lineInfo{seq: seq}, line)
		return gone.lines
	}
	for r.room() >= blocksFor(len(line)) {
		push(slog.LevelDebug)
	}
	var buf []byte
	n := testing.AllocsPerRun(1000, func() {
		if push(slog.LevelInfo) != 1 {
			t.Error("nothing was evicted")
		}
		buf = r.pop(to, buf[:0])
		push(slog.LevelDebug)
		for to.lanes[laneOf(slog.LevelInfo)].lines > 50 {
			buf = r.pop(to, buf[:0])
			push(slog.LevelDebug)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestSendingAllocatesLittle: the promise is 0.1 for a document.
func TestSendingAllocatesLittle(t *testing.T) {
	const docs = 5000
	answer := []byte(answerOf(docs))
	c := Config{Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		_ = r.Body.Close()
		return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(answer))}, nil
	})}
	q := newQueue(Config{RingBytes: defaultRingBytes, BatchBytes: defaultBatchBytes}, nil)
	to, _ := q.open("generic", "default", 1)
	w := newSender(c, "id", q, nil, c.Client).workers[0]
	line := []byte(`{"message":"` + strings.Repeat("x", 480) + `"}`)
	n := testing.AllocsPerRun(5, func() {
		for range docs {
			q.put(to, slog.LevelInfo, line, 1<<20, testTime)
		}
		b := w.await(t.Context())
		w.fill(b)
		w.serve(t.Context(), b)
	})
	if perDoc := n / docs; perDoc > 0.1 {
		t.Errorf("%.3f allocations for a document, want at most 0.1", perDoc)
	}
	if got := q.read(); got.Delivered != got.Accepted || got.Delivered == 0 {
		t.Errorf("stats = %+v", got)
	}
}

// TestSpliceAllocatesNothing: scan, constant fields and prefix, once the
// batch has its scratch.
func TestSpliceAllocatesNothing(t *testing.T) {
	b := &batch{target: &target{fields: newFields(Config{HostName: "host", Fields: map[string]string{"service.name": "shop"}}, "shop", "default")}}
	b.raw = append(b.raw, benchLine...)
	d := document{lineInfo: lineInfo{size: uint32(len(benchLine)), full: len(benchLine)}}
	n := testing.AllocsPerRun(1000, func() {
		b.buf, d.line, d.end = b.buf[:0], 0, len(b.raw)
		if reason := b.splice(&d, "id"); reason != "" {
			t.Error(reason)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
