package main

import (
	"fmt"
	"io"
)

// markdown writes the table of README.md.
func (r run) markdown(out io.Writer) {
	fmt.Fprintln(out, "| what | over plain [95 %] | allocs | best peer | promise | |\n| --- | --- | --- | --- | --- | --- |")
	for _, j := range r.judged() {
		fmt.Fprintf(out, "| %s | %s | %d | %s | %s | %s |\n", j.what, j.valueText(), j.got, j.best, j.promised, j.verdict())
	}
}
