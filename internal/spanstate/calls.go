package spanstate

import "time"

// Call tells one log call from another. A logger that has no time or program counter of the call leaves them zero.
type Call struct {
	Time    time.Time
	PC      uintptr
	Message string
}

func (c Call) same(d Call) bool {
	return c.PC == d.PC && c.Time.Equal(d.Time) && c.Message == d.Message
}

// rememberedCalls is how many of the newest calls of a span are known. One that comes again through another output comes
// at once, so only those of goroutines that log on the same span at the same moment are between.
const rememberedCalls = 8

// calls is a ring of the newest calls, each with the output that made an event, or a log record, of it.
type calls struct {
	ring [rememberedCalls]claim
	next int
}

type claim struct {
	Call
	output uint64 // 0: the place is free
}

// Claim reports whether the output makes an event of this call: the call is new, or it was the same output that claimed
// it before (two equal calls of one output are two events). Outputs are numbered from 1.
func (st *State) Claim(c Call, output uint64) bool { return st.claim(&st.calls, c, output) }

// ClaimRecord is Claim for the log record of a call.
func (st *State) ClaimRecord(c Call, output uint64) bool { return st.claim(&st.records, c, output) }

func (st *State) claim(in **calls, c Call, output uint64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if *in == nil {
		*in = new(calls)
	}
	return (*in).claim(c, output)
}

func (cs *calls) claim(c Call, output uint64) bool {
	for i := range cs.ring {
		if known := &cs.ring[i]; known.output != 0 && known.same(c) {
			return known.output == output
		}
	}
	cs.ring[cs.next] = claim{c, output}
	cs.next = (cs.next + 1) % rememberedCalls
	return true
}
