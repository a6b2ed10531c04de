package main

import (
	"os"
	"strings"
	"testing"
)

// TestRows runs every row with our client: where the table promises it, all documents are stored once.
func TestRows(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			got, err := r.run("elk")
			if err != nil {
				t.Fatal(err)
			}
			if r.stored && (got.Stored != documents || got.Duplicates != 0) {
				t.Errorf("got %+v, want %d stored once", got, documents)
			}
		})
	}
}

// TestTable holds the recorded table to the rows: one line for each, in order.
func TestTable(t *testing.T) {
	table, err := os.ReadFile("table.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(table)) {
		if name, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok && strings.HasPrefix(line, "| ") {
			names = append(names, name)
		}
	}
	var want []string
	for _, r := range rows() {
		want = append(want, r.name)
	}
	if got := strings.Join(names[min(2, len(names)):], "\n"); got != strings.Join(want, "\n") {
		t.Errorf("control/table.md has the rows\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
