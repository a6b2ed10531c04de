package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// turns is how many processes a column of ours is measured in, one after the other with those of all other columns
// between: no column has the luck of one process, or of one minute.
const turns = 4

// aloneFlag names the column of ours that this process is to measure.
const aloneFlag = "only-column"

// apart measures each column of ours in processes of its own, beside all columns that are not ours. A program has one
// logger: where a process has two outputs of ours, each claims its calls against the other, which costs time.
func apart(chosen []scenario, rounds int) ([]result, error) {
	var all []result
	n := min(turns, rounds)
	for turn := range n {
		i := 0
		for _, s := range chosen {
			fmt.Fprintf(os.Stderr, "measuring %s, %d of %d\n", s.name, turn+1, n)
			for _, c := range s.ours() {
				r, err := child(s.name, c.name, rounds*(turn+1)/n-rounds*turn/n)
				if err != nil {
					return nil, err
				}
				if turn == 0 {
					all = append(all, r)
				} else {
					all[i].add(r)
				}
				i++
			}
		}
	}
	return all, nil
}

// child measures one column of ours in a process that starts for it.
func child(scenario, column string, rounds int) (r result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.Command(self, "-"+aloneFlag+"="+column, "-only=^"+regexp.QuoteMeta(scenario)+"$", "-rounds="+strconv.Itoa(rounds))
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("compare: %s: %s: %w", scenario, column, err)
	}
	return r, json.Unmarshal(text, &r)
}

// alone is the work of a child. It makes nothing but the columns that it measures: what they write was looked at by the
// process that started it.
func alone(name string, only *regexp.Regexp, rounds int) (result, error) {
	s, c, err := columnOf(name, only)
	if err != nil {
		return result{}, err
	}
	r := s.measure(pairs.Plan{Rounds: rounds, Calls: callsPerRound}, name)
	if r.Outputs = outputs() - 1; r.Outputs != c.outputs() {
		return result{}, fmt.Errorf("the process has %d outputs of ours, want %d", r.Outputs, c.outputs())
	}
	return r, nil
}

// outputs makes an output of ours, and returns how many the process has with it.
func outputs() int {
	return int(reflect.ValueOf((*events.Policy)(nil).Rules()).Elem().FieldByName("output").Uint())
}

// add adds what another process has measured of the same columns. Allocations are those of the worse one.
func (res *result) add(other result) {
	for i := range res.Samples.NS {
		res.Samples.NS[i] = append(res.Samples.NS[i], other.Samples.NS[i]...)
	}
	for name, n := range other.Allocs {
		res.Allocs[name] = max(res.Allocs[name], n)
	}
}

// beside is what the processes of one column of ours measured, with the scenario's other columns of ours, which have
// other processes: what those took there over plain there, times plain here. It reports false where it was not measured.
func (r run) beside(scenario, ours string) (result, bool) {
	at := slices.IndexFunc(r.Results, func(res result) bool { return res.Name == scenario && res.Ours == ours })
	if at < 0 {
		return result{}, false
	}
	here := r.Results[at].clone()
	plain := here.Samples.NS[slices.Index(here.Samples.Names, "plain")]
	for i, there := range r.Results {
		if i == at || there.Name != scenario {
			continue
		}
		here.Samples.Names = append(here.Samples.Names, there.Ours)
		here.Samples.NS = append(here.Samples.NS, there.times(plain))
		if n, counted := there.Allocs[there.Ours]; counted {
			here.Allocs[there.Ours] = n
		}
	}
	return here, true
}

// times is the column of ours over plain of the same round, times these.
func (res result) times(plain []float64) []float64 {
	var ns []float64
	i := 0
	res.Samples.Of(func(r pairs.Round) float64 {
		ns = append(ns, r(res.Ours)/r("plain")*plain[i])
		i++
		return 0
	})
	return ns
}
