package zerologbridge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// What digits reads is what package strconv reads.
func TestDigits(t *testing.T) {
	check := func(raw string) {
		t.Helper()
		n, decimals, end := digits([]byte(raw), 0)
		if end != len(raw) {
			return
		}
		if whole, err := strconv.ParseInt(raw, 10, 64); decimals == 0 && (err != nil || whole != n) {
			t.Fatalf("%s: got %d, want %d (%v)", raw, n, whole, err)
		}
		f, err := strconv.ParseFloat(raw, 64)
		if got := float64(n) / tens[decimals]; err != nil || math.Float64bits(got) != math.Float64bits(f) {
			t.Fatalf("%s: got %v, want %v (%v)", raw, got, f, err)
		}
	}
	for _, raw := range []string{"0", "-0", "0.0", "-0.0", "-0.001", "7", "-7", "0.1", "999999999999999", "1000000000000000", "0.000000000000001", "-99999999.9999999", "1e5", "1E5", "9999999999999999"} {
		check(raw)
	}
	for range 200_000 {
		check(strconv.FormatInt(rand.Int64N(2e15)-1e15, 10))
		check(fmt.Sprintf("%.*f", 1+rand.IntN(8), 1e6*rand.NormFloat64()))
		check(strconv.FormatFloat(rand.NormFloat64(), 'g', -1, 64))
	}
	if n, decimals, end := digits([]byte("-12.750"), 0); n != -12750 || decimals != 3 || end != 7 {
		t.Errorf("got %d, %d, %d", n, decimals, end)
	}
}
