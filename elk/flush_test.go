package elk

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"
)

// flushPlaces are where lines may be when Flush is called.
var flushPlaces = map[string]struct {
	ring, batch int // Config.RingBytes and BatchBytes
	lines       int
	fault       error // of the disk
	down        bool  // the server, until Flush is called
	there       func(q *queue, t *target) bool
}{
	"staged":       {lines: 10, there: func(_ *queue, t *target) bool { return t.staged.lines == 10 }},
	"on disk only": {ring: 16 << 10, batch: 2000, lines: 200, down: true, there: func(q *queue, _ *target) bool { return q.store.onDisk > 50 && q.ring.loose.lines+q.store.moving == 0 }},
	"degraded":     {lines: 10, fault: syscall.EIO, there: func(q *queue, t *target) bool { return q.store.degraded && t.road.lines == 10 }},
}

// TestFlushWithSpool: Flush ends when the lines have their verdict, wherever
// they wait for that, and sends them before a batch is due.
func TestFlushWithSpool(t *testing.T) {
	for name, tt := range flushPlaces {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t)
			down := outage(srv)
			down.Store(tt.down)
			c, disk := spooled(t, srv.URL()), newTrickyDisk()
			c.BatchWait, c.FlushTimeout, c.Block, c.spoolFS = time.Hour, time.Minute, time.Minute, disk
			c.RingBytes, c.BatchBytes = tt.ring, tt.batch
			s := openShipper(t, c)
			if tt.fault != nil {
				disk.fail(tt.fault, "write", "create")
			}
			writeLines(t, s, 0, tt.lines)
			waitUntil(t, "the lines are "+name, func() bool { return s.at(tt.there) })
			down.Store(false)
			if err := s.Flush(context.Background()); err != nil {
				t.Errorf("Flush: %v", err)
			}
			checkStored(t, srv, tt.lines)
			disk.fail(nil)
			checkBalance(t, s)
		})
	}
}

// at asks where lines are.
func (s *Shipper) at(there func(*queue, *target) bool) bool {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return there(s.queue, s.home)
}

// TestFlushPending: with a server that is away, Flush says that the lines that
// are on disk wait.
func TestFlushPending(t *testing.T) {
	c := spooled(t, nobody)
	c.BatchWait = time.Hour
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	waitUntil(t, "the lines are staged", func() bool { return s.at(flushPlaces["staged"].there) })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Flush(ctx); !errors.Is(err, ErrPending) {
		t.Errorf("Flush = %v, want ErrPending", err)
	}
	quit(t, s)
}
