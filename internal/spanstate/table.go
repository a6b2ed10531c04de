package spanstate

import (
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

const (
	shards   = 64
	perShard = 64 // entries; 4,096 in all
)

func keyOf(sc trace.SpanContext) Key { return KeyOf(&sc) }

// State is what is known of one live span. Its methods are safe for concurrent use.
type State struct {
	key    Key
	parent atomic.Pointer[State] // the local parent, if it was known when the entry was made; see up
	gone   atomic.Bool           // the span has ended, or its place was needed
	server trace.Span            // see Server; never changed. Only states whose end is certain have one: it is kept alive

	left    atomic.Int64 // places of the first kind that are left, see budget; below zero: none
	dropped atomic.Int64 // events that were left out

	mu       sync.Mutex // guards what follows; never held while code of others runs
	marked   []error    // comparable errors recorded on this span or below it, newest last
	calls    *calls     // the newest log calls, to know one that comes again through another output; nil before the first
	records  *calls     // the same for log records
	statuses *calls     // the same for statuses of calls that became no event
	aborted  error      // see Abort
	budget   budget
}

// shard is one part of the table. mu is held for map operations only: no method of a span is called under it, because
// a span may be locked by a goroutine that is logging right now.
type shard struct {
	mu    sync.Mutex
	live  map[Key]*State
	order []Key // in order of insertion; may name entries that are gone
}

// table is the one registry of live spans in the process.
var table [shards]shard

func shardOf(k Key) *shard { return &table[k.Byte()%shards] }

// Enter notes that s was started below parent, so that an error recorded on s counts for parent too.
// A parent that is remote or not recording is nobody's concern here.
// Certain says that Leave will be called right before the span ends, whatever happens; on a provider that SeeEnds knows,
// every end is certain.
func Enter(parent, s trace.Span, certain bool) {
	if s == nil || !s.IsRecording() {
		return
	}
	var up *State
	if parent != nil && parent.IsRecording() {
		up = Of(parent)
	}
	b := budgetOf(s)
	b.certain = b.certain || certain
	st := newState(keyOf(s.SpanContext()), up, b)
	if b.certain {
		st.server = serverAbove(parent, up)
	}
	put(st)
}

// Leave forgets s, which is about to end, adds the events that were held back, and says on it how many were left out.
// Where a processor sees the end, it is Ended that forgets s: other goroutines may log on it until then.
func Leave(s trace.Span) {
	if !s.IsRecording() {
		return
	}
	k := keyOf(s.SpanContext())
	sh := shardOf(k)
	st := sh.get(k)
	if st == nil {
		return
	}
	if !st.endIsSeen() {
		sh.remove(k)
	}
	st.settle(s)
}

// Of returns the state of a recording span, made if there is none yet. A span that Enter never saw is linked to its
// parent where the span can name it (the SDK's can) and the parent is known.
func Of(s trace.Span) *State {
	k := keyOf(s.SpanContext())
	return OfKey(s, &k)
}

// OfKey is Of for a span whose key is known.
func OfKey(s trace.Span, key *Key) *State {
	if st := recentOf(key); st != nil {
		return st
	}
	k := *key
	st := shardOf(k).get(k)
	if st == nil {
		st = put(newState(k, parentOf(s), budgetOf(s)))
	}
	st.remember()
	return st
}

func newState(k Key, parent *State, b budget) *State {
	st := &State{key: k, budget: b}
	st.left.Store(int64(b.firsts()))
	if parent != nil {
		parent.up() // so that a chain of spans of which each begins before the last one ends does not grow for ever
		st.parent.Store(parent)
	}
	return st
}

// up returns the nearest ancestor that has not ended, and forgets those between.
func (st *State) up() *State {
	parent := st.parent.Load()
	for parent != nil && parent.gone.Load() {
		parent = parent.parent.Load()
		st.parent.Store(parent)
	}
	return parent
}

func parentOf(s trace.Span) *State {
	p, ok := s.(interface{ Parent() trace.SpanContext })
	if !ok {
		return nil
	}
	sc := p.Parent()
	if !sc.IsValid() || sc.IsRemote() {
		return nil
	}
	k := keyOf(sc)
	return shardOf(k).get(k)
}

func (sh *shard) get(k Key) *State {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.live[k]
}

func (sh *shard) remove(k Key) *State {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	st := sh.live[k]
	sh.drop(k)
	return st
}

// drop forgets the entry of k, if there is one. mu is held.
func (sh *shard) drop(k Key) {
	if st := sh.live[k]; st != nil {
		st.forget()
	}
	delete(sh.live, k)
}

// put adds st unless there is an entry of its span already, and returns the one that stays.
func put(st *State) *State {
	k := st.key
	sh := shardOf(k)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if old := sh.live[k]; old != nil {
		return old
	}
	if sh.live == nil {
		sh.live = make(map[Key]*State, perShard)
	}
	sh.makeRoom()
	sh.live[k] = st
	sh.order = append(sh.order, k)
	return st
}

// makeRoom drops names of entries that are gone, and the oldest entry if the shard is full.
func (sh *shard) makeRoom() {
	for len(sh.order) > 0 {
		oldest := sh.order[0]
		if _, ok := sh.live[oldest]; ok && len(sh.live) < perShard {
			break
		}
		sh.drop(oldest)
		sh.order = sh.order[1:]
	}
	if len(sh.order) >= 2*perShard {
		sh.compact()
	}
}

// compact keeps order short when one long-lived entry at its head hides many that are gone.
func (sh *shard) compact() {
	kept := sh.order[:0]
	for _, k := range sh.order {
		if _, ok := sh.live[k]; ok {
			kept = append(kept, k)
		}
	}
	sh.order = kept
}
