package pairs

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// In every round each column makes all its calls, whatever the order.
func TestMeasure(t *testing.T) {
	var a, b int
	s := Plan{Rounds: 7, Calls: 3}.Measure(Column{"a", func() { a++ }}, Column{"b", func() { b++ }})
	if a != 1+7*3 || b != a { // one call first, unmeasured
		t.Errorf("calls: %d and %d", a, b)
	}
	if !slices.Equal(s.Names, []string{"a", "b"}) || len(s.NS[0]) != 7 || len(s.NS[1]) != 7 {
		t.Errorf("samples %+v", s)
	}
}

// Sleeping costs no CPU time, working does; and it is told per call.
func TestCPU(t *testing.T) {
	work := func() {
		for until := CPU() + time.Millisecond; CPU() < until; {
		}
	}
	const nap = 20 * time.Millisecond
	s := Plan{Rounds: 3, Calls: 1}.Measure(Column{"work", work}, Column{"sleep", func() { time.Sleep(nap) }})
	for _, ns := range s.NS[0] {
		if ns < 1e6 {
			t.Errorf("a millisecond of work took %v ns", ns)
		}
	}
	if sleep := s.Median("sleep"); sleep >= float64(nap) {
		t.Errorf("sleeping %v took %v ns", nap, sleep)
	}
}

// Figures are computed within a round: here every round has another speed, and the ratio is the same in each.
func TestFigures(t *testing.T) {
	s := Samples{Names: []string{"plain", "ours"}, NS: make([][]float64, 2)}
	for i := range 100 {
		plain := float64(100 + 37*i%91)
		s.NS[0] = append(s.NS[0], plain)
		s.NS[1] = append(s.NS[1], 2*plain)
	}
	if got := s.Ratio("ours", "plain"); got != (Interval{2, 2, 2}) {
		t.Errorf("ratio %v", got)
	}
	if got := s.Diff("ours", "plain"); got.Median != s.Median("plain") {
		t.Errorf("difference %v, plain %v", got, s.Median("plain"))
	}
	if !s.Has("ours") || s.Has("theirs") {
		t.Error("Has")
	}
}

func TestInterval(t *testing.T) {
	var v []float64
	for i := range 200 {
		v = append(v, float64((i*73)%200)) // 0 to 199, mixed
	}
	if got := interval(v); got != (Interval{87, 100, 113}) { // 0.98 times the root of 200 is 13.9
		t.Errorf("got %v", got)
	}
	if got := interval(nil); !math.IsNaN(got.Median) {
		t.Errorf("of nothing: %v", got)
	}
	if got := (Interval{1.049, 1.0666, 1.091}).String(); got != "1.07 [1.05, 1.09]" {
		t.Errorf("got %s", got)
	}
}

func TestAllocs(t *testing.T) {
	var keep []byte
	if got := Allocs(100, func() { keep = make([]byte, 100) }); got != 1 || len(keep) != 100 {
		t.Errorf("got %d", got)
	}
}

func TestHeader(t *testing.T) {
	h := Plan{Rounds: 5, Calls: 9}.Here("golang.org/x/sys")
	if h.Cores < 1 || h.Go == "" || h.CPU == "" || !strings.HasSuffix(h.String(), "5 rounds of 9 calls") {
		t.Errorf("header %+v: %s", h, h)
	}
}
