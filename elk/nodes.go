package elk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// firstProbe and lastProbe bound the wait before a dead node is asked
	// again; it doubles in between.
	firstProbe = 5 * time.Second
	lastProbe  = 5 * time.Minute

	probeTimeout = 10 * time.Second
)

// nodes sends requests to the addresses in turn. One that fails, or whose
// answers are of no use, is left out until it has answered a question of ours,
// so that no document waits for what is known to be dead. When all are dead,
// documents try them in turn.
type nodes struct {
	ctx    context.Context // ends the probes
	cancel context.CancelFunc
	probes sync.WaitGroup

	// mu guards all below, and the nodes' fields. No I/O under it.
	mu     sync.Mutex
	closed bool
	list   []*node
	turn   int
}

type node struct {
	client   Client
	dead     bool
	probing  bool
	failures int
	due      time.Time // of the next probe
}

func newNodes(clients []Client) *nodes {
	n := &nodes{}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	for _, client := range clients {
		n.list = append(n.list, &node{client: client})
	}
	return n
}

// Perform sends the request to one node, once. With a visit, its owner judges
// an answer that looks well from outside.
func (n *nodes) Perform(req *http.Request) (*http.Response, error) {
	v := visitOf(req)
	chosen := n.pick(time.Now(), v != nil && v.aside)
	res, err := chosen.client.Perform(req)
	switch {
	case err != nil && errors.Is(req.Context().Err(), context.Canceled):
		// Closing says nothing about the node.
	case err != nil || unavailable(res):
		n.fail(chosen, time.Now())
	case v != nil:
		v.pool, v.node = n, chosen
	default:
		n.revive(chosen)
	}
	return res, err
}

// unavailable reports whether the answer is that of a proxy without a node,
// or of a node without a cluster.
func unavailable(res *http.Response) bool {
	return res != nil && (res.StatusCode == http.StatusBadGateway ||
		res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusGatewayTimeout)
}

// pick returns the next live node, the next of all if none is, and has those
// probed that are due. A request aside takes no turn.
func (n *nodes) pick(now time.Time, aside bool) *node {
	n.mu.Lock()
	defer n.mu.Unlock()
	alive := slices.ContainsFunc(n.list, func(c *node) bool { return !c.dead })
	for _, c := range n.list {
		if alive && c.dead && !c.probing && !n.closed && !now.Before(c.due) {
			c.probing = true
			n.probes.Go(func() { n.probe(c) })
		}
	}
	at := n.turn
	for alive && n.list[at].dead {
		at = n.after(at)
	}
	if !aside {
		n.turn = n.after(at)
	}
	return n.list[at]
}

func (n *nodes) after(at int) int { return (at + 1) % len(n.list) }

// probe asks a dead node whether it is there: any answer but "unavailable"
// will do, also one that asks for credentials. Then it gets one request more;
// only the answer to that makes its failures forgotten.
func (n *nodes) probe(c *node) {
	ok := answers(n.ctx, c.client)
	n.mu.Lock()
	c.probing = false
	c.dead = c.dead && !ok
	n.mu.Unlock()
	if !ok {
		n.fail(c, time.Now())
	}
}

func answers(ctx context.Context, client Client) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return false
	}
	res, err := client.Perform(req)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return !unavailable(res)
}

func (n *nodes) fail(c *node, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	wait := firstProbe << min(c.failures, 10)
	c.dead, c.due = true, now.Add(min(wait, lastProbe))
	c.failures++
	if n.list[n.turn] == c {
		n.turn = n.after(n.turn)
	}
}

func (n *nodes) revive(c *node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c.dead, c.failures = false, 0
}

// close ends the probes.
func (n *nodes) close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.cancel()
	n.probes.Wait()
}
