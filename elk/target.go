package elk

import (
	"strings"
	"sync"
	"time"
)

const (
	// indexEvery is how often an answer is asked to name the backing index.
	indexEvery = time.Minute

	// lookAgain is when credentials that may not read are tried again, since
	// they may have been given more meanwhile.
	lookAgain = 5 * time.Minute
)

// target is one data stream: what waits for it, and what is known of it.
type target struct {
	name   string // logs-<dataset>-<namespace>
	fields *fields

	// Under queue.mu.
	road    *road    // its lines in the ring
	staged  *road    // those that are in the spool too, or nil without one
	trail   trail    // those that are in the spool only
	parked  []*batch // with documents that the server would not take
	busy    int      // batches with workers
	filling bool     // one of them takes lines from the ring
	until   time.Time
	backoff backoff

	mu      sync.Mutex
	index   string    // backing index that an answer named last
	asked   time.Time // when it did
	private time.Time // until then we do not look into it, since we may not
}

func targetName(dataset, namespace string) string { return "logs-" + dataset + "-" + namespace }

// splitTarget undoes targetName.
func splitTarget(name string) (dataset, namespace string, ok bool) {
	rest, ok := strings.CutPrefix(name, "logs-")
	if !ok {
		return "", "", false
	}
	dataset, namespace, ok = strings.Cut(rest, "-")
	ok = ok && dataset != "" && namespace != "" && checkName("dataset", dataset) == nil && checkName("namespace", namespace) == nil
	return dataset, namespace, ok
}

// wantsIndex reports whether the next answer should name the backing index.
func (t *target) wantsIndex(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.index == "" || now.Sub(t.asked) >= indexEvery
}

func (t *target) learn(index string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.index, t.asked = index, now
}

// writeIndex is the backing index known last, "" without one that we may look
// into.
func (t *target) writeIndex(now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.private) {
		return ""
	}
	return t.index
}

// hide ends the looking for a while.
func (t *target) hide(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.private = now.Add(lookAgain)
}
