package bridgetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"go.uber.org/zap/zapcore"
)

// userHandler is a slog.Handler as somebody may have written it: it keeps what it is given, and writes it in the end.
type userHandler struct {
	w     io.Writer
	level slog.Leveler
	given []given
}

// given is a group that was opened, or attributes.
type given struct {
	group string
	attrs []slog.Attr
}

func (h userHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h userHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.given = append(slices.Clip(h.given), given{attrs: attrs})
	return h
}

func (h userHandler) WithGroup(name string) slog.Handler {
	h.given = append(slices.Clip(h.given), given{group: name})
	return h
}

func (h userHandler) Handle(_ context.Context, r slog.Record) error {
	var all []slog.Attr
	r.Attrs(func(a slog.Attr) bool {
		all = append(all, a)
		return true
	})
	for _, g := range slices.Backward(h.given) {
		if g.group != "" {
			all = []slog.Attr{{Key: g.group, Value: slog.GroupValue(all...)}}
		}
		all = append(slices.Clip(g.attrs), all...)
	}
	all = append([]slog.Attr{slog.String("level", r.Level.String()), slog.String("msg", r.Message)}, all...)
	_, err := h.w.Write(append(appendObject(nil, all), '\n'))
	return err
}

func appendObject(line []byte, attrs []slog.Attr) []byte {
	line = append(line, '{')
	for _, a := range attrs {
		v := a.Value.Resolve()
		if v.Kind() == slog.KindGroup && len(v.Group()) == 0 {
			continue
		}
		if line[len(line)-1] != '{' {
			line = append(line, ',')
		}
		line = append(append(line, asJSON(a.Key)...), ':')
		if v.Kind() == slog.KindGroup {
			line = appendObject(line, v.Group())
		} else {
			line = append(line, asJSON(v.Any())...)
		}
	}
	return append(line, '}')
}

// asJSON is a value as JSON, or what fmt makes of it.
func asJSON(v any) (text []byte) {
	defer func() {
		if r := recover(); r != nil {
			text = asJSON(fmt.Sprint("!PANIC: ", r))
		}
	}()
	if err, ok := v.(error); ok {
		v = err.Error()
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return asJSON("!ERROR: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

// userCore is a zapcore.Core as somebody may have written it: it keeps the fields and writes a map.
type userCore struct {
	zapcore.LevelEnabler
	w      io.Writer
	fields []zapcore.Field
}

func (c userCore) With(fields []zapcore.Field) zapcore.Core {
	c.fields = append(slices.Clip(c.fields), fields...)
	return c
}

func (c userCore) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(ent.Level) {
		return ce.AddCore(ent, c)
	}
	return ce
}

func (c userCore) Write(ent zapcore.Entry, fields []zapcore.Field) error {
	enc := zapcore.NewMapObjectEncoder()
	for _, f := range append(slices.Clip(c.fields), fields...) {
		f.AddTo(enc)
	}
	enc.Fields["level"], enc.Fields["msg"] = ent.Level.String(), ent.Message
	_, err := c.w.Write(append(asJSON(encodable(enc.Fields)), '\n'))
	return err
}

func (userCore) Sync() error { return nil }

// encodable replaces what JSON does not have.
func encodable(all map[string]any) map[string]any {
	for key, v := range all {
		if inner, ok := v.(map[string]any); ok {
			v = encodable(inner)
		}
		all[key] = json.RawMessage(asJSON(v))
	}
	return all
}
