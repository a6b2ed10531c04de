package spanstate

import (
	"hash/maphash"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Call tells one log call from another. A logger that has no time or program counter of the call leaves them zero.
type Call struct {
	Time    time.Time
	PC      uintptr
	Message string
}

// A span knows its newest calls: eight at first, and more when one would have to go that is fresh. A call comes again
// through another output when the first one has written its line, so those of all goroutines that wait for a writer at
// that moment are between.
const (
	fewCalls  = 8    // powers of two
	mostCalls = 1024 // 36 KB of a span that many log on at once
	fresh     = int64(time.Second)
	maxTries  = 3
)

// calls is a ring of the newest calls, each with the output that made an event, a log record or a status of it. Nothing
// of a call stays in memory for it. Calls are numbered from 1; those of one hash are a chain from the newest to the
// oldest, which ends at a number that has left the ring.
type calls struct {
	ring      []claim
	newest    []uint32 // by hash
	last      uint32   // number of the newest
	shared    bool     // a call has come through a second output
	tries     int      // how often a large ring has turned out to be of no use
	few       [fewCalls]claim
	newestFew [fewCalls]uint32
}

type claim struct {
	at      int64 // Unix nanoseconds
	pc      uintptr
	message uint64 // hash
	output  uint32 // 0: the place is free
	older   uint32 // the next in the chain
}

var seed = maphash.MakeSeed()

func claimOf(c *Call, output uint64) claim {
	return claim{c.Time.UnixNano(), c.PC, maphash.String(seed, c.Message), uint32(output), 0}
}

func (c *claim) same(d *claim) bool {
	return c.at == d.at && c.pc == d.pc && c.message == d.message
}

// Claim reports whether the output makes an event of this call: the call is new, or it was the same output that claimed
// it before (two equal calls of one output are two events). Outputs are numbered from 1.
func (st *State) Claim(c *Call, output uint64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return claimIn(&st.calls, c, output)
}

// ClaimRecord is Claim for the log record of a call.
func (st *State) ClaimRecord(c *Call, output uint64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return claimIn(&st.records, c, output)
}

// ClaimStatus is Claim for the status that a call gives the span, by an output that makes no event of it. Told says that
// another output has made one: the status is its concern then.
func (st *State) ClaimStatus(c *Call, output uint64) (mine, told bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if told = st.calls.knows(c, output); told {
		return false, true
	}
	return claimIn(&st.statuses, c, output), false
}

// Told reports whether another output has made an event of the call. It claims nothing.
func (st *State) Told(c *Call, output uint64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.calls.knows(c, output)
}

// Take claims a call and takes a place for its event, if there is one, unless another output has told of the call before.
// An output of 0 is the only one there is, and claims nothing: then the usual call needs no lock, which saves 10 ns. A
// warning is an event at Warn or above.
func (st *State) Take(s trace.Span, c *Call, output uint64, warning bool) (place Place, told bool) {
	if output == 0 {
		switch {
		case st.takeFirst():
			return Add, false
		case !warning && !st.budget.holds():
			return st.drop(s), false
		}
	}
	if place, told = st.place(c, output, warning); place == Drop && !told {
		st.drop(s)
	}
	return place, told
}

// place is Take with the lock. It does not count what finds no place.
func (st *State) place(c *Call, output uint64, warning bool) (place Place, told bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if output != 0 && !claimIn(&st.calls, c, output) {
		return Drop, true
	}
	if st.takeFirst() {
		return Add, false
	}
	if place = st.budget.take(warning); place == Add {
		st.budget.logged++
	}
	return place, false
}

// claimIn claims a call; the state's lock is held.
func claimIn(in **calls, c *Call, output uint64) bool {
	if *in == nil {
		made := new(calls)
		made.ring, made.newest = made.few[:], made.newestFew[:]
		*in = made
	}
	return (*in).claim(claimOf(c, output))
}

// knows reports whether another output has claimed the call; the state's lock is held.
func (cs *calls) knows(c *Call, output uint64) bool {
	if cs == nil {
		return false
	}
	made := claimOf(c, output)
	known := cs.find(&made)
	return known != nil && !cs.owns(known, &made)
}

// owns reports whether the call that is known was claimed by the output that made this claim.
func (cs *calls) owns(known, made *claim) bool {
	cs.shared = cs.shared || known.output != made.output
	return known.output == made.output
}

func (cs *calls) claim(made claim) bool {
	if known := cs.find(&made); known != nil {
		return cs.owns(known, &made)
	}
	if oldest := cs.at(cs.last + 1); oldest.output != 0 && made.at-oldest.at < fresh && cs.needsRoom(&made) {
		cs.resize(2 * len(cs.ring))
	}
	cs.add(made)
	return true
}

// needsRoom reports whether the ring is to grow. Where a thousand calls have come and none through a second output, it
// is made small again, and stays so until another output logs on the span: a small ring is 100 ns a call faster. After
// some tries that calls are shared decides alone.
func (cs *calls) needsRoom(made *claim) bool {
	switch {
	case len(cs.ring) < mostCalls:
		return cs.shared || cs.tries == 0 || cs.tries < maxTries && cs.at(cs.last).output != made.output || len(cs.ring) > fewCalls
	case !cs.shared:
		cs.tries++
		cs.resize(fewCalls)
	}
	return false
}

// at is the place of a call's number.
func (cs *calls) at(number uint32) *claim { return &cs.ring[number&uint32(len(cs.ring)-1)] }

// chain is where the numbers of calls with this hash begin.
func (cs *calls) chain(c *claim) *uint32 {
	mixed := (c.message ^ uint64(c.at)) * 0x9e3779b97f4a7c15 // 2^64 by the golden ratio: the upper bits are well mixed
	return &cs.newest[mixed>>32&uint64(len(cs.newest)-1)]
}

func (cs *calls) find(made *claim) *claim {
	for number := *cs.chain(made); number != 0 && cs.last-number < uint32(len(cs.ring)); {
		known := cs.at(number)
		if known.same(made) {
			return known
		}
		number = known.older
	}
	return nil
}

func (cs *calls) add(c claim) {
	cs.last++
	newest := cs.chain(&c)
	c.older, *newest = *newest, cs.last
	*cs.at(cs.last) = c
}

// resize moves the newest calls of a full ring into one of that size.
func (cs *calls) resize(size int) {
	old := *cs
	cs.ring, cs.newest, cs.last = make([]claim, size), make([]uint32, size), 0
	for n := min(size, len(old.ring)); n > 0; n-- {
		cs.add(*old.at(old.last + 1 - uint32(n))) // from the oldest
	}
}
