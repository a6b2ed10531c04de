package spanstate

import "log/slog"

// Leveler returns l, or what counts as l where its method Level panics: then the level is the one that is missing, which
// is also that of a nil l. The levels of package slog, which cannot panic, are returned as they are and cost nothing.
func Leveler(l slog.Leveler, missing slog.Level) slog.Leveler {
	switch known := l.(type) {
	case nil:
		return missing
	case slog.Level:
		return known
	case *slog.LevelVar:
		if known != nil {
			return known
		}
	}
	return careful{l, missing}
}

// careful is a leveler of the user's.
type careful struct {
	leveler slog.Leveler
	missing slog.Level
}

func (c careful) Level() (level slog.Level) {
	defer func() {
		if recover() != nil {
			level = c.missing
		}
	}()
	return c.leveler.Level()
}
