package elk

import (
	"slices"
	"unicode/utf8"
)

// batch holds lines of one target that a worker has taken and that have no
// verdict yet, each as the two lines of a bulk request, in order of arrival.
// Only the worker that holds it touches it, or queue while it is parked.
type batch struct {
	target   *target
	raw      []byte // lines taken that splice has not seen
	buf      []byte
	docs     []document
	patterns patterns // of the lines before, whatever their target
	first    uint64   // lowest sequence without a verdict, 0 without any; under queue.mu

	limit    int    // documents in a request, 0 for any number
	failures int    // requests in a row without an answer to their documents
	suspect  bool   // its one document makes requests fail
	unsure   bool   // there are documents of unknown outcome
	taken    uint64 // gate.taken when a document alone first got a 429
	lostIn   string // backing index where they may be, "" while no answer has named one
}

// document is one line in a batch. From take to splice it lies in raw, between
// line and end. Then its bytes in buf are
//
//	start: action line, "{" and spliced fields
//	line:  the line as it was written, but for its first byte
//	end:   behind the newline
type document struct {
	lineInfo
	start, line, end int
	own              []byte // instead of buf: a body made anew
	spliced          bool
	settled          bool
	repaired         flaw    // what it was repaired for last
	alone            int32   // requests with nothing else that failed as a whole
	busy             int32   // requests with nothing else that got a 429
	unknown          bool    // a request without an answer may have stored it
	origin           *origin // nil: this shipper, with seq as it is
}

// take moves the oldest line of the target into the batch, for splice.
func (b *batch) take(info *lineInfo, r *ring, from *road) {
	b.docs = append(b.docs, document{})
	d := &b.docs[len(b.docs)-1]
	d.lineInfo, d.line = *info, len(b.raw)
	b.raw = r.pop(from, b.raw)
	d.end = len(b.raw)
}

// splice checks a line just taken and puts it into buf behind its prefix. It
// returns why the line cannot be a document, or "".
func (b *batch) splice(d *document, id string) (reason string) {
	line := b.raw[d.line:d.end]
	sh, reason := b.check(d, line)
	d.start = len(b.buf)
	if d.line = d.start; reason == "" {
		id, info := d.named(id)
		b.buf = appendPrefix(b.buf, id, info, sh, b.target.fields)
		// The prefix ends on the line's own brace: with nothing spliced its last
		// byte is that brace, else a comma or quote in its place.
		d.line, line = len(b.buf)-1, line[1:]
		d.spliced = true
	}
	b.buf = append(append(b.buf, line...), '\n')
	d.end = len(b.buf)
	return reason
}

// check looks at a line that is to be a document.
func (b *batch) check(d *document, line []byte) (sh shape, reason string) {
	if d.full > int(d.size) {
		return sh, reasonTooLong
	}
	if !utf8.Valid(line) {
		return sh, reasonInvalidUTF8
	}
	sh, ok := b.patterns.scan(line, b.target.fields)
	if !ok {
		return sh, reasonNotObject
	}
	return sh, ""
}

// original returns a copy of the line as it was written.
func (b *batch) original(d *document) []byte {
	line := append([]byte(nil), b.buf[d.line:d.end-1]...)
	if d.spliced {
		line[0] = '{'
	}
	return line
}

// body is what a request says about a document.
func (b *batch) body(d *document) []byte {
	if d.own != nil {
		return d.own
	}
	return b.buf[d.start:d.end]
}

// oldest is the sequence of the first document without a verdict, or 0.
func (b *batch) oldest() uint64 {
	for i := range b.docs {
		if !b.docs[i].settled {
			return b.docs[i].seq
		}
	}
	return 0
}

// compact forgets the settled documents and moves the others to the front.
func (b *batch) compact() { b.compactFrom(0) }

// compactFrom is compact for the documents from one on, when those before it
// have no verdict and are in their places.
func (b *batch) compactFrom(from int) {
	kept, size := from, 0
	if from > 0 {
		size = b.docs[from-1].end
	}
	for i := from; i < len(b.docs); i++ {
		d := &b.docs[i]
		if d.settled {
			continue
		}
		if shift := d.start - size; shift > 0 {
			copy(b.buf[size:], b.buf[d.start:d.end])
			d.start, d.line, d.end = size, d.line-shift, d.end-shift
		}
		size = d.end
		if kept != i {
			b.docs[kept] = *d
		}
		kept++
	}
	clear(b.docs[kept:])
	b.docs, b.buf = b.docs[:kept], b.buf[:size]
}

// together is how many of the documents, at least one, have their bodies side
// by side, as compact leaves them.
func (b *batch) together(docs []document) (n int) {
	for n < len(docs) && docs[n].own == nil && (n == 0 || docs[n].start == docs[n-1].end) {
		n++
	}
	return max(1, n)
}

// bodies is what a request says about documents that have their bodies side by
// side.
func (b *batch) bodies(docs []document) []byte {
	if len(docs) == 1 {
		return b.body(&docs[0])
	}
	return b.buf[docs[0].start:docs[len(docs)-1].end]
}

// whole is bodies of any documents, nil if they do not lie so.
func (b *batch) whole(docs []document) []byte {
	if b.together(docs) != len(docs) {
		return nil
	}
	return b.bodies(docs)
}

// trim gives back room that a few documents left over do not need.
func (b *batch) trim() {
	b.raw = nil
	if cap(b.buf) > 2*len(b.buf) {
		b.buf, b.docs = slices.Clone(b.buf), slices.Clone(b.docs)
	}
}

// reset makes an empty batch ready for a target.
func (b *batch) reset(t *target) {
	b.target, b.limit, b.failures, b.taken, b.unsure, b.lostIn = t, 0, 0, 0, false, ""
}
