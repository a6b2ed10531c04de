package zerologbridge

import (
	"reflect"

	"github.com/rs/zerolog"
)

// inside knows two fields of a zerolog.Event that no method of it shows. Their types and pointers can be read all the
// same. A negative index stands for a field that this version of zerolog does not have.
type inside struct {
	writer int // where the line goes to: a LevelWriter
	done   int // what ends the program or panics: a func, nil for most calls
}

func findInside() inside {
	return inside{
		writer: indexOf("w", reflect.Interface),
		done:   indexOf("done", reflect.Func),
	}
}

func indexOf(name string, kind reflect.Kind) int {
	t := reflect.TypeFor[zerolog.Event]()
	if i := fieldOf(t, name); i >= 0 && t.Field(i).Type.Kind() == kind {
		return i
	}
	return -1
}

// fieldOf returns the index of a field of a struct, -1 if there is none. FieldByName would do, and links 10 KB more.
func fieldOf(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if t.Field(i).Name == name {
			return i
		}
	}
	return -1
}

// goesTo reports whether the line of e goes to that writer, a pointer. Output on a logger of New replaces the writer, but
// not the hook.
func (in inside) goesTo(e *zerolog.Event, out any) bool {
	if in.writer < 0 {
		return true
	}
	w := reflect.ValueOf(e).Elem().Field(in.writer).Elem()
	return w.Kind() == reflect.Pointer && w.Pointer() == reflect.ValueOf(out).Pointer()
}

// ends reports whether the program ends or panics after the line, unlike that of WithLevel(FatalLevel).
func (in inside) ends(e *zerolog.Event) bool {
	return in.done < 0 || !reflect.ValueOf(e).Elem().Field(in.done).IsNil()
}
