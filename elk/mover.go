package elk

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

const (
	// moveBytes is how much waits to be written to the spool in one go, and
	// moveWait how long.
	moveBytes = 256 << 10
	moveWait  = 100 * time.Millisecond

	// moveAgain is when the spool is tried again after it took nothing.
	moveAgain = time.Second
)

// mover moves every line from the ring to the spool, from a goroutine of its
// own and for those who call Sync.
type mover struct {
	queue  *queue
	alarms *alarms
	wait   time.Duration
	tidy   func() error // makes room on disk where lines have their verdict
	done   chan struct{}

	mu      sync.Mutex // one move at a time
	batch   spool.Batch
	lines   []moved
	left    []uint64
	failing error
	until   time.Time // nothing is tried before, unless in haste
}

// moved is a line between the ring and the spool.
type moved struct {
	target *target
	lane   int
	first  uint32 // block
	seq    uint64
}

func newMover(c Config, q *queue, a *alarms) *mover {
	return &mover{queue: q, alarms: a, wait: min(moveWait, c.BatchWait), done: make(chan struct{})}
}

// run moves lines until ctx ends.
func (m *mover) run(ctx context.Context) {
	defer close(m.done)
	for {
		wait := m.queue.moveDue(time.Now(), m.wait, m.pause())
		if wait != 0 && !sleep(ctx, wait, m.queue.store.mover) || ctx.Err() != nil {
			return
		}
		if wait == 0 {
			_ = m.move(^uint64(0))
		}
	}
}

func (m *mover) pause() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return max(0, time.Until(m.until))
}

// move moves the lines up to a sequence, and returns why not.
func (m *mover) move(upTo uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.queue.collect(&m.batch, &m.lines, upTo) {
		n, err := m.append()
		m.left = m.queue.place(m.lines, n, err != nil, m.left[:0])
		m.queue.store.disk.Publish(m.left...)
		m.batch.Reset()
		m.lines = m.lines[:0]
		m.tell(err)
		m.queue.signal()
		m.queue.store.signalFeeder()
		if err != nil {
			m.queue.store.signalMover() // it may have looked meanwhile, and seen nothing
			return err
		}
		if m.queue.loaded() {
			// On a single processor workers would find all that was staged
			// late, and what then had no room would have to be read back.
			runtime.Gosched()
		}
	}
	return nil
}

// append writes the batch. A spool that is full may only have to be tidied.
func (m *mover) append() (n int, err error) {
	disk := m.queue.store.disk
	n, err = disk.Append(&m.batch)
	if n == 0 && errors.Is(err, spool.ErrFull) && m.tidy != nil && m.tidy() == nil {
		return disk.Append(&m.batch)
	}
	return n, err
}

// tell raises the alarm of a spool that takes nothing, and tells when it does
// again.
func (m *mover) tell(err error) {
	switch {
	case err != nil:
		m.until = time.Now().Add(moveAgain)
		m.alarms.raise(spoolAlarm(err), "lines stay in memory: "+err.Error())
	case m.failing != nil:
		m.until = time.Time{}
		m.alarms.raise(alarmSpoolWorks, "lines are written to disk again")
	}
	m.failing = err
}

// moveDue says how long until there is something to move, negative until a
// signal.
func (q *queue) moveDue(now time.Time, wait, pause time.Duration) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	from, at := q.oldestLoose()
	switch {
	case from == nil:
		q.store.haste = false
		return -1
	case q.store.haste:
		q.store.haste = false
		return 0
	case pause > 0:
		return pause
	case q.store.degraded || q.ring.loose.bytes >= moveBytes: // degraded: before workers take all past the spool
		return 0
	}
	age := now.Sub(time.Unix(0, q.ring.slot(from.road.lanes[at].head).at))
	if age < 0 || age >= wait {
		return 0
	}
	return wait - age
}

// oldestLoose is the target and the lane of the oldest line that is not in
// the spool. Under mu.
func (q *queue) oldestLoose() (found *target, at int) {
	oldest := ^uint64(0)
	for _, t := range q.targets {
		if t.road.lines == 0 {
			continue
		}
		lane := q.ring.oldestLane(t.road)
		if seq := q.ring.slot(t.road.lanes[lane].head).seq; seq < oldest {
			found, at, oldest = t, lane, seq
		}
	}
	return found, at
}

// loaded reports whether a request could be filled with what is staged.
func (q *queue) loaded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.ContainsFunc(q.targets, func(t *target) bool { return t.staged.lines > 0 && q.full(t) })
}

// movable reports whether the mover should look, after a line came into the
// ring. Under mu.
func (q *queue) movable(size int) bool {
	l := q.ring.loose
	return q.store != nil && (l.lines == 1 || l.bytes/moveBytes != (l.bytes-size)/moveBytes)
}

// collect copies lines up to a sequence, oldest first, into a batch for the
// spool, and takes them out of the ring for as long. It reports false when
// there is none.
func (q *queue) collect(b *spool.Batch, lines *[]moved, upTo uint64) bool {
	for more := true; more && b.Bytes() < moveBytes; {
		more = q.collectSome(b, lines, upTo)
	}
	return b.Len() > 0
}

// collectSome holds the lock no longer than take does.
func (q *queue) collectSome(b *spool.Batch, lines *[]moved, upTo uint64) (more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for begin := b.Bytes(); b.Bytes()-begin < takeBytes; {
		t, at := q.oldestLoose()
		if t == nil || q.settled || q.ring.slot(t.road.lanes[at].head).seq > upTo {
			return false
		}
		*lines = append(*lines, q.extract(b, t, at))
	}
	return true
}

// extract copies the first line of a lane. Under mu.
func (q *queue) extract(b *spool.Batch, t *target, at int) moved {
	first := q.ring.detach(t.road, at)
	info := &q.ring.slot(first).lineInfo
	m := moved{target: t, lane: at, first: first, seq: info.seq}
	b.End(q.ring.read(first, b.Begin(spool.Meta{
		Seq: info.seq - q.store.disk.Base(), Time: info.at, Level: levelOf(at), Full: info.full, Target: t.name})))
	if q.store.moving == 0 {
		q.store.movingFrom = info.seq
	}
	q.store.moving++
	return m
}

// place puts lines where they belong once the first n of them are in the
// spool: where workers take them, or nowhere where that has to wait; the rest
// goes back. It appends those that are in the spool only to left.
func (q *queue) place(lines []moved, n int, degraded bool, left []uint64) []uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.settled {
		return left // counted as what they were before
	}
	q.store.degraded = degraded
	q.store.moving = 0
	for _, m := range lines[:n] {
		t := m.target
		s := q.ring.slot(m.first)
		if !t.trail.behind && q.stages(t, blocksFor(int(s.size))) {
			s.spooled = true
			q.ring.attach(t.staged, m.lane, m.first)
			continue
		}
		q.ring.release(m.first)
		q.leave(t, m.seq)
		left = append(left, m.seq)
	}
	q.roomy()
	for i := len(lines) - 1; i >= n; i-- {
		q.ring.restore(lines[i].target.road, lines[i].lane, lines[i].first)
	}
	return left
}

// leave notes that a line is in the spool only. Under mu.
func (q *queue) leave(t *target, seq uint64) {
	q.store.onDisk++
	q.store.lastLeft = seq
	if !t.trail.behind {
		// The feeder has not come as far: it sees only what is published.
		t.trail = trail{behind: true, next: seq, onTrack: true}
	}
}
