package zapbridge

import (
	"fmt"

	"go.uber.org/zap/zapcore"
)

// addValue adds a field to a line of ours. It is Field.AddTo, but what cannot be formatted leaves a mark under the
// field's own key.
func addValue(enc zapcore.ObjectEncoder, f *zapcore.Field) {
	switch {
	case f.Interface == nil:
		f.AddTo(enc)
	case f.Type == zapcore.ErrorType:
		addError(enc, f.Key, f.Interface.(error))
	case f.Type == zapcore.StringerType:
		enc.AddString(f.Key, stringerText(f.Interface.(fmt.Stringer)))
	case f.Type == zapcore.ReflectType:
		addReflected(enc, f.Key, f.Interface)
	default:
		f.AddTo(enc)
	}
}

func addReflected(enc zapcore.ObjectEncoder, key string, v any) {
	defer func() {
		if r := recover(); r != nil {
			enc.AddString(key, panicMark(r))
		}
	}()
	if err := enc.AddReflected(key, v); err != nil {
		enc.AddString(key, errorMark(err))
	}
}

// addError adds an error with zap's companions: <key>Causes where it holds several, <key>Verbose where %+v says more.
func addError(enc zapcore.ObjectEncoder, key string, err error) {
	defer func() {
		if r := recover(); r != nil {
			enc.AddString(key+"Error", panicMark(r))
		}
	}()
	basic := errorText(err)
	enc.AddString(key, basic)
	switch e := err.(type) {
	case interface{ Errors() []error }:
		if arrayErr := enc.AddArray(key+"Causes", causes(e.Errors())); arrayErr != nil {
			enc.AddString(key+"Error", arrayErr.Error())
		}
	case fmt.Formatter:
		if verbose := fmt.Sprintf("%+v", e); verbose != basic {
			enc.AddString(key+"Verbose", verbose)
		}
	}
}

type causes []error

func (c causes) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for _, err := range c {
		if err == nil {
			continue
		}
		if err := enc.AppendObject(cause{err}); err != nil {
			return err
		}
	}
	return nil
}

type cause struct{ error }

func (c cause) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	addError(enc, "error", c.error)
	return nil
}
