package slogbridge

import (
	"math"
	"strconv"

	"github.com/spanlog/spanlog/events"
)

// float writes f in the form of encoding/json: the shortest that reads back, ES6's choice of exponents.
func (e *encoder) float(f float64) {
	if b, ok := events.AppendShortFloat(e.b, f); ok {
		e.b = b
		return
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.string("!ERROR:json: unsupported value: " + strconv.FormatFloat(f, 'g', -1, 64))
		return
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	e.b = strconv.AppendFloat(e.b, f, format, -1, 64)
	if n := len(e.b); format == 'e' && n >= 4 && e.b[n-4] == 'e' && e.b[n-2] == '0' { // e-09 to e-9
		e.b[n-2] = e.b[n-1]
		e.b = e.b[:n-1]
	}
}
