package elk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// knock sends a bulk request without documents, and reports whether one with
// documents would get through: whether the answer is not that of a server
// that is down, busy, or does not know us. After a lookup that never left it
// does not ask. It is not ok when ctx ended.
func (w *worker) knock(ctx context.Context, b *batch, lookup reply) (open, ok bool) {
	if !lookup.sent {
		return false, ctx.Err() == nil
	}
	if _, ok := w.gate.enter(ctx); !ok {
		return false, false
	}
	r := w.poster.knock(ctx, b.target.name)
	if open = r.passes(); open {
		w.gate.passed()
		return true, true
	}
	w.lookAgain(len(b.docs), r)
	w.alarms.raise(alarmUnreachable, fmt.Sprintf("%d documents for %s, of which an answer was lost, wait: the server answers neither lookups nor bulk requests (%s)",
		len(b.docs), b.target.name, r.describe()))
	return false, true
}

// passes reports whether a reply shows that the server takes requests of its
// kind.
func (r reply) passes() bool {
	switch {
	case r.err != nil && strings.Contains(r.err.Error(), productCheck):
		return true
	case r.err != nil, r.status >= 500, r.status == http.StatusUnauthorized, r.status == http.StatusTooManyRequests:
		return false
	}
	return !mayNotLook(r)
}

// describe says what a reply was, also where none came.
func (r reply) describe() string {
	if r.err != nil {
		return r.err.Error()
	}
	return describe(r)
}

// knock sends a bulk request without documents, which a server refuses with
// 400 after whatever would have kept it from taking them.
func (p *poster) knock(ctx context.Context, stream string) reply {
	request := esapi.BulkRequest{Index: stream}
	at := visit{aside: true}
	r := p.post(at.under(ctx), func(w io.Writer) error { _, err := w.Write([]byte{'\n'}); return err },
		func(ctx context.Context, t esapi.Transport, header http.Header, body io.Reader) (*esapi.Response, error) {
			request.Header, request.Body = header, body
			return request.Do(ctx, t)
		})
	if r.status >= 500 || ctx.Err() == nil && r.err != nil {
		at.failed()
	}
	return r
}
