package zapbridge

import (
	"strconv"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// maxKept is the largest line buffer, in bytes, that is used again.
const maxKept = 16 << 10

// extend returns enc with fields behind those that it holds. A field that panics is replaced by a mark.
func (c *Core) extend(enc zapcore.Encoder, fields []zapcore.Field, traced bool) (zapcore.Encoder, rootState) {
	var n zapcore.Encoder
	var p *placer
	_ = persist(fields, func(fields []zapcore.Field) (panicked any, _ error) {
		defer func() { panicked = recover() }()
		n, p = enc.Clone(), &placer{rules: c.rules, own: true, traced: traced, rootState: c.state.clone(nil, traced)}
		p.addAll(n, fields)
		return nil, nil
	})
	return n, p.rootState
}

// line is the memory that one call needs. It is an ObjectMarshaler, so that the user's fields can be placed while zap's
// encoder writes the line, without a second slice of fields.
type line struct {
	b      []byte
	seen   []string // memory for names
	used   bool     // seen, placer and fields are
	placer placer
	fields []zapcore.Field
	one    [1]zapcore.Field // the line itself as an inline field

	converter converter // of the call's event
}

var lines = sync.Pool{New: func() any {
	l := &line{b: make([]byte, 0, 1024), seen: make([]string, 0, maxListed)}
	l.one[0] = zap.Inline(l)
	return l
}}

func (l *line) free() {
	if cap(l.b) > maxKept {
		return
	}
	l.b = l.b[:0]
	if l.used {
		clear(l.seen[:cap(l.seen)])
		l.placer, l.fields, l.used = placer{}, nil, false
	}
	lines.Put(l)
}

// MarshalLogObject adds the fields of the call to the line.
func (l *line) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	l.placer.addAll(enc, l.fields)
	return nil
}

// encode makes the line. Zap's encoder lets some panics of user's methods through: then the fields are tried one by one,
// and those that panic are replaced by a mark.
func (l *line) encode(c *Core, ent *zapcore.Entry, fields []zapcore.Field, scope *events.Scope) error {
	panicked, err := l.try(c, ent, fields, scope)
	if panicked != nil {
		err = persist(guarded(fields), func(fields []zapcore.Field) (any, error) { return l.try(c, ent, fields, scope) })
	}
	return err
}

func (l *line) try(c *Core, ent *zapcore.Entry, fields []zapcore.Field, scope *events.Scope) (panicked any, err error) {
	defer func() { panicked = recover() }()
	enc, traced := c.plain, scope.Span.SpanContext().IsValid()
	if traced {
		enc = c.traced
	}
	l.b = l.b[:0]
	if c.matters(traced, fields) {
		l.placer = placer{rules: c.rules, own: true, traced: traced, rootState: c.state.clone(l.seen[:0], traced)}
		scope = l.placer.reserve(scope)
		l.fields, l.used = fields, true
		fields = l.one[:]
	}
	if c.rules.Schema() == events.ECS {
		return nil, l.ecs(c, enc, ent, fields, scope)
	}
	buf, err := enc.EncodeEntry(*ent, fields)
	if err != nil {
		return nil, err
	}
	b := c.rules.CleanJSON("", buf.Bytes())
	l.b = append(l.b, b[:len(b)-1]...) // without the last brace: namespaces are closed here, this is the root
	buf.Free()
	if ent.Caller.Defined && c.rules.Schema() == events.GCP {
		l.sourceLocation(&ent.Caller)
	}
	l.end(c.rules, scope)
	return nil, nil
}

// matters reports whether the fields of a call need a placer. Under ECS the head of the line does.
func (c *Core) matters(traced bool, fields []zapcore.Field) bool {
	return c.rules.Schema() == events.ECS || c.rules.Redacts() || needPlace(c.rules, fields, traced, c.state.open, true)
}

// sourceLocation writes the place of the call as Cloud Logging has it.
// https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logentrysourcelocation
func (l *line) sourceLocation(c *zapcore.EntryCaller) {
	l.key("logging.googleapis.com/sourceLocation")
	l.b = append(l.b, `{"file":`...)
	l.b = events.AppendJSONString(l.b, c.File)
	l.b = append(l.b, `,"line":`...)
	l.b = strconv.AppendInt(l.b, int64(c.Line), 10)
	l.text("function", c.Function)
	l.b = append(l.b, '}')
}

// end adds what stands at the end of every line, and closes it. Secrets have been taken from all this before; a pattern
// that an id happens to match must not break the id.
func (l *line) end(rules *events.Rules, scope *events.Scope) {
	l.b = rules.AppendScopeIDs(l.b, scope)
	l.b = rules.AppendConstant(rules.AppendScope(l.b, scope))
	l.b = append(l.b, "}\n"...)
}

func (l *line) key(key string) {
	l.b = append(events.AppendJSONString(append(l.b, ','), key), ':')
}

func (l *line) text(key, value string) {
	l.key(key)
	l.b = events.AppendJSONString(l.b, value)
}
