package zapbridge

import (
	"reflect"

	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// flush exports spans and lines after an entry that is about to end the program or the goroutine.
func flush(rules *events.Rules, scope *events.Scope, level zapcore.Level, dpanics bool) {
	switch {
	case level == zapcore.FatalLevel:
		rules.FlushSpans(*scope, true)
	case level == zapcore.PanicLevel, level == zapcore.DPanicLevel && dpanics:
		rules.FlushSpans(*scope, false)
	default:
		return
	}
	rules.FlushLines()
}

// ends reports whether something happens after the entry was written. Of a DPanic this is the only sign that the logger
// is one of development, which panics; zap tells it to nobody.
func ends(ce *zapcore.CheckedEntry) bool {
	if ce == nil {
		return false
	}
	after := reflect.ValueOf(ce).Elem().FieldByName("after")
	return after.IsValid() && after.Kind() == reflect.Interface && !after.IsNil()
}

// dpanic stands for a Core in the entry of a DPanic. It is good for this one entry.
type dpanic struct {
	*Core
	ce *zapcore.CheckedEntry
}

func (d *dpanic) Write(ent zapcore.Entry, fields []zapcore.Field) error {
	return d.write(ent, fields, ends(d.ce))
}
