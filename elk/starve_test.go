package elk

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
	"github.com/spanlog/spanlog/elk/internal/spool"
)

// TestRefusedStreamsStarveNobody: streams that are refused, with ring and
// spool full of their lines, and more coming, leave a way out for what a
// healthy stream has on disk behind them.
func TestRefusedStreamsStarveNobody(t *testing.T) {
	srv := startServer(t)
	down, refused := refusing(srv)
	c := spooled(t, srv.URL())
	c.RingBytes, c.MaxLineBytes, c.BatchBytes, c.SpoolBytes = 128<<10, 1000, 8<<10, 512<<10
	s := openShipper(t, c)
	others := func() {
		for i := range 4 {
			_, _ = s.Dataset(fmt.Sprint("refused", i)).Write([]byte(`{"a":1}`))
		}
	}
	dropped := func() uint64 { return s.Stats().Dropped.Total() }
	for n := 0; dropped() < 100; n++ { // the spool is full long before
		others()
		writeLines(t, s, n, n+1)
		if dropped() == 0 {
			_ = s.Sync()
		}
	}
	var flood atomic.Bool
	var flooding sync.WaitGroup
	flood.Store(true)
	flooding.Go(func() {
		for flood.Load() {
			for range 20 {
				others()
			}
			time.Sleep(time.Millisecond)
		}
	})
	defer flooding.Wait()
	defer flood.Store(false)
	down.Store(false)
	waitUntil(t, "the healthy stream has nothing left on disk", func() bool {
		s.queue.mu.Lock()
		defer s.queue.mu.Unlock()
		own := s.queue.targets[0]
		return !own.trail.behind && own.staged.lines == 0
	})
	if stats := checkBalance(t, s); stats.Delivered == 0 || stats.Pending == 0 {
		t.Errorf("stats %+v, want the healthy stream delivered, and others pending", stats)
	}
	flood.Store(false)
	flooding.Wait()
	refused.Store(false)
	waitUntil(t, "all is stored", func() bool { return checkBalance(t, s).Pending == 0 })
}

// TestRoomOnDisk: in a ring that is full, what is on disk has room left: less
// of it for more lines of a stream than for its first, and none that others
// have not left for a stream that the server does not take.
func TestRoomOnDisk(t *testing.T) {
	q, healthy, d := spoolQueue(t, spool.Options{})
	waiting, _ := q.open("waiting", "default", 2)
	waiting.backoff.failures, waiting.parked = 1, []*batch{{}}
	q.ring.keep(waiting.staged, 0, lineInfo{}, make([]byte, q.ring.reserve*3/4*blockBytes))
	for dropped := 0; dropped == 0; {
		dropped, _ = q.put(healthy, slog.LevelInfo, []byte("line"), 1000, testTime)
	}
	if room := q.ring.room(); room != q.ring.spare || room == 0 {
		t.Fatalf("room for %d, want %d", room, q.ring.spare)
	}
	waiting.trail = trail{behind: true, onTrack: true, next: 1}
	if _, on := q.stage(&spool.Record{Order: 1, Line: []byte("line")}, waiting); on || q.feeds(waiting) {
		t.Error("a stream that waits takes the room of others")
	}
	n := 0
	for ; q.feeds(healthy); n++ {
		q.ring.keep(healthy.staged, 0, lineInfo{}, []byte("line"))
	}
	if want := q.ring.spare - q.ring.spare/2; n != want {
		t.Errorf("%d lines of a healthy stream staged, want %d", n, want)
	}
	waiting.staged, waiting.parked = q.openStaged(), nil
	if !q.feeds(waiting) {
		t.Error("there is no room for the first line of a stream")
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// refusing makes a server that is down, and then refuses some streams.
func refusing(srv *elktest.Server) (down, refused *atomic.Bool) {
	down, refused = new(atomic.Bool), new(atomic.Bool)
	down.Store(true)
	refused.Store(true)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case down.Load():
				w.WriteHeader(http.StatusServiceUnavailable)
			case refused.Load() && strings.Contains(r.URL.Path, "refused"):
				refuse(all, item403, true)(w, r, next)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	return down, refused
}
