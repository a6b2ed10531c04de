package e2e

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// checkKilled: the server is killed while lines arrive, and started again on its data.
func checkKilled(t *testing.T, srv *server.Server, admin string, config elk.Config) {
	s := ship(t, admin, "killed", config)
	const lines = 2000
	var written atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range lines {
			s.Write([]byte(lineOf(n))) // an open shipper takes every line
			written.Add(1)
			if n%20 == 0 {
				time.Sleep(2 * time.Millisecond)
			}
		}
	}()
	await(t, "a quarter is stored", func() bool { return s.Stats().Delivered > lines/4 })
	srv.Kill()
	if written.Load() == lines && s.Stats().Pending == 0 {
		t.Error("everything was stored before the server was killed")
	}
	<-done
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := srv.Restart(ctx, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("ready again after %.1f s; until then %d requests", srv.Ready.Seconds(), s.Stats().Requests)
	s.check(t, lines)
}

// checkLimits: a request above http.max_content_length is a 413, one above the indexing pressure a 429, for ever.
func checkLimits(t *testing.T, srv *server.Server, admin, user, password string) {
	srv.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := srv.Restart(ctx, map[string]string{"http.max_content_length": "100kb", "indexing_pressure.memory.limit": "60kb"}); err != nil {
		t.Fatal(err)
	}
	w := &wire{statuses: map[int]int{}}
	s := shipInBatches(t, admin, "limited", 200<<10, elk.Config{Client: w.client(t, srv.URL, user, password)})
	s.lines(t, 0, 600)
	s.check(t, 600)
	if w.count(413) == 0 || w.count(429) == 0 {
		t.Errorf("got %v, want answers 413 and 429 among them", w.statuses)
	}
	t.Logf("answers by status: %v", w.statuses)
}
