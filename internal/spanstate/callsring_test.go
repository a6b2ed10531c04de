package spanstate

import (
	"strconv"
	"testing"
	"time"
)

// A span knows as many calls as are under way, and forgets those that are older than a second.
func TestCallsUnderWay(t *testing.T) {
	for _, row := range []struct {
		name  string
		n     int
		apart time.Duration
		most  int // places in the end
		known bool
	}{
		{"few", fewCalls, time.Microsecond, fewCalls, true},
		{"many", mostCalls, time.Microsecond, mostCalls, true},
		{"many of one moment", mostCalls, 0, mostCalls, true},
		{"one after the other", 500, time.Second, fewCalls, false},
		{"a hundred thousand", 100_000, time.Microsecond, mostCalls, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			st := &State{}
			call := func(i int) *Call {
				return &Call{Time: time.Unix(1, 0).Add(time.Duration(i) * row.apart), PC: 7, Message: strconv.Itoa(i)}
			}
			for i := range row.n {
				if !st.Claim(call(i), 1) {
					t.Fatalf("call %d is not new", i)
				}
			}
			if got := len(st.calls.ring); got > row.most {
				t.Errorf("got %d places, want at most %d", got, row.most)
			}
			if st.Claim(call(0), 2) == row.known {
				t.Errorf("the first call: known is %v, want %v", !row.known, row.known)
			}
			for i := range row.n {
				if row.known && (!st.Told(call(i), 2) || st.Told(call(i), 1)) {
					t.Fatalf("call %d is forgotten", i)
				}
			}
		})
	}
}

// Where no call comes through a second output the ring stays small; one that does makes it large again.
func TestCallsOfOneOutput(t *testing.T) {
	st := &State{}
	next := 0
	call := func() *Call {
		next++
		return &Call{Time: time.Unix(1, int64(next)), Message: "m"}
	}
	for range 10 * mostCalls {
		st.Claim(call(), 1)
	}
	if got := len(st.calls.ring); got != fewCalls {
		t.Errorf("got %d places for one output, want %d", got, fewCalls)
	}
	for range 10 * mostCalls { // loggers that have nothing to do with each other
		st.Claim(call(), uint64(1+next%2))
	}
	if got := len(st.calls.ring); got != fewCalls || st.calls.tries > maxTries {
		t.Errorf("got %d places for two outputs that share nothing after %d tries, want %d", got, st.calls.tries, fewCalls)
	}
	shared := call()
	st.Claim(shared, 1)
	st.Claim(shared, 2)
	var waiting []*Call
	for range 200 {
		waiting = append(waiting, call())
		st.Claim(waiting[len(waiting)-1], 1)
	}
	for _, c := range waiting {
		if st.Claim(c, 2) {
			t.Fatal("a call that waits between two outputs is forgotten")
		}
	}
}

func TestStatusIsClaimedByItself(t *testing.T) {
	st := &State{}
	c := &Call{Time: time.Unix(1, 0), Message: "m"}
	if mine, told := st.ClaimStatus(c, 1); !mine || told {
		t.Error("the first status is not its output's")
	}
	if mine, told := st.ClaimStatus(c, 2); mine || told {
		t.Error("a second output has the status, too")
	}
	if !st.Claim(c, 2) {
		t.Error("a status claimed the event")
	}
	if mine, told := st.ClaimStatus(c, 1); mine || !told {
		t.Error("the status is not left to the output that made the event")
	}
}
