package zapbridge

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

const badYear = "!ERROR:time.Time year outside of range [0,9999]"

// levelTexts are the levels from Debug to Fatal as they stand on a line.
type levelTexts [zapcore.FatalLevel - zapcore.DebugLevel + 1]string

func levelTextsOf(rules *events.Rules) (t levelTexts) {
	for i := range t {
		level := zapcore.DebugLevel + zapcore.Level(i)
		t[i] = either(rules.LevelText(level.CapitalString()), level.String())
	}
	return t
}

func (t *levelTexts) of(level zapcore.Level) string {
	if i := int(level - zapcore.DebugLevel); i >= 0 && i < len(t) {
		return t[i]
	}
	return level.String()
}

func (t *levelTexts) encode(level zapcore.Level, enc zapcore.PrimitiveArrayEncoder) {
	enc.AppendString(t.of(level))
}

// encoderConfig is zap's production configuration with the names and forms of the policy. Under ECS the encoder writes
// the user's fields only.
func (o *output) encoderConfig() zapcore.EncoderConfig {
	schema := o.rules.Schema()
	if schema == events.ECS {
		return valueConfig()
	}
	cfg, names := zap.NewProductionEncoderConfig(), o.rules.Names()
	cfg.SkipLineEnding = true
	cfg.EncodeLevel = o.levels.encode
	cfg.TimeKey = either(names.Time, cfg.TimeKey)
	cfg.LevelKey = either(names.Level, cfg.LevelKey)
	cfg.MessageKey = either(names.Message, cfg.MessageKey)
	if schema != events.OTel {
		cfg.EncodeTime = encodeTime
	}
	if schema == events.GCP {
		cfg.CallerKey = "" // its place is an object, which an encoder of callers cannot write
	}
	return cfg
}

// valueConfig encodes bare fields: durations in nanoseconds, times in RFC 3339, as on span events and under ECS.
func valueConfig() zapcore.EncoderConfig {
	return zapcore.EncoderConfig{
		SkipLineEnding: true,
		EncodeTime:     encodeTime,
		EncodeDuration: zapcore.NanosDurationEncoder,
	}
}

// encodeTime writes t in RFC 3339 with nanoseconds; years that the format does not have become a mark.
func encodeTime(t time.Time, enc zapcore.PrimitiveArrayEncoder) {
	if !inRange(t) {
		enc.AppendString(badYear)
		return
	}
	zapcore.RFC3339NanoTimeEncoder(t, enc)
}

func inRange(t time.Time) bool { return t.Year() >= 0 && t.Year() < 10000 }

func either(name, missing string) string {
	if name == "" {
		return missing
	}
	return name
}
