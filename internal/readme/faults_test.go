package readme

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of README.md")

const (
	recorded = "internal/benchmarks/control/table.md"
	opening  = "<!-- generated from " + recorded + " by go test ./internal/readme -run TestFaultTable -update -->\n"
	closing  = "<!-- end -->\n"
)

// README.md holds those rows of the recorded table in which what is stored differs between the two clients.
func TestFaultTable(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, recorded))
	if err != nil {
		t.Fatal(err)
	}
	text := readme(t)
	before, rest, _ := strings.Cut(text, opening)
	got, after, ok := strings.Cut(rest, closing)
	if !ok {
		t.Fatalf("README.md has no part between %q and %q", opening, closing)
	}
	want := faultTable(t, string(raw))
	if *update {
		if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(before+opening+want+closing+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("README.md shows\n%s\nand %s gives\n%s", got, recorded, want)
	}
}

func faultTable(t *testing.T, table string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| 100 documents, and | `elk` stores | twice | `esutil` stores | twice |\n| --- | ---: | ---: | ---: | ---: |\n")
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 7 && len(cells) != 5 || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| fault") {
			continue
		}
		ours, theirs := cells[1:3], cells[4:]
		if ours[0] == "-" || ours[0] == "0" || len(theirs) > 1 && theirs[0] == ours[0] && theirs[1] == ours[1] {
			continue
		}
		rows++
		if theirs[0] == "-" {
			theirs = []string{"panic", ""}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", cells[0], ours[0], ours[1], theirs[0], theirs[1])
	}
	if rows < 5 {
		t.Fatalf("%s has %d rows that differ", recorded, rows)
	}
	return b.String()
}
