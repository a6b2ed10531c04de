package bridgetest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMutants keeps the mutants alive while the code changes: each finds the one place it changes, and each row that a
// bridge runs has one.
func TestMutants(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Mutants() {
		source, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(m.File)))
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		if n := strings.Count(string(source), m.Old); n != 1 {
			t.Errorf("%s: %q stands %d times in %s, want once", m.Name, m.Old, n, m.File)
		}
		if names[m.Name] || m.Old == m.New || len(m.Rows) == 0 || len(m.Bridges) == 0 {
			t.Errorf("%s: a name used twice, or a mutant that changes nothing or concerns nothing", m.Name)
		}
		names[m.Name] = true
	}
}

func TestEveryRowHasAMutant(t *testing.T) {
	missing := map[string]bool{}
	for _, fl := range flavours() {
		for _, r := range rows() {
			if runs(fl, r) && !slices.ContainsFunc(Mutants(), func(m Mutant) bool { return m.Kills(fl.family, r.name) }) {
				missing[fl.family+": "+r.name] = true
			}
		}
	}
	for name := range missing {
		t.Errorf("%s has no mutant", name)
	}
}

func runs(fl flavour, r row) bool {
	d := deviationOf(fl, r.name)
	return r.concerns(fl) && (d == nil || d.want != nil)
}

// TestMutantsNameRows finds the rows that a mutant names and nobody runs.
func TestMutantsNameRows(t *testing.T) {
	known := map[[2]string]bool{}
	for _, fl := range flavours() {
		for _, r := range rows() {
			known[[2]string{fl.family, r.name}] = known[[2]string{fl.family, r.name}] || runs(fl, r)
		}
	}
	for _, m := range Mutants() {
		for _, bridge := range m.Bridges {
			for _, r := range m.Rows {
				if !known[[2]string{bridge, r}] {
					t.Errorf("%s: %s does not run the row %s", m.Name, bridge, r)
				}
			}
		}
	}
}
