package elk

import (
	"context"
	"time"
)

// failuresBeforeHalving is how many requests in a row may fail before smaller
// ones are tried: a request above the server's memory limit is refused for
// ever, and one that is too large may end in a broken connection instead of a
// 413. Each answer lets them grow again, so that after an outage the server is
// not met with everything at once.
const failuresBeforeHalving = 3

// sender takes lines from the queue and finds each a verdict.
//
// One goroutine runs it and owns everything here but the queue and the
// alarms. Requests leave one after the other, in order of arrival; what has
// no verdict stays in the batch and goes out again with what came later.
type sender struct {
	config Config
	id     string
	queue  *queue
	alarms *alarms
	poster *poster

	batch    batch
	work     []span // of the batch, still to be sent in this round, next one last
	backoff  backoff
	limit    int  // documents in a request, 0 for any number
	failures int  // requests in a row without an answer to their documents
	tried    bool // once since closing began
	done     chan struct{}
}

// span is a range of documents of the batch.
type span struct{ from, to int }

func newSender(c Config, id string, q *queue, a *alarms, client Client) *sender {
	return &sender{
		config:  c,
		id:      id,
		queue:   q,
		alarms:  a,
		poster:  newPoster(c, client),
		backoff: newBackoff(c.BackoffMin, c.BackoffMax),
		done:    make(chan struct{}),
	}
}

// run sends until the queue is closed and empty, or ctx ends.
func (s *sender) run(ctx context.Context) {
	defer close(s.done)
	for ctx.Err() == nil {
		if len(s.batch.docs) == 0 && !s.await(ctx) {
			return
		}
		s.fill()
		floor, progress := s.round(ctx)
		s.batch.compact()
		if progress {
			s.backoff.reset()
		}
		if len(s.batch.docs) > 0 {
			s.pause(ctx, s.backoff.next(floor))
		}
	}
}

// await returns true when a batch is due, false when there is no more to do.
func (s *sender) await(ctx context.Context) bool {
	for {
		due, wait, over := s.queue.due(time.Now())
		if due || over {
			return due
		}
		if !s.sleep(ctx, wait, s.queue.wake) {
			return false
		}
	}
}

// pause waits before a retry. Closing cuts it short once, so that there is a
// last try however long the wait would have been.
func (s *sender) pause(ctx context.Context, wait time.Duration) {
	closing := s.queue.closing
	if s.tried {
		closing = nil
	}
	s.sleep(ctx, wait, closing)
	select {
	case <-s.queue.closing:
		s.tried = true
	default:
	}
}

// sleep waits for the time, negative for ever, or for early; false when ctx
// ended.
func (s *sender) sleep(ctx context.Context, wait time.Duration, early <-chan struct{}) bool {
	var expired <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-early:
	case <-expired:
	}
	return true
}

// fill takes lines up to the size of a batch and buries those that cannot be
// documents.
func (s *sender) fill() {
	for {
		from := len(s.batch.docs)
		if !s.queue.take(&s.batch) {
			break
		}
		s.splice(s.batch.docs[from:])
	}
	s.batch.compact()
}

func (s *sender) splice(docs []document) {
	var t tally
	for i := range docs {
		if reason := s.batch.splice(&docs[i], s.id); reason != "" {
			s.buryLine(&t, &docs[i], reason)
		}
	}
	s.settle(t)
}

// round tries every document of the batch once, and reports how long the
// server wants to be left alone and whether any document got its verdict.
func (s *sender) round(ctx context.Context) (floor time.Duration, progress bool) {
	if n := len(s.batch.docs); n > 0 {
		s.work = append(s.work[:0], span{0, n})
	}
	for len(s.work) > 0 {
		next := s.next()
		docs := s.batch.docs[next.from:next.to]
		s.settle(tally{Stats: Stats{Requests: 1}})
		out := judge(s.poster.post(ctx, &s.batch, docs), len(docs))
		switch {
		case out.fate == kept:
			s.keep(ctx, out, docs)
			s.work = s.work[:0]
			return out.after, progress
		case out.fate == refused && len(docs) > 1:
			middle := next.from + len(docs)/2
			s.work = append(s.work, span{middle, next.to}, span{next.from, middle})
		default:
			progress = s.apply(out, docs) || progress
		}
	}
	return 0, progress
}

// next takes what the next request holds from the work.
func (s *sender) next() span {
	last := len(s.work) - 1
	w := s.work[last]
	if s.limit > 0 && w.to-w.from > s.limit {
		s.work[last].from += s.limit
		return span{w.from, w.from + s.limit}
	}
	s.work = s.work[:last]
	return w
}
