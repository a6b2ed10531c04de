package slogbridge

import (
	"log/slog"
	"time"

	"github.com/spanlog/spanlog/events"
)

// builtins writes time, level, source and message: under slog's names, or those of the schema.
func (e *encoder) builtins(r slog.Record) {
	names, replace, ecs := e.rules.Names(), e.opts.ReplaceAttr != nil, e.rules.Schema() == events.ECS
	switch {
	case r.Time.IsZero():
	case replace:
		e.replaced(slog.TimeKey, names.Time, r.Time)
	default:
		e.key(either(names.Time, slog.TimeKey))
		e.time(r.Time)
	}
	if replace {
		e.replaced(slog.LevelKey, names.Level, r.Level)
	} else {
		e.key(either(names.Level, slog.LevelKey))
		e.level(r.Level)
	}
	if e.opts.AddSource && !ecs {
		e.slogSource(r)
	}
	if replace {
		e.replaced(slog.MessageKey, names.Message, r.Message)
	} else {
		e.text(either(names.Message, slog.MessageKey), e.rules.CleanText(r.Message))
	}
	if e.opts.AddSource && ecs {
		e.origin(r)
	}
}

func either(name, missing string) string {
	if name == "" {
		return missing
	}
	return name
}

// replaced writes what ReplaceAttr makes of a built-in. It sees slog's name; one that it leaves alone becomes the schema's.
func (e *encoder) replaced(key, name string, v any) {
	a := e.replace(nil, slog.Any(key, v))
	if a.Key == key {
		a.Key = either(name, key)
	}
	if level, ok := a.Value.Any().(slog.Level); ok {
		e.key(a.Key)
		e.level(level)
		return
	}
	e.member(a, false)
}

// level writes the level as the schema has it, else as slog does.
func (e *encoder) level(level slog.Level) {
	text := level.String()
	if schema := e.rules.LevelText(text); schema != "" {
		text = schema
	}
	e.string(text)
}

func (e *encoder) slogSource(r slog.Record) {
	src := r.Source()
	if src == nil {
		src = &slog.Source{}
	}
	a := slog.Any(slog.SourceKey, src)
	if e.opts.ReplaceAttr != nil {
		a = e.replace(nil, a)
	}
	if a.Key == slog.SourceKey && e.rules.Schema() == events.GCP {
		a.Key = "logging.googleapis.com/sourceLocation"
	}
	e.member(a, false)
}

// origin writes the source position under ECS names.
func (e *encoder) origin(r slog.Record) {
	src := r.Source()
	if src == nil {
		return
	}
	e.text("log.origin.function", src.Function)
	e.text("log.origin.file.name", src.File)
	e.key("log.origin.file.line")
	e.value("", slog.IntValue(src.Line))
}

// time writes t in RFC 3339 with nanoseconds; years that the format does not have become a mark.
func (e *encoder) time(t time.Time) {
	if !inRange(t) {
		e.string(badYear)
		return
	}
	e.b = append(e.b, '"')
	e.b = t.AppendFormat(e.b, time.RFC3339Nano)
	e.b = append(e.b, '"')
}
