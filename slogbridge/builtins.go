package slogbridge

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/spanlog/spanlog/events"
)

// head are the built-ins' keys, and the usual levels, as they stand on every line of a handler.
type head struct {
	time, level, message string
	levels               [4]string // with their key: Debug, Info, Warn, Error
}

func newHead(rules *events.Rules) (h head) {
	names := rules.Names()
	h.time = member(either(names.Time, slog.TimeKey))
	h.level = member(either(names.Level, slog.LevelKey))
	h.message = member(either(names.Message, slog.MessageKey))
	for i := range h.levels {
		h.levels[i] = h.level + string(events.AppendJSONString(nil, levelText(rules, slog.LevelDebug+slog.Level(4*i))))
	}
	return h
}

// member is a key as it stands before its value.
func member(key string) string { return string(events.AppendJSONString(nil, key)) + ":" }

// builtins writes time, level, source and message: under slog's names, or those of the schema.
func (e *encoder) builtins(r *slog.Record) {
	replace, ecs := e.opts.ReplaceAttr != nil, e.rules.Schema() == events.ECS
	switch {
	case r.Time.IsZero():
	case replace:
		e.replaced(slog.TimeKey, e.rules.Names().Time, r.Time)
	default:
		e.raw(e.head.time)
		e.now(r.Time)
	}
	if replace {
		e.replaced(slog.LevelKey, e.rules.Names().Level, r.Level)
	} else {
		e.levelMember(r.Level)
	}
	if e.opts.AddSource && !ecs {
		e.slogSource(r)
	}
	if replace {
		e.replaced(slog.MessageKey, e.rules.Names().Message, r.Message)
	} else {
		e.raw(e.head.message)
		e.string(e.rules.CleanText(r.Message))
	}
	if e.opts.AddSource && ecs {
		e.origin(r)
	}
}

// raw writes a key, or more, that is encoded already.
func (e *encoder) raw(text string) {
	if e.comma {
		e.b = append(e.b, ',')
	}
	e.comma = true
	e.b = append(e.b, text...)
}

func (e *encoder) levelMember(level slog.Level) {
	if i := int(level-slog.LevelDebug) / 4; level%4 == 0 && i >= 0 && i < len(e.head.levels) {
		e.raw(e.head.levels[i])
		return
	}
	e.raw(e.head.level)
	e.level(level)
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
func (e *encoder) level(level slog.Level) { e.string(levelText(e.rules, level)) }

func levelText(rules *events.Rules, level slog.Level) string {
	text := level.String()
	if schema := rules.LevelText(text); schema != "" {
		return schema
	}
	return text
}

func (e *encoder) slogSource(r *slog.Record) {
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
func (e *encoder) origin(r *slog.Record) {
	src := r.Source()
	if src == nil {
		return
	}
	e.text("log.origin.function", src.Function)
	e.text("log.origin.file.name", src.File)
	e.key("log.origin.file.line")
	e.b = strconv.AppendInt(e.b, int64(src.Line), 10)
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

// now writes the time of the record.
func (e *encoder) now(t time.Time) {
	if !inRange(t) {
		e.time(t)
		return
	}
	e.b = append(events.AppendTime(append(e.b, '"'), t), '"')
}
