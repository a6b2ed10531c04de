package events

import (
	"math"
	"strconv"
)

// AppendShortFloat appends a number of at most three decimals and twelve digits before them, as most durations, prices and
// shares are, in 10 ns instead of the 70 of AppendFloat. No other decimal of up to 15 digits reads back as the same
// float64, so this one is the shortest that does. It reports false, and appends nothing, for all other numbers.
func AppendShortFloat(b []byte, f float64) (_ []byte, ok bool) {
	if !(f > -1e12 && f < 1e12) || f == 0 && math.Signbit(f) {
		return b, false
	}
	n := int64(math.Round(f * 1000))
	if float64(n)/1000 != f {
		return b, false
	}
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1000, 10)
	if n %= 1000; n == 0 {
		return b, true
	}
	b = append(b, '.', byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b, true
}
