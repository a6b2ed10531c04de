package elk

import (
	"context"
	"sync"
	"time"
)

// sender finds a verdict for each line in the queue, with as many workers as
// requests may be in flight. A worker owns its batch, its buffers and its
// place in the round; what they share guards itself.
type sender struct {
	config  Config
	id      string
	queue   *queue
	alarms  *alarms
	peer    *peer
	gate    *gate
	letters *letterWriter
	workers []*worker
	done    chan struct{}
}

func newSender(c Config, id string, q *queue, a *alarms, client Client) *sender {
	s := &sender{
		config:  c,
		id:      id,
		queue:   q,
		alarms:  a,
		peer:    newPeer(c),
		gate:    newGate(c),
		letters: newLetters(c),
		done:    make(chan struct{}),
	}
	for range max(1, c.InFlight) {
		s.workers = append(s.workers, &worker{sender: s, poster: newPoster(c, client, s.peer), spare: &batch{}})
	}
	return s
}

// run sends until the queue is closed and empty, or ctx ends.
func (s *sender) run(ctx context.Context) {
	defer close(s.done)
	var all sync.WaitGroup
	for _, w := range s.workers {
		all.Go(func() { w.run(ctx) })
	}
	all.Wait()
}

// worker sends one request at a time.
type worker struct {
	*sender
	poster *poster
	spare  *batch   // empty, for its room
	acks   []uint64 // room for those of a tally
	work   []span   // of the batch, still to be sent in this round, next one last
}

// span is a range of documents of the batch.
type span struct{ from, to int }

func (w *worker) run(ctx context.Context) {
	for ctx.Err() == nil {
		b := w.await(ctx)
		// Another worker may have to wait in turn, or may go as well.
		w.queue.signal()
		if b == nil {
			return
		}
		if !b.suspect {
			w.fill(b)
			w.queue.announce(time.Now(), false)
		}
		w.queue.signal()
		w.serve(ctx, b)
	}
}

// await returns the next batch to serve, nil when there is no more to do.
func (w *worker) await(ctx context.Context) *batch {
	for {
		b, wait, over := w.queue.next(time.Now(), w.spare)
		switch {
		case over:
			return nil
		case b == w.spare:
			w.spare = &batch{}
			return b
		case b != nil:
			return b
		}
		if !sleep(ctx, wait, w.queue.wake) {
			return nil
		}
	}
}

// fill takes lines up to the size of a batch and sees to those that cannot be
// documents.
func (w *worker) fill(b *batch) {
	for more := true; more; {
		from := len(b.docs)
		more = w.queue.take(b)
		if w.splice(b, b.docs[from:]) {
			b.compactFrom(from)
		}
	}
}

// splice reports whether some of the documents have their verdict already.
func (w *worker) splice(b *batch, docs []document) (settled bool) {
	var t tally
	for i := range docs {
		reason := b.splice(&docs[i], w.id)
		switch {
		case reason == reasonNotObject && w.config.NotJSON == NotJSONWrap:
			b.wrap(&docs[i], w.id)
			t.Wrapped++
		case reason != "":
			w.buryLine(&t, b, &docs[i], reason)
		}
	}
	w.settle(t, b)
	return t.settled > 0
}

// serve tries the documents of a batch until each has its verdict, or those
// that have none must wait for a person.
func (w *worker) serve(ctx context.Context, b *batch) {
	progress := false
	for ctx.Err() == nil && len(b.docs) > 0 {
		if !w.lookUp(ctx, b) || len(b.docs) == 0 {
			continue
		}
		waiting := w.round(ctx, b)
		progress = progress || waiting.progress
		b.compact()
		if b.suspect && len(b.docs) > 0 {
			w.queue.suspectAgain(b, time.Now())
			w.queue.signal()
			return
		}
		if waiting.documents == 0 || len(b.docs) == 0 {
			continue
		}
		w.queue.park(b, waiting.progress, waiting.refused, time.Now())
		w.queue.signal()
		return
	}
	w.queue.finish(b, progress)
	w.queue.signal()
	if len(b.docs) == 0 && !b.suspect {
		w.spare = b
	}
}

// result is what came out of a round.
type result struct {
	progress  bool // a document has its verdict
	documents int  // that the server will not take now
	refused   bool // since it would take none like them
	overload  overload
}

// round tries every document of the batch once, or until a request has to be
// repeated.
func (w *worker) round(ctx context.Context, b *batch) (r result) {
	w.work = append(w.work[:0], span{0, len(b.docs)})
	defer func() { r.overload.restore(b) }()
	for len(w.work) > 0 {
		limit, ok := w.gate.enter(ctx)
		if !ok {
			return r
		}
		if b.locate() { // while it waited: look there first
			w.gate.passed()
			return r
		}
		next := w.next(b, limit)
		docs := b.docs[next.from:next.to]
		w.settle(tally{Stats: Stats{Requests: 1}}, b)
		out := w.poster.bulk(ctx, b, docs)
		w.recognise(out)
		switch {
		case out.fate == kept && w.suspect(ctx, b, out, docs):
			w.tellSuspect(b, out, &docs[0])
		case out.fate == kept:
			w.keep(ctx, b, out, docs)
			if out.reason != alarmBusy || !w.passOver(&r.overload, b, docs) {
				return r
			}
		case out.fate == again:
			w.gate.answered()
			w.work = append(w.work, next)
		case out.fate == refused && len(docs) > 1:
			w.gate.answered()
			middle := next.from + len(docs)/2
			w.work = append(w.work, span{middle, next.to}, span{next.from, middle})
		default:
			w.gate.answered()
			switch t := w.apply(&r, b, out, docs); {
			case t.allBusy(len(docs)):
				if !w.passOver(&r.overload, b, docs) {
					return r
				}
			case t.settled > 0:
				w.took(&r.overload, b)
			}
		}
	}
	return r
}

// next takes what the next request holds from the work.
func (w *worker) next(b *batch, limit int) span {
	if b.limit > 0 && (limit == 0 || b.limit < limit) {
		limit = b.limit
	}
	last := len(w.work) - 1
	s := w.work[last]
	if limit > 0 && s.to-s.from > limit {
		w.work[last].from += limit
		return span{s.from, s.from + limit}
	}
	w.work = w.work[:last]
	return s
}
