package zapbridge

import (
	"runtime"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// failure is a panic during the write of a wrapped logger. As an error it says that a core panicked.
type failure struct {
	reason  any
	inField bool // while a field was encoded
}

// failureOf is called with what a deferred function has recovered; nil gives nil.
func failureOf(reason any) *failure {
	if reason == nil {
		return nil
	}
	return &failure{reason, encodes()}
}

func (f *failure) Error() string { return "zapbridge: a core panicked: " + spanstate.Sprint(f.reason) }

// again writes once more if a field was to blame, without what panics. If it was not, or it panics again, the entry is
// lost for the core that panicked and those behind it: one more write would repeat the line of those before.
func (f *failure) again(fields []zapcore.Field, write func([]zapcore.Field) (*failure, error)) error {
	safe, found := examined(fields)
	switch {
	case found:
	case f.inField: // it panics only now and then
		safe = []zapcore.Field{zap.String("_", panicMark(f.reason))}
	default:
		return f
	}
	failed, err := write(safe)
	if failed != nil {
		return failed
	}
	return err
}

// maxFrames is how much of a stack is searched.
const maxFrames = 1 << 10

// encodes reports whether a field is being encoded on this goroutine: its methods are called by zap's Field.AddTo.
func encodes() bool {
	pcs := make([]uintptr, maxFrames)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if frame.Function == "go.uber.org/zap/zapcore.Field.AddTo" {
			return true
		}
		if !more {
			return false
		}
	}
}
