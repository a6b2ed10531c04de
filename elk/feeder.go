package elk

import (
	"context"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

const (
	// feedAgain is when a read that failed is tried again, and feedTries how
	// often before the rest of that file is given up, if that was the reason.
	feedAgain = time.Second
	feedTries = 30
)

// feeder stages lines that are in the spool only. It reads the spool in
// order; a target that takes no more is left behind, and gets another pass.
type feeder struct {
	queue  *queue
	alarms *alarms
	done   chan struct{}
	again  time.Duration

	cursor  *spool.Cursor // nil: there is no pass
	record  spool.Record
	held    bool // the record has no room yet
	tries   int
	targets map[string]*target
}

func newFeeder(q *queue, a *alarms) *feeder {
	return &feeder{queue: q, alarms: a, again: feedAgain, done: make(chan struct{}), targets: map[string]*target{}}
}

// run stages lines until ctx ends.
func (f *feeder) run(ctx context.Context) {
	defer close(f.done)
	defer f.close()
	for {
		wait := f.step()
		if wait != 0 && !sleep(ctx, wait, f.queue.store.feeder) || ctx.Err() != nil {
			return
		}
	}
}

func (f *feeder) close() {
	if f.cursor != nil {
		f.cursor.Close()
	}
	f.cursor, f.held = nil, false
}

// step stages a line, or says how long to wait, negative until a signal.
func (f *feeder) step() time.Duration {
	if f.cursor == nil {
		start, ok := f.queue.plan()
		f.queue.signal() // who waited for more of a target need not
		if !ok {
			return -1
		}
		f.cursor = f.queue.store.disk.Cursor(start)
	}
	if !f.held {
		ok, err := f.cursor.Next(&f.record)
		switch {
		case err != nil:
			return f.failed(err)
		case !ok:
			return f.rest()
		}
		f.tries = 0
	}
	return f.stage()
}

// stage finds room for the record.
func (f *feeder) stage() time.Duration {
	staged, others := f.queue.stage(&f.record, f.target(f.record.Target))
	if f.held = !staged && !others; f.held {
		if f.queue.ahead(f.record.Order) {
			f.close()
			return 0
		}
		return -1
	}
	return 0
}

// rest ends the pass at the end of what there is, or waits for more of it.
func (f *feeder) rest() time.Duration {
	over, others := f.queue.arrive(f.cursor.Passed())
	if over {
		f.close()
	}
	f.queue.signal()
	if over && others {
		return 0
	}
	return -1
}

// failed tries again later, and gives up in the end.
func (f *feeder) failed(err error) time.Duration {
	f.queue.starve()
	if !spool.Passing(err) {
		f.tries++
	}
	if f.tries < feedTries {
		f.alarms.raise(alarmSpoolFailed, "lines cannot be read back yet: "+err.Error())
		return f.again
	}
	f.tries = 0
	f.cursor.Skip()
	f.alarms.raise(alarmSpoolDamaged, "lines cannot be read back and are given up: "+err.Error())
	return 0
}

// target returns the target of a name, the shipper's own for one that it
// cannot have.
func (f *feeder) target(name []byte) *target {
	t := f.targets[string(name)]
	if t == nil {
		t = f.queue.adopt(string(name))
		f.targets[string(name)] = t
	}
	return t
}

// adopt returns the target of a name found in the spool.
func (q *queue) adopt(name string) *target {
	if dataset, namespace, ok := splitTarget(name); ok {
		if t, ok := q.open(dataset, namespace, maxDatasets); ok {
			return t
		}
	}
	return q.targets[0]
}

// plan begins a pass with the first line that can be staged.
func (q *queue) plan() (start uint64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.targets {
		if t.trail.behind && q.feeds(t) && (!ok || t.trail.next < start) {
			start, ok = t.trail.next, true
		}
	}
	for _, t := range q.targets {
		t.trail.onTrack = t.trail.behind && ok && t.trail.next >= start
		t.trail.feeding = false
	}
	return start, ok
}

// feeds reports whether it makes sense to stage lines of a target now. Under
// mu.
func (q *queue) feeds(t *target) bool { return q.stages(t, 1) && q.ring.room() > q.leaves(t) }

// leaves is how much of the room a target leaves to others that have lines on
// disk: what the server does not take may fill the rest of the ring for long.
// New lines leave more. Under mu.
func (q *queue) leaves(t *target) int {
	switch {
	case t.backoff.failures > 0 && (t.busy > 0 || len(t.parked) > 0):
		return q.ring.spare
	case t.staged.lines > 0:
		return q.ring.spare / 2
	}
	return 0
}

// ahead reports whether a target that takes lines has some before the one
// that finds no room: another pass is better than to wait.
func (q *queue) ahead(of uint64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.targets {
		if t.trail.behind && !t.trail.onTrack && t.trail.next < of && q.feeds(t) {
			return true
		}
	}
	return false
}

// stage puts a line of the spool where workers take it, or passes it over. If
// there is no room it reports false, and whether to go on without its target,
// since others can be served.
func (q *queue) stage(r *spool.Record, t *target) (staged, others bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	tr := &t.trail
	if q.settled || !tr.behind || !tr.onTrack || r.Order < tr.next {
		return false, true
	}
	line := r.Line[:min(len(r.Line), q.longest())]
	need := blocksFor(len(line))
	if !q.stages(t, need) || need > q.ring.room()-q.leaves(t) {
		tr.feeding = false
		if others = q.othersOnTrack(t); others {
			tr.onTrack, tr.next = false, r.Order
		}
		q.signal()
		return false, others
	}
	if !q.store.disk.Take(r.Order) {
		return false, true
	}
	q.store.onDisk--
	q.ring.keep(t.staged, laneOf(r.Level), lineInfo{seq: r.Order, at: r.Time, full: r.Full, spooled: true}, line)
	tr.feeding, tr.next = true, r.Order+1
	if q.full(t) {
		q.signal()
	}
	return true, true
}

// longest is what is kept of a line of the spool: what is always free for those
// in the end. A process with more memory may have taken a longer one. Under mu.
func (q *queue) longest() int { return q.ring.reserve * blockBytes }

// othersOnTrack reports whether the pass is of use to another target. Under
// mu.
func (q *queue) othersOnTrack(than *target) bool {
	for _, t := range q.targets {
		if t != than && t.trail.behind && t.trail.onTrack && q.feeds(t) {
			return true
		}
	}
	return false
}

// arrive notes that the pass has come to the end of what is in the spool. It
// is over if that includes every line that was left there, and then others
// tells whether a target waits for the next one.
func (q *queue) arrive(passed uint64) (over, others bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	over = passed >= q.store.lastLeft
	for _, t := range q.targets {
		if t.trail.feeding = false; !t.trail.onTrack {
			continue
		}
		if over {
			t.trail = trail{}
		} else {
			t.trail.next = max(t.trail.next, passed+1)
		}
	}
	q.release()
	for _, t := range q.targets {
		others = others || t.trail.behind && q.feeds(t)
	}
	return over, others
}

// starve notes that nothing is staged for now.
func (q *queue) starve() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.targets {
		t.trail.feeding = false
	}
	q.signal()
}
