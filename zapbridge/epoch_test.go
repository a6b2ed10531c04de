package zapbridge

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// Every time is what strconv makes of it.
func TestAppendEpoch(t *testing.T) {
	check := func(sec float64) {
		t.Helper()
		if got, want := string(appendEpoch([]byte("x"), sec)), "x"+strconv.FormatFloat(sec, 'f', -1, 64); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	for _, sec := range []float64{0, -1.5, 1 << 30, 1<<31 - 1, 1 << 31, math.Nextafter(1<<31, 0), math.Nextafter(1<<30, 0), math.Nextafter(1<<30, 1<<31), 1764122400.9999998, 1764122400.999999, 1764122400.5, 1764122400.0000002} {
		check(sec)
	}
	for range 300_000 {
		check(float64(rand.Int64N(1<<62)) / 1e9)
		at := time.Unix(1<<30+rand.Int64N(1<<30), rand.Int64N(1e9))
		check(float64(at.UnixNano()) / 1e9)
		check(float64(at.Truncate(time.Millisecond).UnixNano()) / 1e9)
		check(math.Float64frombits(uint64(1023+30)<<52 | rand.Uint64N(1<<52)))
	}
}
