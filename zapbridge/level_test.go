package zapbridge

import (
	"bytes"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// raises is a level that panics when it is asked.
type raises struct{}

func (raises) Enabled(zapcore.Level) bool { panic("no level") }

// at is a core of zap's with that level.
func at(l zapcore.LevelEnabler, b *bytes.Buffer) zapcore.Core {
	return zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(b), l)
}

func TestLevelsThatPanic(t *testing.T) {
	for name, l := range map[string]zapcore.LevelEnabler{"panics": raises{}, "without memory": zap.AtomicLevel{}, "nil": (*zap.AtomicLevel)(nil)} {
		var b bytes.Buffer
		for flavour, logger := range map[string]*zap.Logger{
			"core":    zap.New(NewCore(&b, l, nil)),
			"wrapped": Wrap(zap.New(at(l, &b)), nil),
			"sampled": Wrap(zap.New(zapcore.NewSamplerWithOptions(at(l, &b), time.Hour, 10, 0)), nil),
			"With":    Wrap(zap.New(at(l, &b)), nil).With(zap.Int("a", 1)),
		} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				b.Reset()
				logger.Debug("debug")
				if level := zapcore.LevelOf(logger.Core()); level != zap.InfoLevel || b.Len() > 0 {
					t.Errorf("got level %v and %s, want Info and no line", level, b.String())
				}
				logger.Info("info", Context(remote()))
				if line := parse(t, b.String()); line["msg"] != "info" || line["span_id"] != "0200000000000000" {
					t.Errorf("got %v", line)
				}
			})
		}
	}
}

// What zap makes is asked without a net, which would cost more than the level.
func TestLevelsOfZap(t *testing.T) {
	var b bytes.Buffer
	observed, _ := observer.New(zap.InfoLevel)
	plainly, level := at(zap.InfoLevel, &b), zap.NewAtomicLevel()
	increased, _ := zapcore.NewIncreaseLevelCore(plainly, zap.WarnLevel)
	for name, tt := range map[string]struct {
		core zapcore.Core
		want bool
	}{
		"level":            {plainly, true},
		"atomic":           {at(level, &b), true},
		"atomic pointer":   {at(&level, &b), true},
		"tee":              {zapcore.NewTee(plainly, at(level, &b)), true},
		"sampler":          {zapcore.NewSamplerWithOptions(plainly, time.Hour, 1, 0), true},
		"increased":        {increased, true},
		"hooked":           {zapcore.RegisterHooks(plainly, func(zapcore.Entry) error { return nil }), true},
		"lazy":             {zapcore.NewLazyWith(plainly, []zap.Field{zap.Int("a", 1)}), true},
		"observer":         {observed, true},
		"nop":              {zapcore.NewNopCore(), true},
		"func":             {at(zap.LevelEnablerFunc(func(zapcore.Level) bool { return true }), &b), false},
		"panics":           {at(raises{}, &b), false},
		"panics in a tee":  {zapcore.NewTee(plainly, at(raises{}, &b)), false},
		"panics, sampled":  {zapcore.NewSamplerWithOptions(at(raises{}, &b), time.Hour, 1, 0), false},
		"a user's core":    {struct{ zapcore.Core }{plainly}, false},
		"no atomic memory": {at(zap.AtomicLevel{}, &b), false},
	} {
		if got := levelsOfZap(tt.core); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}
