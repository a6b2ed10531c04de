package slogbridge_test

import (
	"bytes"
	"log/slog"
	"reflect"
	"testing"

	"github.com/spanlog/spanlog/slogbridge"
)

// raises is a level that panics when it is asked.
type raises struct{}

func (raises) Level() slog.Level { panic("no level") }

func TestLevelsThatPanic(t *testing.T) {
	for name, level := range map[string]slog.Leveler{"panics": raises{}, "nil": (*slog.LevelVar)(nil)} {
		var b bytes.Buffer
		o := &slog.HandlerOptions{Level: level}
		for flavour, h := range map[string]slog.Handler{
			"own":          slogbridge.NewHandler(&b, o, nil),
			"wrapped":      slogbridge.Wrap(slog.NewJSONHandler(&b, o), nil),
			"wrapped text": slogbridge.Wrap(slog.NewTextHandler(&b, o), nil),
			"of a user":    slogbridge.Wrap(struct{ slog.Handler }{slog.NewJSONHandler(&b, o)}, nil),
			"With":         slogbridge.Wrap(slog.NewJSONHandler(&b, o), nil).WithAttrs([]slog.Attr{slog.Int("a", 1)}).WithGroup("g"),
		} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				b.Reset()
				slog.New(h).Debug("debug")
				if b.Len() > 0 {
					t.Errorf("got %s, want no line", b.String())
				}
				slog.New(h).InfoContext(unsampled(), "info")
				if !bytes.Contains(b.Bytes(), []byte("info")) || !bytes.Contains(b.Bytes(), []byte("0200000000000000")) {
					t.Errorf("got %q", b.String())
				}
			})
		}
	}
}

// What slog makes is asked without a net, which would cost more than the level.
func TestLevelsOfSlog(t *testing.T) {
	level := new(slog.LevelVar)
	for name, tt := range map[string]struct {
		handler slog.Handler
		careful bool
	}{
		"default":       {slog.NewJSONHandler(nil, nil), false},
		"level":         {slog.NewTextHandler(nil, &slog.HandlerOptions{Level: slog.LevelWarn}), false},
		"variable":      {slog.NewJSONHandler(nil, &slog.HandlerOptions{Level: level}).WithGroup("g"), false},
		"panics":        {slog.NewJSONHandler(nil, &slog.HandlerOptions{Level: raises{}}), true},
		"nil variable":  {slog.NewJSONHandler(nil, &slog.HandlerOptions{Level: (*slog.LevelVar)(nil)}), true},
		"user's":        {struct{ slog.Handler }{slog.DiscardHandler}, true},
		"Go's default":  {slog.Default().Handler(), true},
		"slog.Discard…": {slog.DiscardHandler, true},
	} {
		w := reflect.ValueOf(slogbridge.Wrap(tt.handler, nil)).Elem()
		if got := w.FieldByName("mayPanic").Bool(); got != tt.careful {
			t.Errorf("%s: asked with care: %v, want %v", name, got, tt.careful)
		}
	}
}
