package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// latency says how long the calls of one run took.
type latency struct {
	p50, p99, p999, max time.Duration
}

// latencyOf sorts the times.
func latencyOf(times []time.Duration) latency {
	slices.Sort(times)
	return latency{quantile(times, 0.5), quantile(times, 0.99), quantile(times, 0.999), quantile(times, 1)}
}

// quantile is the least of the sorted times that a share q of all does not exceed.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median takes each figure's median over the runs, and the greatest of all maxima.
func median(runs []latency) latency {
	middle := func(figure func(latency) time.Duration) time.Duration {
		var all []time.Duration
		for _, r := range runs {
			all = append(all, figure(r))
		}
		slices.Sort(all)
		return quantile(all, 0.5)
	}
	out := latency{
		p50:  middle(func(l latency) time.Duration { return l.p50 }),
		p99:  middle(func(l latency) time.Duration { return l.p99 }),
		p999: middle(func(l latency) time.Duration { return l.p999 }),
	}
	for _, r := range runs {
		out.max = max(out.max, r.max)
	}
	return out
}

func (l latency) String() string {
	us := func(d time.Duration) float64 { return float64(d) / 1e3 }
	return fmt.Sprintf("p50 %.1f, p99 %.1f, p99.9 %.1f, max %.0f µs", us(l.p50), us(l.p99), us(l.p999), us(l.max))
}
