package bridgetest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/zapbridge"
)

var zapSeverities = []severity{
	{slog.LevelDebug, "DEBUG"}, {slog.LevelInfo, "INFO"}, {slog.LevelWarn, "WARN"}, {slog.LevelError, "ERROR"},
	{levelDPanic, "DPANIC"}, {levelPanic, "PANIC"}, {levelFatal, "FATAL"},
}

var zapLevels = map[slog.Level]zapcore.Level{
	slog.LevelDebug: zap.DebugLevel, slog.LevelInfo: zap.InfoLevel, slog.LevelWarn: zap.WarnLevel,
	slog.LevelError: zap.ErrorLevel, levelDPanic: zap.DPanicLevel, levelPanic: zap.PanicLevel, levelFatal: zap.FatalLevel,
	levelTrace: zap.DebugLevel - 1,
}

func zapFlavours() []flavour {
	wrap := zapFlavour("zap-wrap", func(w io.Writer, o options) zapLogger {
		return zapLogger{Logger: zapbridge.Wrap(zap.New(zapJSON(w, o.level()), o.zap()...), o.policy)}
	})
	wrap.foreign = func(w io.Writer) logger { return zapLogger{Logger: zap.New(zapJSON(w, zap.DebugLevel))} }
	console := zapFlavour("zap-console", func(w io.Writer, o options) zapLogger {
		core := zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(w), o.level())
		return zapLogger{Logger: zapbridge.Wrap(zap.New(core, o.zap()...), o.policy)}
	})
	console.read = readConsole
	sampled := zapFlavour("zap-sampled", func(w io.Writer, o options) zapLogger {
		first := 1 << 20
		if o.away {
			first = 1
		}
		core := zapcore.NewSamplerWithOptions(zapJSON(w, o.level()), time.Hour, first, 0)
		return zapLogger{Logger: zapbridge.Wrap(zap.New(core, o.zap()...), o.policy)}
	})
	sampled.samples = true
	tee := zapFlavour("zap-own-tee", func(w io.Writer, o options) zapLogger {
		all := []zapcore.Core{zapbridge.NewCore(w, o.level(), o.policy)}
		if o.gap != nil {
			all = append(all, gapCore{zapcore.NewNopCore(), o.gap})
		}
		all = append(all, zapbridge.NewCore(o.second, o.level(), o.secondPolicy()))
		return zapLogger{Logger: zap.New(zapcore.NewTee(all...), o.zap()...)}
	})
	tee.two = true
	return withBound(
		zapFlavour("zap-own", func(w io.Writer, o options) zapLogger {
			return zapLogger{Logger: zap.New(zapbridge.NewCore(w, o.level(), o.policy), o.zap()...)}
		}),
		tee,
		zapFlavour("zap-own-sugar", func(w io.Writer, o options) zapLogger {
			return zapLogger{Logger: zap.New(zapbridge.NewCore(w, o.level(), o.policy), o.zap()...), sugar: true}
		}),
		wrap,
		zapFlavour("zap-wrap-tee", func(w io.Writer, o options) zapLogger {
			tee := zapcore.NewTee(zapJSON(w, o.level()), zapJSON(o.second, zap.WarnLevel))
			return zapLogger{Logger: zapbridge.Wrap(zap.New(tee, o.zap()...), o.policy)}
		}),
		console,
		sampled,
		zapFlavour("zap-lazy", func(w io.Writer, o options) zapLogger {
			return zapLogger{Logger: zapbridge.Wrap(zap.New(zapJSON(w, o.level()), o.zap()...), o.policy), lazy: true}
		}),
		zapFlavour("zap-user", func(w io.Writer, o options) zapLogger {
			return zapLogger{Logger: zapbridge.Wrap(zap.New(userCore{LevelEnabler: o.level(), w: w}, o.zap()...), o.policy)}
		}),
	)
}

func zapFlavour(name string, build func(io.Writer, options) zapLogger) flavour {
	return flavour{
		name: name, family: "zap", own: strings.HasPrefix(name, "zap-own"), levels: zapSeverities, disabled: levelTrace,
		make: func(w io.Writer, o options) logger {
			l := build(w, o)
			l.options = o
			return l
		},
	}
}

