// Command mutants shows that the conformance suite can fail: it applies each mutant of package bridgetest to a copy of
// the module and runs the rows that are to go red.
//
//	go run ./internal/bridgetest/mutants [-only regexp] [-packages slogbridge,events] [-changed [REV]] [-limit 3m] [-v]
//
// With -changed it takes only the mutants of packages that differ from the revision REV, or, without one, from where
// this branch left the upstream of main, else from the last commit. With -limit it starts no mutant after that time and
// says how many were not run; it begins at another place for each commit, so that all get their turn.
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
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spanlog/spanlog/internal/bridgetest"
)

func main() {
	only := flag.String("only", "", "those whose name matches this regular expression")
	packages := flag.String("packages", "", "those that change one of these packages, separated by commas")
	var since revision
	flag.Var(&since, "changed", "those of packages that differ from this revision (-changed=REV; -changed alone: see above)")
	limit := flag.Duration("limit", 0, "start no mutant after this time; 0: no limit")
	verbose := flag.Bool("v", false, "print the rows of each mutant too")
	flag.CommandLine.Parse(separate(os.Args[1:]))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	chosen, err := since.choose(choose(pattern, *packages))
	ok := err == nil && len(chosen) == 0
	if err == nil && len(chosen) > 0 {
		ok, err = trial{verbose: *verbose, limit: *limit}.run(ctx, chosen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func choose(only *regexp.Regexp, packages string) (chosen []bridgetest.Mutant) {
	for _, m := range bridgetest.Mutants() {
		if only.MatchString(m.Name) && inPackages(m.File, packages) {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// inPackages reports whether the file is in one of the packages, named from the root of the module.
func inPackages(file, packages string) bool {
	return packages == "" || slices.Contains(strings.Split(packages, ","), path.Dir(file))
}

// trial tries mutants on a copy of the module.
type trial struct {
	verbose bool
	limit   time.Duration // 0: none

	start  time.Time
	module module
	before failures
}

// run tries the mutants, two at a time, and reports whether all that were run are red.
func (t trial) run(ctx context.Context, mutants []bridgetest.Mutant) (_ bool, err error) {
	t.start = time.Now()
	if t.module, err = copyModule(); err != nil {
		return false, err
	}
	defer t.module.remove()
	if t.before, err = t.module.failing(ctx, "", everyRow(mutants)); err != nil {
		return false, err
	}
	for _, name := range t.before.names() {
		fmt.Println("fails without a mutant:", name)
	}
	if t.limit > 0 {
		mutants = rotate(mutants)
	}
	red, left := t.all(ctx, mutants)
	tried := len(mutants) - left
	if left > 0 {
		fmt.Printf("NOT RUN: %d of %d mutants, the limit of %v was over; without -limit all are run\n", left, len(mutants), t.limit)
	}
	fmt.Printf("%d of %d mutants red in %.0f s, %d not run\n", red, tried, time.Since(t.start).Seconds(), left)
	return red == tried && tried > 0 && len(t.before) == 0, ctx.Err()
}

// over reports whether it is too late to begin with another mutant.
func (t trial) over() bool { return t.limit > 0 && time.Since(t.start) > t.limit }

// all tries each mutant, two at a time, and returns how many are red and how many were not tried.
func (t trial) all(ctx context.Context, mutants []bridgetest.Mutant) (red, left int) {
	results := make([]chan result, len(mutants))
	turn := make(chan struct{}, 2)
	var running sync.WaitGroup
	defer running.Wait()
	for i, m := range mutants {
		results[i] = make(chan result, 1)
		running.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if t.over() {
				results[i] <- result{verdict: "not run"}
			} else {
				results[i] <- t.try(ctx, m)
			}
		})
	}
	for i, m := range mutants {
		r := <-results[i]
		switch r.verdict {
		case "red":
			red++
		case "not run":
			left++
			continue
		}
		fmt.Printf("%-6s %5.1f s  %-40s %s\n", r.verdict, r.took.Seconds(), m.Name, r.note)
		if t.verbose {
			fmt.Printf("        %s: %s\n", strings.Join(m.Bridges, ", "), strings.Join(m.Rows, ", "))
		}
	}
	return red, left
}

// result is what became of one mutant.
type result struct {
	verdict string // red, GREEN, BROKEN where the mutant could not be tried, or not run
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
		return result{verdict: "BROKEN", note: short(err.Error())}
	}
	if green := t.green(m, failing); len(green) > 0 {
		return result{verdict: "GREEN", note: strings.Join(green, ", ")}
	}
	return result{verdict: "red"}
}

// short cuts the output of a run that has failed.
func short(text string) string {
	const limit = 1500
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + " …"
	}
	return text
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
