package elk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// lookupDocs is how many documents are looked up in one request.
const lookupDocs = 1000

// doubt notes that the server may have stored documents without our knowing,
// and where. Sent again to the same backing index they are refused as
// duplicates, but not after a rollover.
func (b *batch) doubt(docs []document) {
	for i := range docs {
		docs[i].unknown = true
	}
	if b.lostIn == "" {
		b.lostIn = b.target.writeIndex()
	}
}

// lookUp asks, before documents of unknown outcome are sent again, whether
// the backing index that answers had named holds them, and settles those it
// does. It reports false when there was no answer to that.
func (w *worker) lookUp(ctx context.Context, b *batch) bool {
	for b.lostIn != "" {
		if _, ok := w.gate.enter(ctx); !ok {
			return false
		}
		asked := b.doubtful()
		r := w.poster.lookUp(ctx, b.lostIn, asked, w.id)
		found, err := foundIDs(r)
		switch {
		case r.err == nil && r.status == http.StatusOK && err == nil:
			w.gate.answered()
			w.settleFound(b, asked, found)
		case r.err == nil && lookupRefused(r.status):
			w.gate.answered()
			w.giveUpLooking(b, r)
		default:
			if r.status == http.StatusUnauthorized {
				w.peer.doubt()
			}
			w.gate.failed(len(b.docs), retryAfter(r.header, time.Now()))
			return false
		}
	}
	return true
}

// lookupRefused reports whether asking again would be of no use: we may write
// but not read, or there is no such index any more.
func lookupRefused(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusUnauthorized && status != http.StatusTooManyRequests
}

func (w *worker) giveUpLooking(b *batch, r reply) {
	b.lostIn = ""
	b.target.hide()
	w.alarms.raise(alarmLookup, fmt.Sprintf("after a lost answer %s cannot be asked for its documents (%s): should it roll over meanwhile, they are stored twice",
		b.target.name, describe(r)))
}

// doubtful returns the first documents, up to and with lookupDocs of unknown
// outcome.
func (b *batch) doubtful() []document {
	n := 0
	for i := range b.docs {
		if b.docs[i].unknown {
			if n++; n == lookupDocs {
				return b.docs[:i+1]
			}
		}
	}
	return b.docs
}

// settleFound counts those asked for that were stored after all.
func (w *worker) settleFound(b *batch, asked []document, found map[string]bool) {
	var t tally
	var id []byte
	for i := range asked {
		d := &asked[i]
		id = appendID(id[:0], w.id, d.seq)
		if d.unknown && found[string(id)] {
			d.settled = true
			t.Duplicate++
			t.settled++
		}
		d.unknown = false
	}
	w.settle(t, b)
	if len(asked) == len(b.docs) {
		b.lostIn = ""
	}
	b.compact()
}

// lookUp asks one backing index for the documents of unknown outcome.
func (p *poster) lookUp(ctx context.Context, index string, docs []document, id string) reply {
	request := esapi.MgetRequest{Index: index, FilterPath: []string{"docs._id", "docs.found"}}
	return p.post(ctx, func(w io.Writer) error { return writeIDs(w, docs, id) },
		func(ctx context.Context, t esapi.Transport, header http.Header, body io.Reader) (*esapi.Response, error) {
			header.Set("Content-Type", "application/json")
			request.Header, request.Body = header, body
			return request.Do(ctx, t)
		})
}

func writeIDs(w io.Writer, docs []document, id string) error {
	list := []byte(`{"ids":[`)
	for i := range docs {
		if docs[i].unknown {
			list = append(appendID(append(list, '"'), id, docs[i].seq), `",`...)
		}
	}
	list[len(list)-1] = ']'
	_, err := w.Write(append(list, '}'))
	return err
}

// foundIDs reads {"docs":[{"_id":…,"found":true}]}.
func foundIDs(r reply) (map[string]bool, error) {
	var answer struct {
		Docs []struct {
			ID    string `json:"_id"`
			Found bool   `json:"found"`
		} `json:"docs"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		return nil, err
	}
	if answer.Docs == nil {
		return nil, fmt.Errorf("elk: no answer to a lookup")
	}
	found := map[string]bool{}
	for _, d := range answer.Docs {
		found[d.ID] = d.Found
	}
	return found, nil
}
