package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// The words on a promise.
const (
	kept   = "kept"
	missed = "missed"
	notRun = "not run"
)

// row is one line of the report. Low and High are the 95 % interval of a ratio.
type row struct {
	Group   string  `json:"group"`
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Low     float64 `json:"low,omitempty"`
	High    float64 `json:"high,omitempty"`
	Text    string  `json:"text"`
	Promise string  `json:"promise,omitempty"` // empty: a figure that promises nothing
	Verdict string  `json:"verdict,omitempty"`
}

// atMost and atLeast judge the row's value.
func (r row) atMost(limit float64, promise string) row  { return r.judge(r.Value <= limit, promise) }
func (r row) atLeast(limit float64, promise string) row { return r.judge(r.Value >= limit, promise) }
func (r row) below(limit float64, promise string) row   { return r.judge(r.Value < limit, promise) }

func (r row) judge(ok bool, promise string) row {
	r.Promise, r.Verdict = promise, missed
	if ok {
		r.Verdict = kept
	}
	return r
}

// absent is a row without a figure.
func absent(group, name, promise, why string) row {
	return row{Group: group, Name: name, Text: "-", Promise: promise, Verdict: why}
}

// count returns how often each word was said.
func count(rows []row) map[string]int {
	n := map[string]int{}
	for _, r := range rows {
		n[r.Verdict]++
	}
	return n
}

func printText(w io.Writer, header string, rows []row) error {
	fmt.Fprintln(w, header)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, r := range rows {
		if i == 0 || rows[i-1].Group != r.Group {
			fmt.Fprintf(table, "\n%s\t\t\t\n", r.Group)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", r.Name, r.Text, r.Promise, r.Verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", summary(rows))
	return err
}

// summary is the last line.
func summary(rows []row) string {
	n := count(rows)
	text := fmt.Sprintf("kept=%d missed=%d", n[kept], n[missed])
	if n[notRun] > 0 {
		text += fmt.Sprintf(" not-run=%d", n[notRun])
	}
	return text
}
