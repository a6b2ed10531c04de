package zapbridge

import (
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// persist calls try with fields; after a panic with those that panic replaced by a mark, and at last, for a method that
// panics only now and then, with nothing but a mark.
func persist(fields []zapcore.Field, try func([]zapcore.Field) (panicked any, err error)) error {
	panicked, err := try(fields)
	if panicked != nil {
		panicked, err = try(guarded(fields))
	}
	if panicked != nil {
		panicked, err = try([]zapcore.Field{zap.String("_", panicMark(panicked))})
	}
	if panicked != nil {
		return fmt.Errorf("zapbridge: a core panicked: %s", spanstate.Sprint(panicked))
	}
	return err
}

// guarded returns a copy of fields in which those that panic when they are encoded are replaced by a mark under their
// key. It is used after a panic only: it encodes every field once more.
func guarded(fields []zapcore.Field) []zapcore.Field {
	safe, _ := examined(fields)
	return safe
}

// examined is guarded, and reports whether there was such a field.
func examined(fields []zapcore.Field) (safe []zapcore.Field, found bool) {
	safe = make([]zapcore.Field, len(fields))
	for i := range fields {
		var panics bool
		safe[i], panics = tried(fields[i])
		found = found || panics
	}
	return safe, found
}

func tried(f zapcore.Field) (result zapcore.Field, panics bool) {
	defer func() {
		if r := recover(); r != nil {
			result, panics = zap.String(either(f.Key, "_"), markOf(&f, r)), true
		}
	}()
	switch f.Type { // of these zap catches the panics, a core that calls them itself may not
	case zapcore.ErrorType:
		_ = f.Interface.(error).Error()
	case zapcore.StringerType:
		_ = f.Interface.(fmt.Stringer).String()
	}
	if carrierOf(&f) == nil {
		f.AddTo(zapcore.NewJSONEncoder(valueConfig()))
	}
	return f, false
}

func markOf(f *zapcore.Field, reason any) string {
	if f.Type == zapcore.ErrorType || f.Type == zapcore.StringerType {
		return panicText(f.Interface, reason)
	}
	return panicMark(reason)
}
