//go:build !race

package zerologbridge

const raceEnabled = false
