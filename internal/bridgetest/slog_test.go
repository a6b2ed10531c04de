package bridgetest

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/spanlog/spanlog/slogbridge"
)

var slogSeverities = []severity{
	{slog.LevelDebug, "DEBUG"}, {slog.LevelInfo, "INFO"}, {slog.LevelInfo + 2, "INFO+2"},
	{slog.LevelWarn, "WARN"}, {slog.LevelError, "ERROR"},
}

func slogFlavours() []flavour {
	wrap := slogFlavour("slog-wrap", func(w io.Writer, o options) []slog.Handler {
		return []slog.Handler{slogbridge.Wrap(slog.NewJSONHandler(w, o.slog()), o.policy)}
	})
	wrap.foreign = func(w io.Writer) logger {
		return slogLogger{[]slog.Handler{slog.NewJSONHandler(w, nil)}, options{}}
	}
	text := slogFlavour("slog-text", func(w io.Writer, o options) []slog.Handler {
		return []slog.Handler{slogbridge.Wrap(slog.NewTextHandler(w, o.slog()), o.policy)}
	})
	text.read = readWords
	multi := slogFlavour("slog-multi", func(w io.Writer, o options) []slog.Handler {
		all := []slog.Handler{slogbridge.NewHandler(w, o.slog(), o.policy)}
		if o.gap != nil {
			all = append(all, gapHandler{discard: slog.DiscardHandler, gap: o.gap})
		}
		return append(all, slogbridge.NewHandler(o.second, o.slog(), o.secondPolicy()))
	})
	multi.two = true
	return withBound(
		slogFlavour("slog-own", func(w io.Writer, o options) []slog.Handler {
			return []slog.Handler{slogbridge.NewHandler(w, o.slog(), o.policy)}
		}),
		wrap,
		text,
		slogFlavour("slog-user", func(w io.Writer, o options) []slog.Handler {
			return []slog.Handler{slogbridge.Wrap(userHandler{w: w, level: o.slogLevel()}, o.policy)}
		}),
		multi,
	)
}

func slogFlavour(name string, handlers func(io.Writer, options) []slog.Handler) flavour {
	return flavour{
		name: name, family: "slog", own: name == "slog-own" || name == "slog-multi",
		levels: slogSeverities, disabled: slog.LevelDebug - 1,
		make: func(w io.Writer, o options) logger { return slogLogger{handlers(w, o), o} },
	}
}

func (o options) slog() *slog.HandlerOptions {
	return &slog.HandlerOptions{Level: o.slogLevel(), AddSource: o.source}
}

func (o options) slogLevel() slog.Leveler {
	if o.raises {
		return badLevel{}
	}
	return slog.LevelDebug
}

// slogLogger is one handler, or several in a slog.MultiHandler.
type slogLogger struct {
	all []slog.Handler
	options
}

func (l slogLogger) handler() slog.Handler {
	if len(l.all) == 1 {
		return l.all[0]
	}
	return slog.NewMultiHandler(l.all...)
}

// each returns a logger of the handlers changed.
func (l slogLogger) each(change func(slog.Handler) slog.Handler) logger {
	n := slogLogger{options: l.options}
	for _, h := range l.all {
		n.all = append(n.all, change(h))
	}
	return n
}

// log calls the handler by itself: a slog.Logger replaces a nil context, and stamps the time of its own clock.
func (l slogLogger) log(ctx context.Context, level slog.Level, message string, fields ...field) {
	h := l.handler()
	if !h.Enabled(ctx, level) {
		return
	}
	now, pc := time.Now, uintptr(0)
	if l.clock != nil {
		now = l.clock
	}
	if l.source {
		pc, _, _, _ = runtime.Caller(1)
	}
	r := slog.NewRecord(now(), level, message, pc)
	r.AddAttrs(l.attrs(fields)...)
	_ = h.Handle(ctx, r)
}

func (l slogLogger) bare(level slog.Level, message string, fields ...field) {
	if l.clock != nil {
		l.log(context.Background(), level, message, fields...)
		return
	}
	slog.New(l.handler()).LogAttrs(context.Background(), level, message, l.attrs(fields)...)
}

func (slogLogger) die(context.Context, slog.Level, string) {}

func (l slogLogger) with(fields ...field) logger {
	return l.each(func(h slog.Handler) slog.Handler { return h.WithAttrs(l.attrs(fields)) })
}

func (l slogLogger) open(group string) logger {
	return l.each(func(h slog.Handler) slog.Handler { return h.WithGroup(group) })
}

func (l slogLogger) bind(ctx context.Context) logger {
	return slogLogger{[]slog.Handler{slogbridge.With(ctx, slog.New(l.handler())).Handler()}, l.options}
}

func (l slogLogger) again() logger {
	return l.each(func(h slog.Handler) slog.Handler { return slogbridge.Wrap(h, everything) })
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
