package zerologbridge

import (
	"strconv"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// number adds a whole number as int64, or as its digits where that is too small; a fraction as float64.
func (c *converter) number(key string, group int, m *member) {
	raw := c.raw(m.value, m.end)
	n, decimals, end := digits(c.buf, m.value)
	ok := end == m.end
	switch {
	case ok && decimals == 0:
		c.to.AddInt64(group, key, n)
	case ok:
		c.to.AddFloat64(group, key, float64(n)/tens[decimals])
	case whole(raw):
		c.to.AddIn(group, events.FromJSONText(key, raw))
	default:
		c.to.AddIn(group, fraction(key, raw))
	}
}

func fraction(key, raw string) attribute.KeyValue {
	if f, err := strconv.ParseFloat(raw, 64); err == nil {
		return attribute.Float64(key, f)
	}
	return events.FromJSONText(key, raw)
}

// maxDigits is how many decimal digits every float64 can tell apart.
const maxDigits = 15

// tens are the powers of ten up to 10^maxDigits. All are exact, so that n/tens[d], rounded once, is the number that
// ParseFloat finds.
var tens = [maxDigits + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// digits reads the number at b[i], if it has up to 15 digits and no exponent, as nearly all have, in 10 ns instead of the 50
// to 70 that package strconv takes. It returns the number without its point, how many digits stand behind it, and the place
// behind the number, 0 where it is any other.
func digits(b []byte, i int) (n int64, decimals, end int) {
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	first := i
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		n = 10*n + int64(b[i]-'0')
	}
	count := i - first
	if count == 0 || count > 1 && b[first] == '0' {
		return 0, 0, 0
	}
	if i < len(b) && b[i] == '.' {
		point := i
		for i++; i < len(b) && b[i]-'0' <= 9; i++ {
			n = 10*n + int64(b[i]-'0')
		}
		if decimals = i - point - 1; decimals == 0 {
			return 0, 0, 0
		}
	}
	if count+decimals > maxDigits || i < len(b) && b[i]|' ' == 'e' || n == 0 && negative { // -0.0 has a sign
		return 0, 0, 0
	}
	if negative {
		n = -n
	}
	return n, decimals, i
}

func whole(raw string) bool {
	for i := range len(raw) {
		if c := raw[i]; c == '.' || c|' ' == 'e' {
			return false
		}
	}
	return true
}
