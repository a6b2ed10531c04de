package main

import (
	"fmt"
	"io"
)

// markdown writes the rows as a table: all of them, or those of README.md.
func (r run) markdown(out io.Writer, all bool) {
	fmt.Fprint(out, "| five attributes | over plain [95 %] | allocs | best peer | promise, allocs | |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, j := range r.judged() {
		if all || j.readme {
			fmt.Fprintf(out, "| %s | %s | %d | %s | %s | %s |\n", j.what, j.valueText(), j.got, j.best, j.promised, j.verdict())
		}
	}
	fmt.Fprintf(out, "\nPlain is `slog.NewJSONHandler`, zap's JSON production core, zerolog, without ids, in the same rounds of the same process, where ours is the one output%s. Measured %s.", r.crowd(), r.Header)
	if all {
		fmt.Fprintln(out)
	}
}

// crowd says what a second output costs.
func (r run) crowd() string {
	for _, j := range r.judged() {
		if j.what == twoOutputs {
			return fmt.Sprintf(" (two make slog's event %.2f)", j.value.Median)
		}
	}
	return ""
}
