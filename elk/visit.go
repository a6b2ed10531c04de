package elk

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// visit is one request's stay at one of the nodes. Perform sees no more than
// the head of an answer; whether the node did its work shows in what follows,
// so whoever reads that says so.
type visit struct {
	// aside marks a question beside the requests with documents: it takes
	// nobody's turn, and its answer says nothing of how those would fare.
	aside bool

	pool *nodes
	node *node
}

type visitKey struct{}

// under returns a context for the request of the visit.
func (v *visit) under(ctx context.Context) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

func visitOf(req *http.Request) *visit {
	v, _ := req.Context().Value(visitKey{}).(*visit)
	return v
}

// worked notes that the node answered as it should.
func (v *visit) worked() {
	if v.node != nil && !v.aside {
		v.pool.revive(v.node)
	}
}

// failed notes that the node's answer was of no use: the next request goes
// elsewhere, if there is a place.
func (v *visit) failed() {
	if v.node != nil {
		v.pool.fail(v.node, time.Now())
	}
}

// judge notes what the answer to a bulk request says of the node. A server
// that is busy, or does not know us, works.
func (v *visit) judge(r reply, out outcome) {
	switch {
	case r.err != nil && errors.Is(r.err, context.Canceled):
		// Closing says nothing about the node.
	case out.fate != kept, out.reason == alarmBusy, out.reason == alarmUnauthorized:
		v.worked()
	default:
		v.failed()
	}
}
