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

var _ zerolog.LogObjectMarshaler = badObject{}
