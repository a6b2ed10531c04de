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
	line := bytes.Repeat([]byte("x"), 500)
	seq := uint64(0)
	push := func(level slog.Level) int {
		seq++
		evicted, _ := r.push(level, lineInfo{seq: seq}, line)
		return evicted
	}
	for r.room() >= blocksFor(len(line)) {
		push(slog.LevelDebug)
	}
	var buf []byte
	n := testing.AllocsPerRun(1000, func() {
		if push(slog.LevelInfo) != 1 {
			t.Error("nothing was evicted")
		}
		buf = r.pop(buf[:0])
		push(slog.LevelDebug)
		for r.lanes[laneOf(slog.LevelInfo)].lines > 50 {
			buf = r.pop(buf[:0])
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
	s := newSender(c, "id", newQueue(Config{RingBytes: defaultRingBytes, BatchBytes: defaultBatchBytes}), nil, c.Client)
	line := []byte(`{"message":"` + strings.Repeat("x", 480) + `"}`)
	n := testing.AllocsPerRun(5, func() {
		for range docs {
			s.queue.put(slog.LevelInfo, line, 1<<20, testTime)
		}
		s.fill()
		s.round(t.Context())
		s.batch.compact()
	})
	if perDoc := n / docs; perDoc > 0.1 {
		t.Errorf("%.3f allocations for a document, want at most 0.1", perDoc)
	}
	if got := s.queue.read(); got.Delivered != got.Accepted || got.Delivered == 0 {
		t.Errorf("stats = %+v", got)
	}
}
