//go:build race

package zapbridge

// raceEnabled says that allocations cannot be counted: the race detector adds its own.
const raceEnabled = true
