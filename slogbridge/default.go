package slogbridge

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"math"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"time"
)

// withoutDefault returns h, or, where h is Go's default handler, one that writes the same lines to the writer that
// package log has now. The default handler writes through package log; once ours is the default of slog, package log
// writes to ours, and a line would go round for ever, holding the lock of package log.
func withoutDefault(h slog.Handler) slog.Handler {
	if fmt.Sprintf("%T", h) != "*slog.defaultHandler" {
		return h
	}
	flags := log.Flags()
	s := &logSink{out: log.New(log.Writer(), log.Prefix(), flags&^(log.Lshortfile|log.Llongfile)), flags: flags}
	var text slog.Handler = slog.NewTextHandler(&s.attrs, &slog.HandlerOptions{Level: slog.Level(math.MinInt)})
	prefix, groups := heldBy(h)
	for _, g := range groups {
		text = text.WithGroup(g)
	}
	return &logHandler{logSink: s, level: h, text: text, prefix: prefix}
}

// heldBy returns the attributes that a default handler holds, formatted, and the groups that are open in it. They are in
// private fields; should these ever change, the attributes are lost and nothing else is.
func heldBy(h slog.Handler) (attrs string, groups []string) {
	defer func() { _ = recover() }()
	common := reflect.ValueOf(h).Elem().FieldByName("ch").Elem()
	if pre := common.FieldByName("preformattedAttrs").Bytes(); len(pre) > 0 {
		attrs = " " + string(pre)
	}
	names := common.FieldByName("groups")
	for i := range names.Len() {
		groups = append(groups, names.Index(i).String())
	}
	return attrs, groups
}

// logHandler writes records as Go's default handler does: "LEVEL message key=value …" through a log.Logger.
type logHandler struct {
	*logSink
	level  slog.Handler // tells what is enabled
	text   slog.Handler // formats the attributes into logSink.attrs
	prefix string       // the attributes that the replaced handler held
}

// logSink is what all handlers derived from one share.
type logSink struct {
	out   *log.Logger
	flags int

	mu    sync.Mutex // guards attrs
	attrs bytes.Buffer
}

func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.level.Enabled(ctx, level)
}

func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	attrs, err := h.format(ctx, r)
	if err != nil {
		return err
	}
	return h.out.Output(0, h.position(r)+r.Level.String()+" "+r.Message+h.prefix+attrs)
}

// format returns the attributes as the text handler writes them: what it puts behind an empty message.
func (h *logHandler) format(ctx context.Context, r slog.Record) (string, error) {
	bare := slog.NewRecord(time.Time{}, r.Level, "", 0)
	r.Attrs(func(a slog.Attr) bool {
		bare.AddAttrs(a)
		return true
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.attrs.Reset()
	if err := h.text.Handle(ctx, bare); err != nil {
		return "", err
	}
	_, attrs, _ := bytes.Cut(bytes.TrimSuffix(h.attrs.Bytes(), []byte("\n")), []byte(`msg=""`))
	return string(attrs), nil
}

// position is the source position of the call in the form that the flags of package log ask for.
func (h *logHandler) position(r slog.Record) string {
	src := r.Source()
	if src == nil || h.flags&(log.Lshortfile|log.Llongfile) == 0 {
		return ""
	}
	file := src.File
	if h.flags&log.Lshortfile != 0 {
		file = filepath.Base(file)
	}
	return file + ":" + strconv.Itoa(src.Line) + ": "
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{logSink: h.logSink, level: h.level, text: h.text.WithAttrs(attrs), prefix: h.prefix}
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{logSink: h.logSink, level: h.level, text: h.text.WithGroup(name), prefix: h.prefix}
}
