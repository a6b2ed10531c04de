package bridgetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/zerologbridge"
)

var zerologSeverities = []severity{
	{levelTrace, "TRACE"}, {slog.LevelDebug, "DEBUG"}, {slog.LevelInfo, "INFO"}, {slog.LevelWarn, "WARN"},
	{slog.LevelError, "ERROR"}, {levelPanic, "PANIC"}, {levelFatal, "FATAL"},
}

var zerologLevels = map[slog.Level]zerolog.Level{
	levelTrace: zerolog.TraceLevel, slog.LevelDebug: zerolog.DebugLevel, slog.LevelInfo: zerolog.InfoLevel,
	slog.LevelWarn: zerolog.WarnLevel, slog.LevelError: zerolog.ErrorLevel, levelPanic: zerolog.PanicLevel,
	levelFatal: zerolog.FatalLevel, discarded: zerolog.InfoLevel,
}

// discarded is the level of a call whose event is discarded: hooks run all the same, which those of a level that is
// below the logger's never do.
const discarded = slog.Level(-100)

func zerologFlavours() []flavour {
	wrap := func(w io.Writer, o options) zerologLogger {
		l := zerolog.New(w).With().Timestamp().Logger()
		return zerologLogger{Logger: zerologbridge.Wrap(l, o.policy)}
	}
	stored := zerologFlavour("zerolog-own-ctx", func(w io.Writer, o options) zerologLogger {
		return zerologLogger{Logger: zerologbridge.New(w, o.policy), stored: true}
	})
	stored.bound = true
	unstored := stored.make
	stored.make = func(w io.Writer, o options) logger { return boundLogger{unstored(w, o)} }
	console := zerologFlavour("zerolog-console", func(w io.Writer, o options) zerologLogger { return wrap(zerologConsole(w), o) })
	console.read = readWords
	sampled := zerologFlavour("zerolog-sampled", func(w io.Writer, o options) zerologLogger {
		l := wrap(w, o)
		l.Logger = l.Sample(&zerolog.BasicSampler{N: 1})
		if o.away {
			l.Logger = l.Sample(&zerolog.BurstSampler{Burst: 1, Period: time.Hour})
		}
		return l
	})
	sampled.samples = true
	renamed := zerologFlavour("zerolog-own-renamed", func(w io.Writer, o options) zerologLogger {
		return zerologLogger{Logger: zerologbridge.New(w, o.policy)}
	})
	renamed.begin = rename
	return append(withBound(
		zerologFlavour("zerolog-own", func(w io.Writer, o options) zerologLogger {
			return zerologLogger{Logger: zerologbridge.New(w, o.policy)}
		}),
		zerologFlavour("zerolog-own-multi", func(w io.Writer, o options) zerologLogger {
			return zerologLogger{Logger: zerologbridge.New(zerolog.MultiLevelWriter(w, o.second), o.policy)}
		}),
		zerologFlavour("zerolog-wrap", wrap),
		console,
		sampled,
		renamed,
	), stored)
}

func zerologFlavour(name string, build func(io.Writer, options) zerologLogger) flavour {
	return flavour{
		name: name, family: "zerolog", own: strings.HasPrefix(name, "zerolog-own"), levels: zerologSeverities, disabled: discarded,
		make: func(w io.Writer, o options) logger {
			l := build(w, o)
			l.options = o
			return l
		},
	}
}

// zerologConsole writes the parts of the line as key=value, too.
func zerologConsole(w io.Writer) io.Writer {
	part := func(key string) zerolog.Formatter {
		return func(v any) string { return key + "=" + strconv.Quote(fmt.Sprint(v)) }
	}
	return zerolog.ConsoleWriter{
		Out: w, NoColor: true, FormatTimestamp: part("time"), FormatLevel: part("level"), FormatMessage: part("message"),
		PartsOrder: []string{zerolog.TimestampFieldName, zerolog.LevelFieldName, zerolog.MessageFieldName},
	}
}

// rename gives zerolog's own fields other names, as some programs do.
func rename() (restore func()) {
	level, message, time := zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.TimestampFieldName
	zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.TimestampFieldName = "lvl", "text", "at"
	return func() {
		zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.TimestampFieldName = level, message, time
	}
}

// zerologLogger has no groups, so it makes them here: the fields of With in an open group are added in the call, in a dict.
type zerologLogger struct {
	zerolog.Logger
	options
	inGroup []field // the first is opened
	stored  bool    // bound loggers are put into a context, and come from zerolog.Ctx
}

func (l zerologLogger) log(ctx context.Context, level slog.Level, message string, fields ...field) {
	l.write(level, message, fields, func(e *zerolog.Event) *zerolog.Event { return e.Ctx(ctx) })
}

