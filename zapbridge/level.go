package zapbridge

import (
	"reflect"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// careful returns l, or what counts as l where that panics: Info, which is also what a nil l means. The levels of zap,
// which cannot panic, are returned as they are and cost nothing.
func careful(l zapcore.LevelEnabler) zapcore.LevelEnabler {
	switch known := l.(type) {
	case nil:
		return zapcore.InfoLevel
	case zapcore.Level:
		return known
	case zap.AtomicLevel:
		if known != (zap.AtomicLevel{}) { // that one has no memory of its own
			return known
		}
	}
	return carefulLevel{l}
}

// carefulLevel is a level of the user's.
type carefulLevel struct{ enabler zapcore.LevelEnabler }

func (c carefulLevel) Enabled(l zapcore.Level) (enabled bool) {
	defer func() {
		if recover() != nil {
			enabled = l >= zapcore.InfoLevel
		}
	}()
	return c.enabler.Enabled(l)
}

// Level is asked by [zapcore.LevelOf].
func (c carefulLevel) Level() (level zapcore.Level) {
	defer func() {
		if recover() != nil {
			level = zapcore.InfoLevel
		}
	}()
	return zapcore.LevelOf(c.enabler)
}

// levelsOfZap reports whether a core is made of nothing but zap's own cores with zap's own levels: it does not panic when
// it is asked for a level. They are in private fields; should these ever change, the core is asked with care, which costs
// some nanoseconds.
func levelsOfZap(core zapcore.Core) (safe bool) {
	defer func() { _ = recover() }()
	return ofZap(reflect.ValueOf(core))
}

func ofZap(v reflect.Value) bool {
	switch {
	case !v.IsValid():
		return false
	case v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer:
		return ofZap(v.Elem())
	case !strings.HasPrefix(v.Type().PkgPath(), "go.uber.org/zap"):
		return false
	case v.Type() == reflect.TypeFor[zap.AtomicLevel]():
		return !v.Field(0).IsNil()
	case v.Kind() == reflect.Slice: // a tee
		for i := range v.Len() {
			if !ofZap(v.Index(i)) {
				return false
			}
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			lazy := f.Type() == reflect.TypeFor[zapcore.Core]() && f.IsNil() // made at the first call, from another field
			if !lazy && f.Type().Implements(reflect.TypeFor[zapcore.LevelEnabler]()) && !ofZap(f) {
				return false
			}
		}
	default:
		return v.Type() == reflect.TypeFor[zapcore.Level]()
	}
	return true
}
