package zapbridge

import (
	"context"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// With returns a logger bound to ctx: calls without a [Context] field keep the ids of its span and are its events, and have
// the fields of events.ContextWith; a Context field in the call wins. A logger without a core of this package is wrapped
// with the default policy first (see [Wrap]); a nil one stands for zap.L(). A ctx that has nothing for a log call, or nil,
// binds nothing. The context is held as long as the logger lives.
func With(ctx context.Context, l *zap.Logger) *zap.Logger {
	if l == nil {
		l = zap.L()
	}
	l = Wrap(l, nil)
	field := Context(ctx)
	if field.Type == zapcore.SkipType {
		return l
	}
	return l.With(field)
}

// probe is a field that only the cores of this package answer. With hands it through whatever wraps them: samplers,
// hooks, tees, lazy cores.
type probe struct{ found bool }

func (*probe) MarshalLogObject(zapcore.ObjectEncoder) error { return nil }

// ours reports whether a core of this package is anywhere in core.
func ours(core zapcore.Core) (found bool) {
	switch core.(type) {
	case *Core, *wrapper:
		return true
	}
	p := new(probe)
	defer func() {
		if recover() != nil { // a user's core may not like the field
			found = p.found
		}
	}()
	core.With([]zapcore.Field{{Type: zapcore.InlineMarshalerType, Interface: p}})
	return p.found
}

// answer reports whether there is a probe among fields, and answers it. Cores around ours may have added fields to it.
func answer(fields []zapcore.Field) bool {
	for i := range fields {
		if p, ok := fields[i].Interface.(*probe); ok {
			p.found = true
			return true
		}
	}
	return false
}
