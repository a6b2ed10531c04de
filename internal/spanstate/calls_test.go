package spanstate

import (
	"testing"
	"time"
)

// Calls that differ in their time, place or message are different calls; the same call is known through another output.
func TestClaim(t *testing.T) {
	_, _, s := newSpan(t)
	st := Of(s)
	at := time.Unix(1, 0)
	call := Call{Time: at, PC: 1, Message: "m"}
	for range 2 {
		if !st.Claim(&call, 1) {
			t.Error("a call is not its own output's")
		}
	}
	if st.Claim(&call, 2) {
		t.Error("a call is new to another output")
	}
	for name, other := range map[string]Call{
		"time":    {Time: at.Add(1), PC: 1, Message: "m"},
		"place":   {Time: at, PC: 2, Message: "m"},
		"message": {Time: at, PC: 1, Message: "n"},
	} {
		if !st.Claim(&other, 2) {
			t.Errorf("a call of another %s is a repeat", name)
		}
	}
	if !st.ClaimRecord(&call, 2) {
		t.Error("a claimed event is a claimed record")
	}
}
