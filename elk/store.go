package elk

import (
	"github.com/spanlog/spanlog/elk/internal/spool"
)

// store is what the queue knows of the spool. With one, a line goes from its
// target's road to the spool, and stays in the ring beside, in the target's
// staged road, while there is room and nothing older of the target is in the
// spool only; else the feeder stages it later. Workers take what is staged.
// While the spool takes nothing they take from the road.
//
// A nil store is of a shipper without a spool. All but the channels and disk
// is guarded by queue.mu.
type store struct {
	disk   *spool.Spool
	mover  chan struct{} // capacity 1: the mover has something to do
	feeder chan struct{} // capacity 1: the feeder may have

	degraded   bool   // the spool takes nothing
	haste      bool   // the mover is not to wait
	moving     int    // lines on their way from the ring
	movingFrom uint64 // the first of them
	onDisk     int    // lines that are in the spool only
	lastLeft   uint64 // the last of them
	safe       int    // lines in batches that are in the spool too
	origin     *origin

	buried []uint64 // lines of the spool whose dead letters may not be durable yet
}

// trail is what a target has in the spool only.
type trail struct {
	behind  bool
	next    uint64 // none of its lines before this one are in the spool only
	onTrack bool   // the feeder is where they begin, or will come there
	feeding bool   // and stages them
}

func newStore(disk *spool.Spool) *store {
	return &store{disk: disk, mover: make(chan struct{}, 1), feeder: make(chan struct{}, 1)}
}

func (s *store) signalMover() {
	if s != nil {
		signal(s.mover)
	}
}

func (s *store) signalFeeder() {
	if s != nil {
		signal(s.feeder)
	}
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// took notes that a line went into a batch. Under mu.
func (s *store) took(d *document) {
	if s == nil {
		return
	}
	d.origin = s.originOf(d.seq)
	if d.spooled {
		s.safe++
	}
}

// ack notes the verdict on lines of the spool. Under mu.
func (s *store) ack(lines []uint64) {
	if s != nil {
		s.safe -= len(lines)
		s.disk.Ack(lines...)
	}
}

// elsewhere is the number of lines without a verdict that are neither in the
// ring nor in a batch. Under mu.
func (s *store) elsewhere() uint64 {
	if s == nil {
		return 0
	}
	return uint64(s.moving + s.onDisk)
}

func (s *store) empty() bool { return s.elsewhere() == 0 }

// passed reports whether no line up to seq is on its way. Under mu.
func (s *store) passed(seq uint64) bool { return s == nil || s.moving == 0 || s.movingFrom > seq }

// hasten makes the mover move what is there at once. Under mu.
func (s *store) hasten() {
	if s != nil {
		s.haste = true
	}
}

// end forgets what is on disk: it is no longer ours to send. Under mu.
func (s *store) end() {
	if s != nil {
		s.onDisk, s.moving, s.safe = 0, 0, 0
	}
}

// kept is the number of lines without a verdict that are in the spool, but
// for those whose files are gone. Under mu.
func (q *queue) kept() uint64 {
	if q.store == nil {
		return 0
	}
	n := q.store.onDisk + q.store.safe
	for _, t := range q.targets {
		n += t.staged.lines
	}
	return uint64(max(0, n-q.store.disk.Exposed()))
}

// openStaged returns the road of lines that are in the spool too.
func (q *queue) openStaged() *road {
	if q.store == nil {
		return nil
	}
	to := q.ring.open()
	to.fixed = true
	return to
}

// direct reports whether workers may take what is not in the spool. Under mu.
func (q *queue) direct() bool { return q.store == nil || q.store.degraded }

// source is where workers take the lines of a target from. Under mu.
func (q *queue) source(t *target) *road {
	if q.store == nil || q.store.degraded && t.staged.lines == 0 && !t.trail.behind {
		return t.road
	}
	return t.staged
}

// enough is how many blocks are half of what there is for a road, or three
// quarters of what may be staged: short lines take whole blocks. Under mu.
func (q *queue) enough(from *road) int {
	if from.fixed {
		return q.stageable() * 3 / 4
	}
	return q.ring.limit / 2
}

// stageable is how many blocks staged lines may take. Under mu.
func (q *queue) stageable() int { return q.ring.limit / 2 }

// stages reports whether a target may have so many more blocks staged: no
// more than its share, but always one line. Under mu.
func (q *queue) stages(t *target, blocks int) bool {
	if t.staged.lines == 0 {
		return true
	}
	return q.ring.fixed+blocks <= q.stageable() && (t.staged.blocks+blocks)*len(q.targets) <= q.stageable()
}
