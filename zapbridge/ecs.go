package zapbridge

import (
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// ecs makes a line of the Elastic Common Schema: @timestamp first, then the user's fields as zap's encoder writes them.
func (l *line) ecs(enc zapcore.Encoder, ent *zapcore.Entry, fields []zapcore.Field, sc trace.SpanContext) error {
	buf, err := enc.EncodeEntry(zapcore.Entry{}, fields)
	if err != nil {
		return err
	}
	l.head(l.placer.rules.Names(), ent)
	if b := buf.Bytes(); len(b) > len("{}") {
		l.b = append(l.b, ',')
		l.b = append(l.b, b[1:len(b)-1]...)
	}
	buf.Free()
	if ent.Stack != "" && !l.placer.stacked {
		l.text("error.stack_trace", ent.Stack)
	}
	l.end(l.placer.rules, sc)
	return nil
}

func (l *line) head(names events.Names, ent *zapcore.Entry) {
	if !ent.Time.IsZero() {
		l.time(either(names.Time, "@timestamp"), ent.Time)
	}
	l.text(either(names.Level, "log.level"), strings.ToLower(ent.Level.String()))
	if ent.LoggerName != "" {
		l.text("log.logger", ent.LoggerName)
	}
	l.text(either(names.Message, "message"), ent.Message)
	if ent.Caller.Defined {
		l.origin(&ent.Caller)
	}
	l.b[0] = '{' // instead of the first comma
}

func (l *line) origin(c *zapcore.EntryCaller) {
	if c.Function != "" {
		l.text("log.origin.function", c.Function)
	}
	l.text("log.origin.file.name", c.File)
	l.key("log.origin.file.line")
	l.b = strconv.AppendInt(l.b, int64(c.Line), 10)
}

func (l *line) key(key string) {
	l.b = append(events.AppendJSONString(append(l.b, ','), key), ':')
}

func (l *line) text(key, value string) {
	l.key(key)
	l.b = events.AppendJSONString(l.b, value)
}

// time writes t in RFC 3339 with nanoseconds; years that the format does not have become a mark.
func (l *line) time(key string, t time.Time) {
	if y := t.Year(); y < 0 || y >= 10000 {
		l.text(key, "!ERROR:time.Time year outside of range [0,9999]")
		return
	}
	l.key(key)
	l.b = append(l.b, '"')
	l.b = append(t.AppendFormat(l.b, time.RFC3339Nano), '"')
}

// addError writes the first error value of a line, or a string called error, as error.*. Later ones are labels.
func (p *placer) addError(enc zapcore.ObjectEncoder, f *zapcore.Field) bool {
	err, ok := f.Interface.(error)
	var text string
	switch {
	case ok && isErrorType(f.Type):
		text = spanstate.Text(err)
	case f.Type == zapcore.StringType && f.Key == "error":
		text = f.String
	default:
		return false
	}
	if p.told {
		enc.AddString(p.rules.Label(f.Key), text)
		return true
	}
	p.told = true
	enc.AddString("error.message", text)
	if err != nil {
		p.addErrorType(enc, err)
	}
	return true
}

func (p *placer) addErrorType(enc zapcore.ObjectEncoder, err error) {
	enc.AddString("error.type", spanstate.ErrorType(err))
	if stack := spanstate.StackTrace(err); stack != "" {
		enc.AddString("error.stack_trace", stack)
		p.stacked = true
	}
}

// isErrorType reports whether an error in a field of this type is meant as one: a Stringer may happen to be an error.
func isErrorType(t zapcore.FieldType) bool {
	return t == zapcore.ErrorType || t == zapcore.ReflectType
}

// addInner writes a field that is not at the root. Under ECS an error is its text there, without zap's companions.
func (p *placer) addInner(enc zapcore.ObjectEncoder, f *zapcore.Field) {
	if err, ok := f.Interface.(error); ok && p.ecs() && f.Type == zapcore.ErrorType {
		enc.AddString(f.Key, spanstate.Text(err))
		return
	}
	f.AddTo(enc)
}
