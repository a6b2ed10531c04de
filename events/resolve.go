package events

import (
	"log/slog"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// maxValuers is how often a value may resolve to another one before it counts as endless, as in slog.
const maxValuers = 100

// Resolve is v.Resolve with one difference: a LogValue that panics leaves the text "!PANIC: …" in its place. Slog makes it
// an error value, which would be taken for the error of the call.
func Resolve(v slog.Value) slog.Value {
	if v.Kind() != slog.KindLogValuer {
		return v
	}
	return resolve(v)
}

func resolve(v slog.Value) (resolved slog.Value) {
	defer func() {
		if r := recover(); r != nil {
			resolved = slog.StringValue("!PANIC: " + spanstate.Sprint(r))
		}
	}()
	for range maxValuers {
		if v.Kind() != slog.KindLogValuer {
			return v
		}
		v = v.LogValuer().LogValue()
	}
	return slog.StringValue("!ERROR:LogValue called too many times")
}
