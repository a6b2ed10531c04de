package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// report is what one run found.
type report struct {
	Header  pairs.Header `json:"header"`
	Rows    []row        `json:"rows"`
	Summary string       `json:"summary"`
	// Samples are those of the group cpu: nanoseconds for each shipping of all lines, by round and column.
	Samples *pairs.Samples `json:"samples,omitempty"`
}

func load(file string) (r report, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return report{}, err
	}
	return r, json.Unmarshal(text, &r)
}

func (r report) print(w io.Writer, asJSON, asMarkdown bool) error {
	switch {
	case asJSON:
		return r.writeJSON(w)
	case asMarkdown:
		return r.markdown(w)
	}
	return printText(w, r.Header.String(), r.Rows)
}

func (r report) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

// markdown is what table.md says.
func (r report) markdown(w io.Writer) error {
	text := fmt.Sprintf("Measured %s", r.Header)
	for _, name := range slices.Sorted(maps.Keys(r.Header.Versions)) {
		text += fmt.Sprintf(", %s %s", name, r.Header.Versions[name])
	}
	text += ".\n"
	for i, one := range r.Rows {
		if i == 0 || r.Rows[i-1].Group != one.Group {
			text += fmt.Sprintf("\n| %s | | promise | |\n| --- | --- | --- | --- |\n", one.Group)
		}
		text += fmt.Sprintf("| %s | %s | %s | %s |\n", one.Name, one.Text, one.Promise, one.Verdict)
	}
	_, err := fmt.Fprintf(w, "%s\n%s\n", text, r.Summary)
	return err
}
