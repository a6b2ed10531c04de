package bridgetest

import "slices"

// Mutant is a wrong change to the code of a package: the one place in File where Old stands becomes New. With it, each of
// Rows must go red for at least one flavour of each of Bridges.
type Mutant struct {
	Name    string
	File    string // from the root of the module
	Old     string // occurs exactly once in File
	New     string
	Bridges []string // slog, zap, zerolog
	Rows    []string
}

// Kills reports whether the mutant is to turn this row red for this bridge.
func (m Mutant) Kills(bridge, row string) bool {
	return slices.Contains(m.Bridges, bridge) && slices.Contains(m.Rows, row)
}

// Mutants returns all mutants, in the order of the files they change.
func Mutants() []Mutant {
	return slices.Concat(sharedMutants(), policyMutants(), slogMutants(), zapMutants(), zerologMutants())
}
