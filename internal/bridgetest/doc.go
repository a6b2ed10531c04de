// Package bridgetest is the conformance suite of the record contract: one set of rows, each a sentence of the contract,
// that the three bridges run in every flavour (New and Wrap, context in the call and bound).
//
// The rows are tests (TestContract/flavour/row); this package itself holds the mutants only: for each row a named wrong
// change to the code that turns it red. Command mutants applies them. README.md says how to add a row.
package bridgetest
