package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// print writes the rows, then what was recorded of others, then the count.
func (r run) print(out io.Writer) {
	fmt.Fprintln(out, r.Header)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\tplain\tours [95 %]\tallocs ours, plain\tbest peer\tpromise, allocs\t")
	kept, missed := 0, 0
	for _, j := range r.judged() {
		fmt.Fprintf(table, "%s\t%.0f ns\t%s\t%d, %d\t%s\t%s\t%s\n", j.what, j.plainNS, j.valueText(), j.got, j.of, j.best, j.promised, j.verdict())
		switch j.verdict() {
		case "kept":
			kept++
		case "missed":
			missed++
		}
	}
	_ = table.Flush()
	fmt.Fprintln(out, "\nRecorded on 2026-11-22, not of this run (five attributes):")
	for _, p := range recorded() {
		fmt.Fprintf(table, "%s\t%s\t%s\tallocs %s\t%s\n", p.logger, p.name, p.ratio, p.allocs, p.why)
	}
	_ = table.Flush()
	fmt.Fprintf(out, "\nkept=%d missed=%d\n", kept, missed)
}

func (r run) judged() (all []judged) {
	for _, w := range promises() {
		if j, ok := w.judge(r); ok {
			all = append(all, j)
		}
	}
	return all
}

func (j judged) valueText() string {
	if j.ns {
		return fmt.Sprintf("%+.1f ns [%+.1f, %+.1f]", j.value.Median, j.value.Low, j.value.High)
	}
	return j.value.String()
}

func (j judged) verdict() string {
	switch {
	case j.unpromised:
		return ""
	case j.kept:
		return "kept"
	}
	return "missed"
}

// list writes every column of every scenario, over plain.
func (r run) list(out io.Writer) {
	fmt.Fprintln(out, r.Header)
	for i, res := range r.Results {
		if i > 0 && r.Results[i-1].Name == res.Name {
			continue // it stands beside the one before
		}
		res, _ = r.beside(res.Name, res.Ours)
		fmt.Fprintf(out, "\n%s\n", res.Name)
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, name := range res.Samples.Names {
			allocs := "-"
			if n, counted := res.Allocs[name]; counted {
				allocs = fmt.Sprint(n)
			}
			diff := res.Samples.Diff(name, "plain")
			fmt.Fprintf(table, "  %s\t%.0f ns\t%+.0f ns [%+.0f, %+.0f]\t%s\tallocs %s\n", name, res.Samples.Median(name), diff.Median, diff.Low, diff.High, res.Samples.Ratio(name, "plain"), allocs)
		}
		_ = table.Flush()
	}
}

// writeJSON writes the run with one line per column, so that a new run reads well as a change.
func (r run) writeJSON(out io.Writer) error {
	header, err := json.Marshal(r.Header)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "{\"header\": %s,\n\"results\": [", header)
	for i, res := range r.Results {
		fmt.Fprint(out, comma(i), "\n")
		if err := res.write(out); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(out, "\n]}")
	return err
}

func (res result) write(out io.Writer) error {
	allocs, err := json.Marshal(res.Allocs)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "{\"name\": %q, \"ours\": %q, \"outputs\": %d, \"allocs\": %s, \"samples\": {\"names\": %s,\n\"ns\": [", res.Name, res.Ours, res.Outputs, allocs, quoted(res.Samples.Names))
	for k, ns := range res.Samples.NS {
		text, err := json.Marshal(ns)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n%s", comma(k), text)
	}
	_, err = fmt.Fprint(out, "]}}")
	return err
}

func quoted(names []string) []byte {
	text, _ := json.Marshal(names) // strings can always be written
	return text
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
