package zerologbridge

import (
	"log/slog"
	"strings"

	"github.com/rs/zerolog"
)

// levelOf returns the level as package slog counts. Levels below Trace go on in its steps; any other level that zerolog
// does not name counts as Info, like a call without one.
func levelOf(l zerolog.Level) slog.Level {
	switch l {
	case zerolog.DebugLevel:
		return slog.LevelDebug
	case zerolog.WarnLevel:
		return slog.LevelWarn
	case zerolog.ErrorLevel:
		return slog.LevelError
	case zerolog.PanicLevel:
		return 13
	case zerolog.FatalLevel:
		return 14
	}
	if l <= zerolog.TraceLevel {
		return -4 + 4*slog.Level(l)
	}
	return slog.LevelInfo
}

// severityOf returns the level's name in capitals, INFO for a call without one.
func severityOf(l zerolog.Level) string {
	switch l {
	case zerolog.TraceLevel:
		return "TRACE"
	case zerolog.DebugLevel:
		return "DEBUG"
	case zerolog.InfoLevel, zerolog.NoLevel:
		return "INFO"
	case zerolog.WarnLevel:
		return "WARN"
	case zerolog.ErrorLevel:
		return "ERROR"
	case zerolog.PanicLevel:
		return "PANIC"
	case zerolog.FatalLevel:
		return "FATAL"
	}
	return strings.ToUpper(l.String())
}
