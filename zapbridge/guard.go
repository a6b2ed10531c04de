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
	safe := make([]zapcore.Field, len(fields))
	for i := range fields {
		safe[i] = tried(fields[i])
	}
	return safe
}

func tried(f zapcore.Field) (result zapcore.Field) {
	defer func() {
		if r := recover(); r != nil {
			result = zap.String(either(f.Key, "_"), panicMark(r))
		}
	}()
	if carrierOf(&f) == nil {
		f.AddTo(zapcore.NewJSONEncoder(valueConfig()))
	}
	return f
}
