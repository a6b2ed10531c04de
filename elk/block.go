package elk

import (
	"log/slog"
	"time"
)

// putPatiently is put, but waits up to Config.Block for room, so that the line
// costs no other its place.
func (q *queue) putPatiently(to *target, level slog.Level, line []byte, limit int, now time.Time) (dropped int, open bool) {
	if q.config.Block <= 0 {
		return q.put(to, level, line, limit, now)
	}
	var expired <-chan time.Time
	for {
		room, open := q.putIfRoom(to, level, line, limit, now)
		if room == nil {
			return 0, open
		}
		if expired == nil {
			timer := time.NewTimer(q.config.Block)
			defer timer.Stop()
			expired = timer.C
		}
		select {
		case <-room:
		case <-q.closing:
		case <-expired:
			return q.put(to, level, line, limit, now)
		}
	}
}

// putIfRoom is put, but returns a channel that is closed when there is more
// room instead of dropping a line.
func (q *queue) putIfRoom(to *target, level slog.Level, line []byte, limit int, now time.Time) (room <-chan struct{}, open bool) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return nil, false
	}
	if blocksFor(min(len(line), limit)) > q.ring.space() {
		if q.room == nil {
			q.room = make(chan struct{})
		}
		room = q.room
		q.mu.Unlock()
		return room, true
	}
	_, due, movable := q.accept(to, level, line, limit, now)
	q.mu.Unlock()
	q.tell(due, movable)
	return nil, true
}

// roomy wakes those who wait for room. Under mu.
func (q *queue) roomy() {
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
}
