package bridgetest

import (
	"log/slog"

	"github.com/rs/zerolog"
	"go.uber.org/zap/zapcore"
)

// field is a field of a log call, of no library. Its value is a Go value, or one of the marks below.
type field struct {
	key   string
	value any
}

func f(key string, value any) field { return field{key, value} }

// members as a value makes a group (slog), a dict (zap, zerolog) of the field.
type members []field

// opened as a value opens a namespace in the middle of a call: what follows is inside.
type opened struct{}

// fold gives the fields behind an opened namespace to a group, for libraries that have no such thing.
func fold(fields []field) []field {
	for i, f := range fields {
		if f.value == (opened{}) {
			return append(fields[:i:i], field{f.key, members(fold(fields[i+1:]))})
		}
	}
	return fields
}

// Values with methods that panic.
type (
	badStringer struct{}
	badJSON     struct{}
	badError    struct{}
	badObject   struct{}
)

func (badStringer) String() string                               { panic("in String") }
func (badJSON) MarshalJSON() ([]byte, error)                     { panic("in MarshalJSON") }
func (badError) Error() string                                   { panic("in Error") }
func (badObject) LogValue() slog.Value                           { panic("in LogValue") }
func (badObject) MarshalLogObject(_ zapcore.ObjectEncoder) error { panic("in MarshalLogObject") }
func (badObject) MarshalZerologObject(_ *zerolog.Event)          { panic("in MarshalZerologObject") }

// badLevel is a level that panics when it is asked.
type badLevel struct{}

func (badLevel) Level() slog.Level          { panic("in Level") }
func (badLevel) Enabled(zapcore.Level) bool { panic("in Enabled") }

// chatty logs while it is formatted, like a value whose method warns of something.
type chatty struct{ log func() }

type (
	chattyStringer struct{ chatty }
	chattyJSON     struct{ chatty }
	chattyError    struct{ chatty }
	chattyObject   struct{ chatty }
)

func (c chattyStringer) String() string { c.log(); return "said" }
func (c chattyError) Error() string     { c.log(); return "said" }
func (c chattyJSON) MarshalJSON() ([]byte, error) {
	c.log()
	return []byte(`"said"`), nil
}
func (c chattyObject) LogValue() slog.Value {
	c.log()
	return slog.StringValue("said")
}
func (c chattyObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	c.log()
	enc.AddString("said", "said")
	return nil
}
func (c chattyObject) MarshalZerologObject(e *zerolog.Event) {
	c.log()
	e.Str("said", "said")
}

var _ zerolog.LogObjectMarshaler = badObject{}
