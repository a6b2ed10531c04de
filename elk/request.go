package elk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
	"github.com/klauspost/compress/gzip"
)

// indexPath makes an answer name the backing indices.
const indexPath = "items.*._index"

// maxIdleAnswer is the room that a worker keeps for the next answer.
const maxIdleAnswer = 1 << 20

// poster makes bulk requests out of documents, one at a time, reusing its
// buffers. Each worker has one.
type poster struct {
	config Config
	client Client
	peer   *peer

	body   *bytes.Buffer
	lent   []byte       // plain bodies as they lie in the batch, instead of body; nil for none
	gzip   *gzip.Writer // nil: plain bodies
	answer bytes.Buffer
	items  int // that a good answer to the request has, 0 for an answer without
}

// newPoster compresses only for the package's own client: another may do so
// itself.
func newPoster(c Config, client Client, p *peer) *poster {
	out := &poster{config: c, client: client, peer: p, body: new(bytes.Buffer)}
	if c.Client == nil {
		out.gzip, _ = gzip.NewWriterLevel(out.body, gzip.BestSpeed)
	}
	return out
}

// bulk sends the documents once and says what the reply means.
func (p *poster) bulk(ctx context.Context, b *batch, docs []document) outcome {
	yes, no := true, false
	request := esapi.BulkRequest{
		Index:      b.target.name,
		FilterPath: []string{"errors", "took", "items.*.status", "items.*.error", "items.*.failure_store"},
	}
	sent := make([]string, 0, 2)
	if p.peer.takes(paramDataStream) {
		request.RequireDataStream, sent = &yes, append(sent, paramDataStream)
	}
	if p.peer.takes(paramNoSource) {
		request.IncludeSourceOnError, sent = &no, append(sent, paramNoSource)
	}
	if b.target.wantsIndex(time.Now()) {
		request.FilterPath = append(request.FilterPath, indexPath)
	}
	var at visit
	p.items = len(docs)
	if p.gzip == nil {
		p.lent = b.whole(docs)
	}
	r := p.post(at.under(ctx), func(w io.Writer) error { return writeBodies(w, b, docs) },
		func(ctx context.Context, t esapi.Transport, header http.Header, body io.Reader) (*esapi.Response, error) {
			request.Header, request.Body = header, body
			return request.Do(ctx, t)
		})
	if r.reading && p.lent != nil {
		b.buf = slices.Clone(b.buf)
	}
	p.items, p.lent = 0, nil
	out := judge(r, len(docs))
	out.blameless, out.authorization = blameless(r), r.authorization
	out.news = p.peer.identify(r)
	dropped, about := p.peer.drop(out.complaint, sent)
	if about {
		out.fate = again
	}
	if len(dropped) > 0 {
		out.news = append(out.news, news{alarmParameters, "the server does not know " + strings.Join(dropped, ", ") + ": left out from now on"})
	}
	at.judge(r, out)
	p.shrink()
	return out
}

// shrink gives back the room of an answer, or of a request with a very long
// line, that was far larger than usual. It ends the reply.
func (p *poster) shrink() {
	if p.answer.Cap() > maxIdleAnswer {
		p.answer = bytes.Buffer{}
	}
	if p.body.Cap() > 2*p.config.BatchBytes+maxIdleAnswer {
		p.body = new(bytes.Buffer)
	}
}

func writeBodies(w io.Writer, b *batch, docs []document) error {
	for len(docs) > 0 {
		n := b.together(docs)
		if _, err := w.Write(b.bodies(docs[:n])); err != nil {
			return err
		}
		docs = docs[n:]
	}
	return nil
}

// do is one call of esapi.
type do func(ctx context.Context, t esapi.Transport, header http.Header, body io.Reader) (*esapi.Response, error)

// post makes one request. The reply's body is valid until the next post.
func (p *poster) post(ctx context.Context, write func(io.Writer) error, call do) reply {
	ctx, cancel := context.WithTimeout(ctx, p.config.RequestTimeout)
	defer cancel()
	authorization, err := p.peer.authorize(ctx)
	if err != nil {
		return reply{err: err, denied: true}
	}
	header := p.header(authorization)
	text, err := p.compose(write)
	if err != nil {
		return reply{err: err}
	}
	body := &requestBody{Reader: bytes.NewReader(text)}
	r := p.perform(ctx, header, body, call)
	r.authorization = authorization
	if r.reading = !body.closed.Load(); r.reading {
		p.body = new(bytes.Buffer)
	}
	return r
}

// perform keeps a panic of a client from the worker.
func (p *poster) perform(ctx context.Context, header http.Header, body *requestBody, call do) (answer reply) {
	defer func() {
		if r := recover(); r != nil {
			answer = reply{err: fmt.Errorf("elk: the client panicked: %v", r), sent: true}
		}
	}()
	res, err := call(ctx, courier{client: p.client, length: body.Size()}, header, body)
	if err != nil {
		return reply{err: err, sent: !neverSent(err)}
	}
	defer func() { _ = res.Body.Close() }()
	answer = p.read(res.StatusCode, res.Header, res.Body)
	answer.status, answer.header, answer.sent = res.StatusCode, res.Header, true
	return answer
}

// read reads the body of an answer. That to a bulk request is read item by
// item, unless it is as short as a good one.
func (p *poster) read(status int, header http.Header, body io.Reader) reply {
	from, err := openAnswer(header, body)
	if err != nil {
		return reply{err: err}
	}
	if status != http.StatusOK || p.items == 0 {
		err := readWhole(&p.answer, from)
		return reply{body: p.answer.Bytes(), err: err}
	}
	p.answer.Reset()
	usual := int64(usualAnswer(p.items))
	if n, err := p.answer.ReadFrom(io.LimitReader(from, usual+1)); err != nil || n <= usual {
		return reply{body: p.answer.Bytes(), err: err}
	}
	list := &itemList{}
	list.items, list.count, list.err = readItems(&cutReader{from: io.MultiReader(&p.answer, from)}, p.items)
	return reply{list: list, err: from.err}
}

// neverSent reports whether an error came before any byte of the request
// left: no connection, so nothing can have been stored.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func (p *poster) header(authorization string) http.Header {
	header := http.Header{"Content-Type": {"application/x-ndjson"}}
	if p.gzip != nil {
		header.Set("Content-Encoding", "gzip")
	}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return header
}

// compose returns the body of a request.
func (p *poster) compose(write func(io.Writer) error) ([]byte, error) {
	p.body.Reset()
	switch {
	case p.lent != nil:
		return p.lent, nil
	case p.gzip == nil:
		err := write(p.body)
		return p.body.Bytes(), err
	}
	p.gzip.Reset(p.body)
	if err := errors.Join(write(p.gzip), p.gzip.Close()); err != nil {
		return nil, fmt.Errorf("elk: gzip: %w", err)
	}
	return p.body.Bytes(), nil
}
