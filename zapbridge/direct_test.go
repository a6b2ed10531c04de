package zapbridge

import (
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Only the core of zapcore.NewCore is written to without being asked: all others may decide by more than the level.
func TestIsIOCore(t *testing.T) {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(nothing{}), zap.InfoLevel)
	for name, row := range map[string]struct {
		core zapcore.Core
		want bool
	}{
		"core":    {core, true},
		"with":    {core.With([]zapcore.Field{zap.Int("a", 1)}), true},
		"tee":     {zapcore.NewTee(core, core), false},
		"sampler": {zapcore.NewSamplerWithOptions(core, 1, 1, 1), false},
		"hooked":  {zapcore.RegisterHooks(core, func(zapcore.Entry) error { return nil }), false},
		"nop":     {zapcore.NewNopCore(), false},
	} {
		if got := isIOCore(row.core); got != row.want {
			t.Errorf("%s: got %t, want %t", name, got, row.want)
		}
	}
}
