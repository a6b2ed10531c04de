package main

import (
	"fmt"
	"io"
)

// markdown writes the rows as a table: all of them, or those of README.md.
func (r run) markdown(out io.Writer, all bool) {
	fmt.Fprintf(out, "Measured %s.\n\n", r.Header)
	fmt.Fprint(out, "| five attributes | over plain [95 %] | allocs | best peer | promise, allocs | |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, j := range r.judged() {
		if all || j.readme {
			fmt.Fprintf(out, "| %s | %s | %d | %s | %s | %s |\n", j.what, j.valueText(), j.got, j.best, j.promised, j.verdict())
		}
	}
}
