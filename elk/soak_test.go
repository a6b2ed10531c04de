package elk

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

var soakTime = flag.Duration("elk.soak", 2*time.Second, "how long the soak takes")

// TestSoak: with random faults of server and disk for as long as the flag
// says, memory and goroutines do not grow, the law holds at every moment, and
// in the end nothing but what is counted is lost.
func TestSoak(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 5))
	var weather atomic.Int32 // 0: well, 1: chaos, 2: away
	srv := httptest.NewServer(changeable(&weather, chaos(rand.New(rand.NewPCG(seed, 6)), false)(http.HandlerFunc(takeAll))))
	defer srv.Close()
	disk := newTrickyDisk()
	c := spooled(t, srv.URL)
	c.spoolFS, c.RingBytes, c.SpoolBytes, c.BatchBytes = disk, 1<<20, 16<<20, 256<<10
	c.RequestTimeout, c.CloseTimeout = 2*time.Second, 5*time.Minute
	s := openShipper(t, c)
	begin, report := time.Now(), time.Now()
	n, goroutines := 0, runtime.NumGoroutine()
	for end := begin.Add(*soakTime); time.Now().Before(end); {
		weather.Store([]int32{0, 0, 0, 1, 2}[rng.IntN(5)])
		faults := []string{"EIO", "ENOSPC", "EROFS"}
		if rng.IntN(4) == 0 {
			disk.fail(diskFaults[faults[rng.IntN(3)]], []string{"write", "create", "sync"}[rng.IntN(3):]...)
		} else {
			disk.fail(nil)
		}
		for next := time.Now().Add(time.Duration(50+rng.IntN(200)) * time.Millisecond); time.Now().Before(next); time.Sleep(time.Millisecond) {
			writeLines(t, s, n, n+5)
			n += 5
		}
		checkBalance(t, s)
		if time.Since(report) >= 10*time.Second {
			report = time.Now()
			logMemory(t, s, time.Since(begin))
		}
	}
	weather.Store(0)
	disk.fail(nil)
	waitUntil(t, "all has its verdict", func() bool { return s.Stats().Pending == 0 })
	stats := checkBalance(t, s)
	logMemory(t, s, time.Since(begin))
	if lost := stats.Dropped.Total() - stats.Dropped.RingFull - stats.Dropped.Unavailable; lost > 0 {
		t.Errorf("%d lines are lost: %+v", lost, stats.Dropped)
	}
	if now := runtime.NumGoroutine(); now > goroutines+50 { // connections of the server
		t.Errorf("%d goroutines, %d in the beginning", now, goroutines)
	}
	_ = s.Close()
	if left := leftOnDisk(t, c.SpoolDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// takeAll is a server that stores nothing.
func takeAll(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	if !isBulk(r) {
		_, _ = io.WriteString(w, `{"docs":[]}`)
		return
	}
	_, _ = io.WriteString(w, answerOf(bytes.Count(plainBody(r.Header, raw), []byte{'\n'})/2))
}

// changeable answers as the weather is: well, as wild does, or not at all.
func changeable(weather *atomic.Int32, wild http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch weather.Load() {
		case 0:
			takeAll(w, r)
		case 1:
			wild.ServeHTTP(w, r)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

func logMemory(t *testing.T, s *Shipper, after time.Duration) {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%v: heap %.1f MiB, %d goroutines, %+v", after.Round(time.Second), float64(m.HeapAlloc)/(1<<20), runtime.NumGoroutine(), s.Stats())
}
