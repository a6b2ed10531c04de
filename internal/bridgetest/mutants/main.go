// Command mutants shows that the conformance suite can fail: it applies each mutant of package bridgetest to a copy of
// the module and runs the rows that are to go red.
//
//	go run ./internal/bridgetest/mutants [-only substring] [-packages slogbridge,events] [-v]
//
// It prints a line per mutant: red where all of its rows fail, GREEN with the rows that still pass, else what is wrong
// with the mutant itself. The exit status is 1 unless all are red. Rows that fail without any mutant are named first,
// since they prove nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spanlog/spanlog/internal/bridgetest"
)

func main() {
	only := flag.String("only", "", "those whose name contains this")
	packages := flag.String("packages", "", "those that change one of these packages, separated by commas")
	verbose := flag.Bool("v", false, "print the rows of each mutant too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, choose(*only, *packages), *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func choose(only, packages string) (chosen []bridgetest.Mutant) {
	for _, m := range bridgetest.Mutants() {
		if strings.Contains(m.Name, only) && inPackages(m.File, packages) {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// inPackages reports whether the file is in one of the packages, named from the root of the module.
func inPackages(file, packages string) bool {
	return packages == "" || slices.Contains(strings.Split(packages, ","), path.Dir(file))
}

// run tries the mutants, two at a time, and reports whether all are red.
func run(ctx context.Context, mutants []bridgetest.Mutant, verbose bool) (bool, error) {
	if len(mutants) == 0 {
		return false, fmt.Errorf("no mutant of that name or package")
	}
	start := time.Now()
	c, err := copyModule()
	if err != nil {
		return false, err
	}
	defer c.remove()
	before, err := c.failing(ctx, "", everyRow(mutants))
	if err != nil {
		return false, err
	}
	for _, name := range before.names() {
		fmt.Println("fails without a mutant:", name)
	}
	red := trial{module: c, before: before, verbose: verbose}.all(ctx, mutants)
	fmt.Printf("%d of %d mutants red in %.0f s\n", red, len(mutants), time.Since(start).Seconds())
	return red == len(mutants) && len(before) == 0, ctx.Err()
}

// trial tries mutants on a copy of the module.
type trial struct {
	module  module
	before  failures
	verbose bool
}

// all tries each mutant, two at a time, and returns how many are red.
func (t trial) all(ctx context.Context, mutants []bridgetest.Mutant) (red int) {
	results := make([]chan result, len(mutants))
	turn := make(chan struct{}, 2)
	var running sync.WaitGroup
	defer running.Wait()
	for i, m := range mutants {
		results[i] = make(chan result, 1)
		running.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			results[i] <- t.try(ctx, m)
		})
	}
	for i, m := range mutants {
		r := <-results[i]
		if r.verdict == "red" {
			red++
		}
		fmt.Printf("%-6s %5.1f s  %-40s %s\n", r.verdict, r.took.Seconds(), m.Name, r.note)
		if t.verbose {
			fmt.Printf("        %s: %s\n", strings.Join(m.Bridges, ", "), strings.Join(m.Rows, ", "))
		}
	}
	return red
}

// result is what became of one mutant.
type result struct {
	verdict string // red, GREEN, or BROKEN where the mutant could not be tried
	note    string
	took    time.Duration
}

// try applies one mutant and runs its rows. Rows that fail anyway are no proof, and count as green.
func (t trial) try(ctx context.Context, m bridgetest.Mutant) (r result) {
	start := time.Now()
	defer func() { r.took = time.Since(start) }()
	overlay, err := t.module.overlay(m)
	if err != nil {
		return result{verdict: "BROKEN", note: err.Error()}
	}
	defer os.Remove(overlay)
	failing, err := t.module.failing(ctx, overlay, pattern(m))
	if err != nil {
		return result{verdict: "BROKEN", note: err.Error()}
	}
	if green := t.green(m, failing); len(green) > 0 {
		return result{verdict: "GREEN", note: strings.Join(green, ", ")}
	}
	return result{verdict: "red"}
}

// green lists the rows that the mutant was to turn red for a bridge and did not.
func (t trial) green(m bridgetest.Mutant, failing failures) (green []string) {
	for _, bridge := range m.Bridges {
		for _, row := range m.Rows {
			if !failing.newIn(t.before, bridge, row) {
				green = append(green, bridge+": "+row)
			}
		}
	}
	return green
}

// everyRow is the -run pattern of all rows of the bridges that the mutants concern.
func everyRow(mutants []bridgetest.Mutant) string {
	var bridges []string
	for _, m := range mutants {
		bridges = append(bridges, m.Bridges...)
	}
	slices.Sort(bridges)
	return fmt.Sprintf("^TestContract$/^(%s)-", strings.Join(slices.Compact(bridges), "|"))
}

// pattern is the -run pattern of the mutant's rows in all flavours of its bridges.
func pattern(m bridgetest.Mutant) string {
	return fmt.Sprintf("^TestContract$/^(%s)-/^(%s)$", strings.Join(m.Bridges, "|"), strings.Join(m.Rows, "|"))
}
