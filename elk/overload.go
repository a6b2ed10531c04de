package elk

// overload is what a round has met of 429s for everything in a request.
// Mostly the server is busy, and the round ends. But a request, or one
// document, above a limit on memory gets that for ever: once requests are
// halved, a round passes over the first such, and looks how others fare.
type overload struct {
	seen    bool
	limit   int         // the batch's for the next round, 0 to leave it
	accused []*document // each was alone, as several times before
}

// passOver notes a 429 for everything, and reports whether the round goes on.
func (w *worker) passOver(o *overload, b *batch, docs []document) bool {
	if len(docs) == 1 {
		docs[0].busy++
	}
	if o.seen {
		return false
	}
	o.seen, o.limit = true, b.limit
	for d := &docs[0]; d != nil && d.busy >= failuresAlone; d = w.skip(b) {
		o.accused = append(o.accused, d)
	}
	return b.limit > 0
}

// skip takes the next document from the work if it got a 429 alone as often
// before: whether the server takes it is not worth a request.
func (w *worker) skip(b *batch) *document {
	if len(w.work) == 0 || b.docs[w.work[len(w.work)-1].from].busy < failuresAlone {
		return nil
	}
	return &b.docs[w.next(b, 1).from]
}

// restore begins the next round with what was passed over, no matter how well
// larger requests have fared since.
func (o *overload) restore(b *batch) {
	if o.limit > 0 {
		b.limit = o.limit
	}
}

// overloads reports whether one more 429 to a request with one document is the
// document's fault: whether others were taken between several.
func (w *worker) overloads(b *batch, d *document) bool {
	taken := w.gate.taken.Load()
	if d.busy == 0 {
		b.taken = taken
	}
	return b.suspect || d.busy+1 >= failuresAlone && taken != b.taken
}

// took notes that the server takes documents. Those that were passed over then
// wait apart, so that the others of their stream flow.
func (w *worker) took(o *overload, b *batch) {
	w.gate.taken.Add(1)
	for ; len(o.accused) > 0; o.accused = o.accused[1:] {
		d := o.accused[0]
		if !w.queue.isolate(b, b.apart(d), d) {
			return
		}
		w.alarms.raise(alarmItems, b.waitsApart(d, "status 429: it may be above a limit of the server"))
		o.limit = 0
	}
}
