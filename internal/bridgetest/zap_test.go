package bridgetest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
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
	common := flavour{family: "zap", levels: zapSeverities, disabled: levelTrace}
	return withBound(
		zapFlavour(common, "zap-own", func(w io.Writer, o options) *zap.Logger {
			return zap.New(zapbridge.NewCore(w, zap.DebugLevel, o.policy), o.zap()...)
		}),
		zapFlavour(common, "zap-wrap", func(w io.Writer, o options) *zap.Logger {
			return zapbridge.Wrap(zap.New(zapJSON(w, zap.DebugLevel), o.zap()...), o.policy)
		}),
		zapFlavour(common, "zap-wrap-tee", func(w io.Writer, o options) *zap.Logger {
			tee := zapcore.NewTee(zapJSON(w, zap.DebugLevel), zapJSON(o.second, zap.WarnLevel))
			return zapbridge.Wrap(zap.New(tee, o.zap()...), o.policy)
		}),
	)
}

func zapFlavour(fl flavour, name string, build func(io.Writer, options) *zap.Logger) flavour {
	fl.name, fl.own = name, name == "zap-own"
	fl.make = func(w io.Writer, o options) logger { return zapLogger{build(w, o), o} }
	return fl
}

func zapJSON(w io.Writer, level zapcore.Level) zapcore.Core {
	return zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(w), level)
}

func (o options) zap() []zap.Option {
	all := []zap.Option{zap.WithFatalHook(zapcore.WriteThenPanic)}
	if o.clock != nil {
		all = append(all, zap.WithClock(clock(o.clock)))
	}
	return all
}

type clock func() time.Time

func (c clock) Now() time.Time                         { return c() }
func (c clock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }

type zapLogger struct {
	*zap.Logger
	options
}

func (l zapLogger) log(ctx context.Context, level slog.Level, message string, fields ...field) {
	l.write(level, message, append([]zap.Field{zapbridge.Context(ctx)}, l.fields(fields)...))
}

func (l zapLogger) bare(level slog.Level, message string, fields ...field) {
	l.write(level, message, l.fields(fields))
}

func (l zapLogger) write(level slog.Level, message string, fields []zap.Field) {
	if level >= levelPanic {
		defer func() { _ = recover() }()
	}
	l.Log(zapLevels[level], message, watch(l.spy, fields)...)
}

func (l zapLogger) with(fields ...field) logger {
	return zapLogger{l.With(watch(l.spy, l.fields(fields))...), l.options}
}

func (l zapLogger) open(group string) logger {
	return zapLogger{l.With(zap.Namespace(group)), l.options}
}

func (l zapLogger) bind(ctx context.Context) logger {
	return zapLogger{zapbridge.With(ctx, l.Logger), l.options}
}

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
	case badObject:
		return zap.Object(f.key, v)
	case fmt.Stringer:
		if d, ok := v.(time.Duration); ok {
			return zap.Duration(f.key, d)
		}
	}
	return zap.Any(f.key, f.value)
}
