// The same program with this package, see TestBinarySize.
package main

import (
	"os"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/zerologbridge"
)

func main() {
	l := zerologbridge.Wrap(zerolog.New(os.Stderr), nil)
	l.Info().Str("a", "b").Int("n", 1).Msg("charged")
}
