// Package arrows holds the import arrows of the module: which package may reach which, directly or through others.
// It has no code; its test reads what go list and go mod edit say. A new package needs a row in the test's table.
//
// The arrows, in one line: bridges -> events -> internal/spanstate -> otel/trace, and span -> internal/spanstate.
// Tests and examples may import what they like.
package arrows
