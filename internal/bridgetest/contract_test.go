package bridgetest

import (
	"runtime/debug"
	"strings"
	"testing"
)

// row is one sentence of the record contract.
type row struct {
	name string
	says string
	not  func(flavour) bool // flavours that the sentence is not about; nil: about all
	run  func(t *testing.T, with func(setting) *stage)
}

func (r row) concerns(fl flavour) bool { return r.not == nil || !r.not(fl) }

func wrapped(fl flavour) bool { return !fl.own }
func own(fl flavour) bool     { return fl.own }

func flavours() (all []flavour) {
	all = append(all, slogFlavours()...)
	all = append(all, zapFlavours()...)
	all = append(all, zerologFlavours()...)
	return all
}

func rows() (all []row) {
	for _, some := range [][]row{
		idRows(), idOnceRows(), boundRows(), eventRows(), nameRows(), typeRows(), fieldRows(), errorRows(), statusRows(),
		derivedRows(), resourceRows(), ecsRows(), ecsPathRows(), schemaRows(), contextRows(), linkRows(), muteRows(), redactRows(), budgetRows(),
		recordRows(), outputRows(), twoRows(), keyRows(), limitRows(), flushRows(), panicRows(), badRows(),
	} {
		all = append(all, some...)
	}
	return all
}

// TestContract prints, with -v, every row by name for every flavour: what it says, and its mutants.
func TestContract(t *testing.T) {
	for _, fl := range flavours() {
		t.Run(fl.name, func(t *testing.T) {
			if fl.begin != nil {
				defer fl.begin()()
			}
			for _, r := range rows() {
				if r.concerns(fl) {
					t.Run(r.name, func(t *testing.T) { runRow(t, fl, r) })
				}
			}
		})
	}
}

func runRow(t *testing.T, fl flavour, r row) {
	defer failOnPanic(t)
	t.Logf("%s [mutants: %s]", r.says, mutantsOf(fl.family, r.name))
	if reason := notRun(fl, r.name); reason != "" {
		t.Logf("not run: %s", reason)
		return
	}
	d := deviationOf(fl, r.name)
	if d != nil {
		t.Logf("deviation: %s", d.reason)
		if d.want == nil {
			return
		}
	}
	r.run(t, func(set setting) *stage { return newStage(t, fl, r.name, set) })
}

// mutantsOf names the mutants that turn a row red for a bridge.
func mutantsOf(family, row string) string {
	var names []string
	for _, m := range Mutants() {
		if m.Kills(family, row) {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, "; ")
}

// failOnPanic makes a panic the failure of its row only, so that the others still run.
func failOnPanic(t *testing.T) {
	if r := recover(); r != nil {
		t.Errorf("panic: %v\n%s", r, debug.Stack())
	}
}
