package elk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

const (
	// lookupDocs is how many documents are looked up in one request.
	lookupDocs = 1000

	// lookupTries is how many lookups may get no usable answer, each while
	// requests with documents would get through, before the documents are
	// sent again.
	lookupTries = 3
)

var errLookup = errors.New("elk: no answer to a lookup")

// doubt notes that the server may have stored documents without our knowing,
// and where. Sent again to the same backing index they are refused as
// duplicates, but not after a rollover.
func (b *batch) doubt(docs []document) {
	for i := range docs {
		docs[i].unknown = true
	}
	b.unsure = true
	b.locate()
}

// locate finds out where documents of unknown outcome may be: in the index
// that was known when they were lost, or else in the first that an answer
// named since. It reports whether that is news.
func (b *batch) locate() bool {
	if !b.unsure || b.lostIn != "" {
		return false
	}
	b.lostIn = b.target.writeIndex(time.Now())
	return b.lostIn != ""
}

// sure forgets where documents may be: it is known of all.
func (b *batch) sure() { b.unsure, b.lostIn = false, "" }

// lookUp asks, before documents of unknown outcome are sent again, whether
// the backing index that answers had named holds them, and settles those it
// does. While the server answers nothing at all the documents wait, because
// to send them would be of no use and could store them twice. Only where
// lookups alone get no answer it gives up, so that the documents are sent. It
// reports false when ctx ended.
func (w *worker) lookUp(ctx context.Context, b *batch) bool {
	b.locate()
	for tries := 0; b.lostIn != ""; {
		asked, some := b.doubtful()
		if !some {
			b.sure()
			break
		}
		if _, ok := w.gate.enter(ctx); !ok {
			return false
		}
		r := w.poster.lookUp(ctx, b.lostIn, asked, w.id)
		found, err := foundIDs(r)
		if err == nil {
			err = answersAll(found, asked, w.id)
		}
		switch {
		case err == nil:
			w.gate.passed()
			w.settleFound(b, asked, found)
		case mayNotLook(r):
			w.gate.passed()
			b.lostIn = ""
			b.target.hide(time.Now())
			w.tellLookup(b, r, err)
		default:
			w.lookAgain(len(b.docs), r)
			open, ok := w.knock(ctx, b, r)
			switch {
			case !ok:
				return false
			case !open:
				tries = 0
			default:
				tries++
			}
			if tries == lookupTries {
				w.tellLookup(b, r, err)
				return ctx.Err() == nil
			}
		}
	}
	return ctx.Err() == nil
}

func (w *worker) lookAgain(n int, r reply) {
	if r.status == http.StatusUnauthorized {
		w.peer.doubt(r.authorization)
	}
	w.gate.failed(n, retryAfter(r.header, time.Now()))
}

// passed lets the next request in after a lookup, whose answer says nothing of
// how requests with documents fare.
func (g *gate) passed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = false
	if g.failures > 0 {
		g.broadcast()
	}
}

// mayNotLook reports whether the server itself says that we may write but not
// read, and not a proxy for reasons of its own.
func mayNotLook(r reply) bool {
	return r.err == nil && r.status == http.StatusForbidden && requestCause(r.body).Type != ""
}

func (w *worker) tellLookup(b *batch, r reply, err error) {
	why := describe(r)
	if r.status == 0 || r.status == http.StatusOK {
		why = err.Error()
	}
	w.alarms.raise(alarmLookup, fmt.Sprintf("after a lost answer %s cannot be asked for its documents (%s): should it roll over meanwhile, they are stored twice",
		b.target.name, why))
}

// doubtful returns the first documents, up to and with lookupDocs of unknown
// outcome, and whether there is any.
func (b *batch) doubtful() (docs []document, some bool) {
	n := 0
	for i := range b.docs {
		if b.docs[i].unknown {
			if n++; n == lookupDocs {
				return b.docs[:i+1], true
			}
		}
	}
	return b.docs, n > 0
}

// answersAll reports whether an answer, unless nothing is there at all, is about
// every document that was asked for: one that a proxy has cut is not.
func answersAll(found map[string]bool, asked []document, id string) error {
	if found == nil {
		return nil
	}
	var name []byte
	for i := range asked {
		name = asked[i].appendID(name[:0], id)
		if _, ok := found[string(name)]; asked[i].unknown && !ok {
			return fmt.Errorf("%w: nothing is said of %s", errLookup, name)
		}
	}
	return nil
}

// settleFound counts those asked for that were stored after all.
func (w *worker) settleFound(b *batch, asked []document, found map[string]bool) {
	var t tally
	var id []byte
	for i := range asked {
		d := &asked[i]
		id = d.appendID(id[:0], w.id)
		if d.unknown && found[string(id)] {
			t.Duplicate++
			t.done(d)
		}
		d.unknown = false
	}
	w.settle(t, b)
	if len(asked) == len(b.docs) {
		b.sure()
	}
	b.compact()
}

// lookUp asks one backing index for the documents of unknown outcome.
func (p *poster) lookUp(ctx context.Context, index string, docs []document, id string) reply {
	request := esapi.MgetRequest{Index: index, FilterPath: []string{"docs._id", "docs.found", "docs.error.type"}}
	at := visit{aside: true}
	r := p.post(at.under(ctx), func(w io.Writer) error { return writeIDs(w, docs, id) },
		func(ctx context.Context, t esapi.Transport, header http.Header, body io.Reader) (*esapi.Response, error) {
			header.Set("Content-Type", "application/json")
			request.Header, request.Body = header, body
			return request.Do(ctx, t)
		})
	if r.status >= 500 || ctx.Err() == nil && r.err != nil || r.status == http.StatusOK && !json.Valid(r.body) {
		at.failed()
	}
	return r
}

func writeIDs(w io.Writer, docs []document, id string) error {
	list := []byte(`{"ids":[`)
	for i := range docs {
		if docs[i].unknown {
			list = append(docs[i].appendID(append(list, '"'), id), `",`...)
		}
	}
	list[len(list)-1] = ']'
	_, err := w.Write(append(list, '}'))
	return err
}

// foundIDs reads {"docs":[{"_id":…,"found":true}]}, and which of the ids it
// is about. An index that is gone holds nothing. A document of which the
// server could not tell is no answer: it may be there.
func foundIDs(r reply) (map[string]bool, error) {
	switch {
	case r.err != nil:
		return nil, r.err
	case r.status == http.StatusNotFound && requestCause(r.body).Type == indexNotFound:
		return nil, nil
	case r.status != http.StatusOK:
		return nil, errLookup
	}
	var answer struct {
		Docs []struct {
			ID    string `json:"_id"`
			Found *bool  `json:"found"`
			Error cause  `json:"error"`
		} `json:"docs"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		return nil, fmt.Errorf("%w: %w", errLookup, err)
	}
	if answer.Docs == nil {
		return nil, errLookup
	}
	found := map[string]bool{}
	for _, d := range answer.Docs {
		switch {
		case d.Found != nil:
			found[d.ID] = *d.Found
		case d.Error.Type == indexNotFound:
			found[d.ID] = false
		default:
			return nil, fmt.Errorf("%w: %s is neither there nor missing: %s", errLookup, d.ID, d.Error.Type)
		}
	}
	return found, nil
}
