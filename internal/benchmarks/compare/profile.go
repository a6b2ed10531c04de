package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime/pprof"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// profiled is how many calls a profile is made of.
const profiled = 6_000_000

// profile writes a CPU profile of one column, which go tool pprof -top reads.
func profile(file, name string, only *regexp.Regexp) error {
	_, c, err := columnOf(name, only)
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	call := c.call(timed(true))
	pairs.Plan{Rounds: 1, Calls: 1}.Measure(pairs.Column{Name: name, Call: call}) // grows the heap
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	for range profiled {
		call()
	}
	return nil
}

// columnOf finds a column in the first scenario that matches.
func columnOf(name string, only *regexp.Regexp) (scenario, column, error) {
	for _, s := range scenarios() {
		if !only.MatchString(s.name) {
			continue
		}
		for _, c := range s.columns {
			if c.name == name {
				return s, c, nil
			}
		}
	}
	return scenario{}, column{}, fmt.Errorf("compare: no column %q in scenarios that match %q", name, only)
}
