package pairs

import (
	"fmt"
	"math"
	"slices"
)

// Interval is the median of a figure over all rounds, and its 95 % interval.
type Interval struct {
	Low, Median, High float64
}

// String returns the figure as a ratio: "1.07 [1.05, 1.09]".
func (i Interval) String() string {
	return fmt.Sprintf("%.2f [%.2f, %.2f]", i.Median, i.Low, i.High)
}

// Round gives the nanoseconds per call of a column in one round. It panics on a column that was not measured.
type Round func(column string) float64

// Of computes a figure from each round, and returns its median and interval.
func (s Samples) Of(figure func(Round) float64) Interval {
	var v []float64
	for i := range s.rounds() {
		v = append(v, figure(func(column string) float64 { return s.column(column)[i] }))
	}
	return interval(v)
}

// Ratio is a column over another one.
func (s Samples) Ratio(column, over string) Interval {
	return s.Of(func(r Round) float64 { return r(column) / r(over) })
}

// Diff is a column less another one, in nanoseconds.
func (s Samples) Diff(column, less string) Interval {
	return s.Of(func(r Round) float64 { return r(column) - r(less) })
}

// Median is the nanoseconds per call of a column. It is not to be compared with a figure of another run.
func (s Samples) Median(column string) float64 {
	return s.Of(func(r Round) float64 { return r(column) }).Median
}

// Has reports whether the column was measured.
func (s Samples) Has(column string) bool { return slices.Contains(s.Names, column) }

func (s Samples) rounds() int {
	if len(s.NS) == 0 {
		return 0
	}
	return len(s.NS[0])
}

func (s Samples) column(name string) []float64 {
	i := slices.Index(s.Names, name)
	if i < 0 {
		panic("pairs: no column " + name)
	}
	return s.NS[i]
}

// interval is the median with its 95 % interval by ranks: 1.96 standard deviations of a rank are 0.98 times the root of n.
func interval(v []float64) Interval {
	n := len(v)
	if n == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	v = slices.Sorted(slices.Values(v))
	d := int(0.98 * math.Sqrt(float64(n)))
	return Interval{v[max(0, n/2-d)], v[n/2], v[min(n-1, n/2+d)]}
}
