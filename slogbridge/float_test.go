package slogbridge

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// Every number is what encoding/json makes of it.
func TestFloat(t *testing.T) {
	check := func(f float64) {
		t.Helper()
		e := encoder{}
		e.float(f)
		if want, err := json.Marshal(f); err != nil || string(e.b) != string(want) {
			t.Fatalf("got %s, want %s (%v)", e.b, want, err)
		}
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 0.1, 12.75, -0.001, 0.0005, 1e12, 1e12 - 1, 999999999999.999, -999999999999.999, 1e21, 1e-7, math.MaxFloat64, 0.3, 0.1 + 0.2, 5e-324} {
		check(f)
	}
	for range 200_000 {
		check(float64(rand.Int64N(2e15)-1e15) / math.Pow10(rand.IntN(9)))
		check(rand.NormFloat64())
		if f := math.Float64frombits(rand.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			check(f)
		}
	}
}
