package zapbridge

import (
	"strconv"
	"time"

	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// ecsState is what a line of the Elastic Common Schema needs to know of the fields so far.
type ecsState struct {
	err  error  // the first error value of the line, wherever it stands
	told bool   // there is a string called error at the root: error.message, unless there is an error value
	text string // that string
	seen names  // of the object that is being written
	root names  // of the line's root, once a namespace is open
}

// ecs makes a line of the Elastic Common Schema: @timestamp first, then what else is ours at the head, then the user's
// fields as zap's encoder writes them.
func (l *line) ecs(c *Core, enc zapcore.Encoder, ent *zapcore.Entry, fields []zapcore.Field, scope *events.Scope) error {
	buf, err := enc.EncodeEntry(zapcore.Entry{}, fields)
	if err != nil {
		return err
	}
	l.head(c, ent)
	if b := c.rules.CleanJSON("", buf.Bytes()); len(b) > len("{}") {
		l.b = append(l.b, ',')
		l.b = append(l.b, b[1:len(b)-1]...)
	}
	buf.Free()
	l.end(c.rules, scope)
	return nil
}

func (l *line) head(c *Core, ent *zapcore.Entry) {
	names := c.rules.Names()
	if !ent.Time.IsZero() {
		l.time(either(names.Time, "@timestamp"), ent.Time)
	}
	l.text(either(names.Level, "log.level"), c.levels.of(ent.Level))
	if ent.LoggerName != "" {
		l.text("log.logger", ent.LoggerName)
	}
	l.secret(either(names.Message, "message"), ent.Message)
	if ent.Caller.Defined {
		l.origin(&ent.Caller)
	}
	l.error(ent.Stack)
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

// error writes error.*. The stack of an error says more than that of the call.
func (l *line) error(stack string) {
	p := &l.placer
	switch {
	case p.err != nil:
		l.secret("error.message", errorText(p.err))
		l.text("error.type", spanstate.ErrorType(p.err))
		if own := spanstate.StackTrace(p.err); own != "" {
			stack = own
		}
		if p.told {
			l.secret(p.rootLabel("error"), p.text)
		}
	case p.told:
		l.secret("error.message", p.text)
	}
	if stack != "" {
		l.secret("error.stack_trace", stack)
	}
}

// secret writes a text of the user's that may hold what must not be seen.
func (l *line) secret(key, value string) {
	rules := l.placer.rules
	if rules.Hides(key) {
		value = events.Redacted
	}
	l.text(key, rules.CleanText(value))
}

func (l *line) time(key string, t time.Time) {
	if !inRange(t) {
		l.text(key, badYear)
		return
	}
	l.key(key)
	l.b = append(l.b, '"')
	l.b = append(t.AppendFormat(l.b, time.RFC3339Nano), '"')
}

// addECS writes what needs more under ECS than a name: the first error value of a line, or a string called error at the
// root, is error.*, which stands at the head. Later ones at the root are labels; inside a namespace all keep their place.
func (p *placer) addECS(enc zapcore.ObjectEncoder, f *zapcore.Field) bool {
	err := errorOf(f)
	switch {
	case err != nil && (p.open || p.err != nil):
		enc.AddString(p.errorName(f.Key), errorText(err))
		p.noteError(err)
	case err != nil:
		p.err = err
	case f.Type == zapcore.ArrayMarshalerType:
		p.noteError(firstOf(f.Interface))
		return false
	case p.open || f.Key != "error" || f.Type != zapcore.StringType:
		return p.addDict(enc, f)
	case p.told:
		enc.AddString(p.label(f.Key), f.String)
	default:
		p.told, p.text = true, f.String
	}
	return true
}

func (p *placer) noteError(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *placer) errorName(key string) string {
	if p.open {
		return p.seen.unique(p.rules.Inside(p.path, key, true))
	}
	return p.label(key)
}

func (p *placer) label(key string) string { return p.seen.unique(p.rules.Label(key)) }

// rootLabel is label for the root, also while a namespace is open, where it may be asked for once: it notes the name in
// a copy, because the root's names are the logger's, whose calls share them.
func (p *placer) rootLabel(key string) string {
	if !p.open {
		return p.label(key)
	}
	root := p.root.clone(nil)
	return root.unique(p.rules.Label(key))
}

// addDict writes a zap.Dict, whose fields can be seen, with keys that stand once and with its errors noted.
func (p *placer) addDict(enc zapcore.ObjectEncoder, f *zapcore.Field) bool {
	m, _ := f.Interface.(zapcore.ObjectMarshaler)
	fields, ok := dictFields(m)
	if !ok || f.Type != zapcore.ObjectMarshalerType {
		return false
	}
	name, asString := p.name(f.Key, false)
	if asString {
		return false
	}
	d := &dict{fields: fields, placer: placer{rules: p.rules, own: p.own, rootState: p.inside(f.Key)}}
	if err := enc.AddObject(p.seen.unique(name), d); err != nil {
		enc.AddString(p.seen.unique(name+"Error"), err.Error())
	}
	p.noteError(d.placer.err)
	return true
}

// dict is the object of a zap.Dict.
type dict struct {
	fields []zapcore.Field
	placer placer
}

func (d *dict) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	d.placer.addAll(enc, d.fields)
	return nil
}
