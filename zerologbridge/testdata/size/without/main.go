// A program that logs with zerolog alone, see TestBinarySize.
package main

import (
	"os"

	"github.com/rs/zerolog"
)

func main() {
	l := zerolog.New(os.Stderr)
	l.Info().Str("a", "b").Int("n", 1).Msg("charged")
}
