package bridgetest

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/spanlog/spanlog/slogbridge"
)

var slogSeverities = []severity{
	{slog.LevelDebug, "DEBUG"}, {slog.LevelInfo, "INFO"}, {slog.LevelInfo + 2, "INFO+2"},
	{slog.LevelWarn, "WARN"}, {slog.LevelError, "ERROR"},
}

func slogFlavours() []flavour {
	debug := &slog.HandlerOptions{Level: slog.LevelDebug}
	return withBound(
		flavour{name: "slog-own", family: "slog", own: true, levels: slogSeverities, disabled: slog.LevelDebug - 1,
			make: func(w io.Writer, o options) logger {
				return slogLogger{slogbridge.NewHandler(w, debug, o.policy), o}
			}},
		flavour{name: "slog-wrap", family: "slog", levels: slogSeverities, disabled: slog.LevelDebug - 1,
			make: func(w io.Writer, o options) logger {
				return slogLogger{slogbridge.Wrap(slog.NewJSONHandler(w, debug), o.policy), o}
			}},
	)
}

type slogLogger struct {
	slog.Handler
	options
}

// log calls the handler by itself: a slog.Logger replaces a nil context, and stamps the time of its own clock.
func (l slogLogger) log(ctx context.Context, level slog.Level, message string, fields ...field) {
	if !l.Enabled(ctx, level) {
		return
	}
	now := time.Now
	if l.clock != nil {
		now = l.clock
	}
	r := slog.NewRecord(now(), level, message, 0)
	r.AddAttrs(l.attrs(fields)...)
	_ = l.Handle(ctx, r)
}

func (l slogLogger) bare(level slog.Level, message string, fields ...field) {
	if l.clock != nil {
		l.log(context.Background(), level, message, fields...)
		return
	}
	slog.New(l.Handler).LogAttrs(context.Background(), level, message, l.attrs(fields)...)
}

func (l slogLogger) with(fields ...field) logger {
	return slogLogger{l.WithAttrs(l.attrs(fields)), l.options}
}

func (l slogLogger) open(group string) logger { return slogLogger{l.WithGroup(group), l.options} }

func (l slogLogger) bind(ctx context.Context) logger {
	return slogLogger{slogbridge.With(ctx, slog.New(l.Handler)).Handler(), l.options}
}

func (l slogLogger) attrs(fields []field) []slog.Attr {
	var as []slog.Attr
	for _, f := range fold(fields) {
		as = append(as, l.attr(f))
	}
	return watch(l.spy, as)
}

func (l slogLogger) attr(f field) slog.Attr {
	switch v := f.value.(type) {
	case members:
		return slog.Attr{Key: f.key, Value: slog.GroupValue(l.attrs(v)...)}
	case []string:
		return slog.Any(f.key, watch(l.spy, v))
	case []byte:
		return slog.Any(f.key, watch(l.spy, v))
	}
	return slog.Any(f.key, f.value)
}
