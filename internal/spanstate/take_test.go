package spanstate

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// However many log at once, with claims or without, places are given away as often as there are any, and what finds none
// is counted.
func TestTakeAtOnce(t *testing.T) {
	const goroutines, calls = 8, 100
	for name, row := range map[string]struct {
		certain, warning, claims bool
		add, drop                int64
	}{
		"the usual call":        {add: 96, drop: goroutines*calls - 96},
		"claimed":               {add: 96, drop: goroutines*calls - 96, claims: true},
		"warnings":              {add: 126, drop: goroutines*calls - 126, warning: true},
		"warnings, claimed":     {add: 126, drop: goroutines*calls - 126, warning: true, claims: true},
		"certain end":           {add: 64, certain: true},
		"certain end, warnings": {add: 94, certain: true, warning: true},
		"certain end, claimed":  {add: 64, certain: true, claims: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, s := newSpan(t)
			if row.certain {
				s = seenSpan(t, 128)
			}
			st := Of(s)
			var added, dropped atomic.Int64
			var all sync.WaitGroup
			for g := range goroutines {
				all.Go(func() {
					for i := range calls {
						c := &Call{Time: time.Unix(int64(g), int64(i))}
						output := uint64(0)
						if row.claims {
							output = 1 + uint64(i%2)
						}
						switch place, told := st.Take(s, c, output, row.warning); {
						case told:
							t.Error("a new call was told before")
						case place == Add:
							added.Add(1)
						case place == Drop:
							dropped.Add(1)
						}
					}
				})
			}
			all.Wait()
			rest := Ended(s.SpanContext(), 0)
			if added.Load() != row.add || rest.Logged != int(row.add) {
				t.Errorf("%d added, %d noted, want %d", added.Load(), rest.Logged, row.add)
			}
			if dropped.Load() != row.drop || rest.Dropped != int(row.drop) {
				t.Errorf("%d dropped, %d counted, want %d", dropped.Load(), rest.Dropped, row.drop)
			}
		})
	}
}

// The end of a span knows the log events among all others, and what was told before is not left out.
func TestLogged(t *testing.T) {
	s := seenSpan(t, 128)
	callsOn(s, 0, 3)
	st := Of(s)
	for range 4 { // two have places of their own
		st.AddException(s, "exception", nil)
	}
	c := &Call{Message: "m"}
	for output, want := range []bool{1: false, 2: true} {
		if _, told := st.Take(s, c, uint64(output), false); output > 0 && told != want {
			t.Errorf("output %d: told is %v", output, told)
		}
	}
	if used := st.firstsUsed(); used != 7 {
		t.Errorf("%d places used, want 7", used)
	}
	if rest := Ended(s.SpanContext(), 0); rest.Logged != 5 || rest.Dropped != 0 {
		t.Errorf("%d log events and %d left out, want 5 and 0", rest.Logged, rest.Dropped)
	}
}

// The last place is given away once, also where two have seen that it is there, and is one place used.
func TestLastPlace(t *testing.T) {
	st := newState(Key{}, nil, budget{limit: fullLimit})
	st.left.Store(1)
	if first, second := st.claimFirst(), st.claimFirst(); !first || second {
		t.Errorf("the first got the last place: %v, the second: %v", first, second)
	}
	if used := st.firstsUsed(); used != st.budget.firsts() || st.takeFirst() {
		t.Errorf("%d places used, want %d", used, st.budget.firsts())
	}
}