func zapJSON(w io.Writer, level zapcore.LevelEnabler) zapcore.Core {
	return zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(w), level)
}

func (o options) zap() []zap.Option {
	all := []zap.Option{zap.WithFatalHook(zapcore.WriteThenPanic)}
	if o.clock != nil {
		all = append(all, zap.WithClock(clock(o.clock)))
	}
	if o.source {
		all = append(all, zap.AddCaller())
	}
	return all
}

func (o options) level() zapcore.LevelEnabler {
	if o.raises {
		return badLevel{}
	}
	return zap.DebugLevel
}

type clock func() time.Time

func (c clock) Now() time.Time                         { return c() }
func (c clock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }

// zapLogger logs as a zap.Logger, or as a sugared one; With may be the lazy one.
type zapLogger struct {
	*zap.Logger
	options
	sugar, lazy bool
}

func (l zapLogger) log(ctx context.Context, level slog.Level, message string, fields ...field) {
	l.write(level, message, append([]zap.Field{zapbridge.Context(ctx)}, l.fields(fields)...))
}

func (l zapLogger) bare(level slog.Level, message string, fields ...field) {
	l.write(level, message, l.fields(fields))
}

func (l zapLogger) die(ctx context.Context, level slog.Level, message string) {
	l.write(level, message, []zap.Field{zapbridge.Context(ctx)})
}

func (l zapLogger) write(level slog.Level, message string, fields []zap.Field) {
	if level >= levelPanic {
		defer func() { _ = recover() }()
	}
	if l.sugar {
		l.Sugar().Logw(zapLevels[level], message, sweet(fields)...)
		return
	}
	l.Log(zapLevels[level], message, watch(l.spy, fields)...)
}

// sweet gives fields the loosely typed form, pairs of keys and values, where they have one.
func sweet(fields []zap.Field) (args []any) {
	for _, f := range fields {
		switch f.Type {
		case zapcore.StringType:
			args = append(args, f.Key, f.String)
		case zapcore.Int64Type:
			args = append(args, f.Key, f.Integer)
		case zapcore.ErrorType, zapcore.ReflectType, zapcore.StringerType:
			args = append(args, f.Key, f.Interface)
		default:
			args = append(args, f)
		}
	}
	return args
}

// derive returns l with another zap logger.
func (l zapLogger) derive(n *zap.Logger) logger {
	l.Logger = n
	return l
}

func (l zapLogger) with(fields ...field) logger {
	given := watch(l.spy, l.fields(fields))
	switch {
	case l.lazy:
		return l.derive(l.WithLazy(given...))
	case l.sugar:
		return l.derive(l.Sugar().With(sweet(given)...).Desugar())
	}
	return l.derive(l.With(given...))
}

func (l zapLogger) open(group string) logger {
	if l.lazy {
		return l.derive(l.WithLazy(zap.Namespace(group)))
	}
	return l.derive(l.With(zap.Namespace(group)))
}

func (l zapLogger) bind(ctx context.Context) logger { return l.derive(zapbridge.With(ctx, l.Logger)) }
func (l zapLogger) again() logger                   { return l.derive(zapbridge.Wrap(l.Logger, everything)) }

func (l zapLogger) fields(fields []field) (all []zap.Field) {
	for _, f := range fields {
		all = append(all, l.field(f))
	}
	return all
}

func (l zapLogger) field(f field) zap.Field {
	switch v := f.value.(type) {
	case members:
		return zap.Dict(f.key, watch(l.spy, l.fields(v))...)
	case opened:
		return zap.Namespace(f.key)
	case []string:
		return zap.Strings(f.key, watch(l.spy, v))
	case []byte:
		return zap.Binary(f.key, watch(l.spy, v))
	case error:
		return zap.NamedError(f.key, v)
	case zapcore.ObjectMarshaler:
		return zap.Object(f.key, v)
	case fmt.Stringer:
		if d, ok := v.(time.Duration); ok {
			return zap.Duration(f.key, d)
		}
	}
	return zap.Any(f.key, f.value)
}
