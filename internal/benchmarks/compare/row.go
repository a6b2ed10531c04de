package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// row is one promise of the design.
type row struct {
	what     string
	scenario string
	plain    string                            // the column whose nanoseconds are shown
	ours     string                            // the column whose allocations are shown
	figure   func(pairs.Round) float64         // a ratio, or nanoseconds
	ns       bool                              // it is nanoseconds
	bound    float64                           // the most that the promise allows
	allocs   int                               // allocations that the promise allows
	beyond   string                            // those of this column come on top; "" for none
	peers    []string                          // columns that do the same work, or less where their name says so
	peer     func(pairs.Round, string) float64 // the figure of a peer; nil: its ratio to plain
	recorded string                            // a peer that is not built here, with its figure; shown where no other is
	readme   bool                              // README.md shows it

	unpromised bool // it is no promise of the design, and neither kept nor missed
}

// judged is a row with its figures.
type judged struct {
	row
	plainNS  float64
	value    pairs.Interval
	got, of  int // allocations of ours and of plain
	best     string
	promised string
	kept     bool
}

func over(column, under string) func(pairs.Round) float64 {
	return func(r pairs.Round) float64 { return r(column) / r(under) }
}

func less(column, other string) func(pairs.Round) float64 {
	return func(r pairs.Round) float64 { return r(column) - r(other) }
}

// part is what the event costs beyond the ids, over a naive event alone.
func part(event, ids string) func(pairs.Round) float64 {
	return func(r pairs.Round) float64 { return (r(event) - r(ids)) / (r("naive event") - r("nothing")) }
}

// judge computes the figures of a row from a run; it reports false where the row's scenario was not measured.
func (w row) judge(r run) (judged, bool) {
	res, measured := r.beside(w.scenario, w.ours)
	if !measured {
		return judged{}, false
	}
	j := judged{row: w, plainNS: res.Samples.Median(w.plain), value: res.Samples.Of(w.figure)}
	j.got, j.of = res.Allocs[w.ours], res.Allocs[w.plain]
	allowed := w.allocs
	if w.beyond != "" {
		allowed += res.Allocs[w.beyond]
	}
	j.best = w.best(res)
	j.kept = j.value.Median <= w.bound && j.got <= allowed
	j.promised = fmt.Sprintf("<= %.2f, %d", w.bound, allowed)
	switch {
	case w.unpromised:
		j.promised = "none"
	case w.ns:
		j.promised = fmt.Sprintf("<= +%.0f ns, %d", w.bound, allowed)
	}
	return j, true
}

// best is the best peer of the same run.
func (w row) best(res result) string {
	type peer struct {
		name   string
		figure float64
	}
	var all []peer
	for _, name := range w.peers {
		figure := func(r pairs.Round) float64 { return r(name) / r(w.plain) }
		if w.peer != nil {
			figure = func(r pairs.Round) float64 { return w.peer(r, name) }
		}
		all = append(all, peer{name, res.Samples.Of(figure).Median})
	}
	switch {
	case len(all) == 0 && w.recorded != "":
		return w.recorded + ", recorded"
	case len(all) == 0:
		return ""
	case w.ns:
		b := slices.MinFunc(all, func(a, b peer) int { return cmp.Compare(a.figure, b.figure) })
		return fmt.Sprintf("%+.0f ns %s", b.figure, b.name)
	}
	b := slices.MinFunc(all, func(a, b peer) int { return cmp.Compare(a.figure, b.figure) })
	return fmt.Sprintf("%.2f %s", b.figure, b.name)
}
