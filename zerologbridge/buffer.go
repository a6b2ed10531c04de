package zerologbridge

import (
	"reflect"

	"github.com/rs/zerolog"
)

// buffer knows which field of a zerolog.Event holds the line so far. zerolog gives it to nobody (rs/zerolog#493, #637),
// but reflect's Bytes reads a field that is not exported too, and returns the event's own memory.
type buffer struct {
	field int // its index; negative where the line cannot be read
}

// findBuffer looks for the field and tries it out on an event that is never written. An event that does not behave as
// the one this package was written for, or that is not JSON (build tag binary_log), gives a buffer that reads nothing.
func findBuffer() buffer {
	t := reflect.TypeFor[zerolog.Event]()
	b := buffer{fieldOf(t, "buf")}
	if b.field < 0 || t.Field(b.field).Type != reflect.TypeFor[[]byte]() {
		return buffer{-1}
	}
	var none *zerolog.Event
	e := none.CreateDict().Str("a", "b")
	read := b.of(e)
	if string(read) != `{"a":"b"` {
		return buffer{-1}
	}
	read[len(read)-2] = 'c'
	if string(b.of(e.Str("d", "e"))) != `{"a":"c","d":"e"` {
		return buffer{-1}
	}
	return b
}

// of returns the line of e so far: an opened object without its end, not a copy. It is nil where it cannot be read.
func (b buffer) of(e *zerolog.Event) []byte {
	if b.field < 0 {
		return nil
	}
	line := reflect.ValueOf(e).Elem().Field(b.field).Bytes()
	if len(line) == 0 || line[0] != '{' && line[0] != ' ' { // a space where blanking moved the brace
		return nil
	}
	return line
}
