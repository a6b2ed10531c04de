package zapbridge

import (
	"fmt"
	"reflect"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// What is inside values whose types zap keeps to itself, and the text of those whose methods may panic.

// dictFields returns the fields of a zap.Dict.
func dictFields(m zapcore.ObjectMarshaler) ([]zapcore.Field, bool) {
	if t := reflect.TypeOf(m); t != dictType {
		return nil, false
	}
	fields, ok := reflect.ValueOf(m).Convert(reflect.TypeFor[[]zapcore.Field]()).Interface().([]zapcore.Field)
	return fields, ok
}

// dictType is the type of a zap.Dict; nil, which no marshaler has, should it be no slice of fields one day.
var dictType = func() reflect.Type {
	if t := reflect.TypeOf(zap.Dict("").Interface); t != nil && t.ConvertibleTo(reflect.TypeFor[[]zapcore.Field]()) {
		return t
	}
	return nil
}()

// firstOf returns the first error of a zap.Errors, nil if there is none.
func firstOf(v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice || rv.Type().Elem() != reflect.TypeFor[error]() {
		return nil
	}
	for i := range rv.Len() {
		if err, ok := rv.Index(i).Interface().(error); ok {
			return err
		}
	}
	return nil
}

// errorOf returns the error that a field is meant as, nil if it is none: a Stringer may happen to be an error.
func errorOf(f *zapcore.Field) error {
	if f.Type != zapcore.ErrorType && f.Type != zapcore.ReflectType {
		return nil
	}
	err, _ := f.Interface.(error)
	return err
}

func stringerText(v fmt.Stringer) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = panicText(v, r)
		}
	}()
	return v.String()
}

func errorText(err error) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = panicText(err, r)
		}
	}()
	return err.Error()
}

// panicText says what zap says of a nil pointer, which is the likeliest reason.
func panicText(v, r any) string {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return "<nil>"
	}
	return panicMark(r)
}

func panicMark(r any) string { return "!PANIC: " + spanstate.Sprint(r) }

func errorMark(err error) string { return "!ERROR:" + spanstate.Text(err) }
