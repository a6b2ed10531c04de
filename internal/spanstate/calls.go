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

// rememberedCalls is how many of the newest calls of a span are known. One that comes again through another output comes
// at once, so only those of goroutines that log on the same span at the same moment are between.
const rememberedCalls = 8

// calls is a ring of the newest calls, each with the output that made an event, or a log record, of it. It holds no
// pointers: nothing of a call stays in memory for it, and the collector does not look inside.
type calls struct {
	ring [rememberedCalls]claim
	next int
}

type claim struct {
	at      int64 // Unix nanoseconds
	pc      uintptr
	message uint64 // hash
	output  uint64 // 0: the place is free
}

var seed = maphash.MakeSeed()

func claimOf(c *Call, output uint64) claim {
	return claim{c.Time.UnixNano(), c.PC, maphash.String(seed, c.Message), output}
}

func (c *claim) same(d *claim) bool {
	return c.at == d.at && c.pc == d.pc && c.message == d.message && c.output != 0
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

// Take is Claim and Admit under one lock: it takes a place for the event of a call, unless another output has told of the
// call before. An output of 0 is the only one there is, and claims nothing.
func (st *State) Take(s trace.Span, c *Call, output uint64, warning bool) (place Place, told bool) {
	st.mu.Lock()
	if output != 0 && !claimIn(&st.calls, c, output) {
		st.mu.Unlock()
		return Drop, true
	}
	place = st.budget.take(warning, 1)
	dropped := st.budget.dropped
	st.mu.Unlock()
	if place == Drop {
		tell(s, dropped)
	}
	return place, false
}

// claimIn claims a call; the state's lock is held.
func claimIn(in **calls, c *Call, output uint64) bool {
	if *in == nil {
		*in = new(calls)
	}
	return (*in).claim(c, output)
}

func (cs *calls) claim(c *Call, output uint64) bool {
	made := claimOf(c, output)
	for i := range cs.ring {
		if known := &cs.ring[i]; known.same(&made) {
			return known.output == output
		}
	}
	cs.ring[cs.next] = made
	cs.next = (cs.next + 1) % rememberedCalls
	return true
}