func (l zerologLogger) bare(level slog.Level, message string, fields ...field) {
	l.write(level, message, fields, func(e *zerolog.Event) *zerolog.Event { return e })
}

// write uses WithLevel, which neither panics nor exits.
func (l zerologLogger) write(level slog.Level, message string, fields []field, ctx func(*zerolog.Event) *zerolog.Event) {
	if l.clock != nil {
		now := zerolog.TimestampFunc
		defer func() { zerolog.TimestampFunc = now }()
		zerolog.TimestampFunc = l.clock
	}
	e := l.WithLevel(zerologLevels[level])
	if e == nil {
		return
	}
	if level == discarded {
		e.Discard()
	}
	if l.source {
		e.Caller()
	}
	ctx(l.dict(e, fold(append(l.inGroup[:len(l.inGroup):len(l.inGroup)], fields...)))).Msg(message)
}

func (l zerologLogger) with(fields ...field) logger {
	if len(l.inGroup) > 0 {
		l.inGroup = append(l.inGroup[:len(l.inGroup):len(l.inGroup)], fields...)
		return l
	}
	c := l.With()
	for _, f := range fold(fields) {
		c = l.bound(c, f)
	}
	l.Logger = c.Logger()
	return l
}

func (l zerologLogger) open(group string) logger {
	l.inGroup = append(l.inGroup[:len(l.inGroup):len(l.inGroup)], f(group, opened{}))
	return l
}

func (l zerologLogger) bind(ctx context.Context) logger {
	bound := zerologbridge.With(ctx, l.Logger)
	if l.stored {
		bound = *zerolog.Ctx(bound.WithContext(context.Background()))
	}
	l.Logger = bound
	return l
}

func (l zerologLogger) again() logger {
	l.Logger = zerologbridge.Wrap(l.Logger, everything)
	return l
}

// die ends the call as a program would end, but for the end.
func (l zerologLogger) die(ctx context.Context, level slog.Level, message string) {
	exit := zerolog.FatalExitFunc
	zerolog.FatalExitFunc = func() {}
	defer func() {
		_ = recover()
		zerolog.FatalExitFunc = exit
	}()
	e := l.Fatal
	if level == levelPanic {
		e = l.Panic
	}
	if ctx == nil {
		e().Msg(message)
		return
	}
	e().Ctx(ctx).Msg(message)
}

func (l zerologLogger) dict(e *zerolog.Event, fields []field) *zerolog.Event {
	for _, f := range fields {
		e = l.field(e, f)
	}
	return e
}

func (l zerologLogger) field(e *zerolog.Event, f field) *zerolog.Event {
	switch v := f.value.(type) {
	case members:
		return e.Dict(f.key, l.dict(zerolog.Dict(), v))
	case string:
		return e.Str(f.key, v)
	case int:
		return e.Int(f.key, v)
	case int64:
		return e.Int64(f.key, v)
	case uint64:
		return e.Uint64(f.key, v)
	case float32:
		return e.Float32(f.key, v)
	case bool:
		return e.Bool(f.key, v)
	case float64:
		return e.Float64(f.key, v)
	case time.Duration:
		return e.Dur(f.key, v)
	case time.Time:
		return e.Time(f.key, v)
	case []byte:
		return e.Bytes(f.key, watch(l.spy, v))
	case json.RawMessage:
		return e.RawJSON(f.key, v)
	case []string:
		return e.Strs(f.key, watch(l.spy, v))
	case error:
		return e.AnErr(f.key, v)
	case zerolog.LogObjectMarshaler:
		return e.Object(f.key, v)
	case fmt.Stringer:
		return e.Stringer(f.key, v)
	}
	return e.Interface(f.key, f.value)
}

func (l zerologLogger) bound(c zerolog.Context, f field) zerolog.Context {
	switch v := f.value.(type) {
	case members:
		return c.Dict(f.key, l.dict(zerolog.Dict(), v))
	case string:
		return c.Str(f.key, v)
	case int:
		return c.Int(f.key, v)
	case int64:
		return c.Int64(f.key, v)
	case uint64:
		return c.Uint64(f.key, v)
	case float32:
		return c.Float32(f.key, v)
	case bool:
		return c.Bool(f.key, v)
	case float64:
		return c.Float64(f.key, v)
	case time.Duration:
		return c.Dur(f.key, v)
	case time.Time:
		return c.Time(f.key, v)
	case []byte:
		return c.Bytes(f.key, watch(l.spy, v))
	case json.RawMessage:
		return c.RawJSON(f.key, v)
	case []string:
		return c.Strs(f.key, watch(l.spy, v))
	case error:
		return c.AnErr(f.key, v)
	case zerolog.LogObjectMarshaler:
		return c.Object(f.key, v)
	case fmt.Stringer:
		return c.Stringer(f.key, v)
	}
	return c.Interface(f.key, f.value)
}
