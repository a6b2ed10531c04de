package zapbridge

import (
	"sync"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// maxKept is the largest line buffer, in bytes, that is used again.
const maxKept = 16 << 10

// encoderConfig is zap's production configuration with the names of the policy. Under ECS the encoder writes the user's
// fields only.
func encoderConfig(rules *events.Rules) zapcore.EncoderConfig {
	if rules.Schema() == events.ECS {
		return valueConfig()
	}
	cfg, names := zap.NewProductionEncoderConfig(), rules.Names()
	cfg.SkipLineEnding = true
	cfg.TimeKey = either(names.Time, cfg.TimeKey)
	cfg.LevelKey = either(names.Level, cfg.LevelKey)
	cfg.MessageKey = either(names.Message, cfg.MessageKey)
	return cfg
}

func either(name, missing string) string {
	if name == "" {
		return missing
	}
	return name
}

// extend returns enc with fields behind those that it holds. A field that panics is replaced by a mark.
func (c *Core) extend(enc zapcore.Encoder, fields []zapcore.Field, traced bool) (zapcore.Encoder, rootState) {
	var n zapcore.Encoder
	var p placer
	_ = persist(fields, func(fields []zapcore.Field) (panicked any, _ error) {
		defer func() { panicked = recover() }()
		n, p = enc.Clone(), placer{rules: c.rules, own: true, traced: traced, rootState: c.state}
		p.addAll(n, fields)
		return nil, nil
	})
	return n, p.rootState
}

// line is the memory that one call needs. It is an ObjectMarshaler, so that the user's fields can be placed while zap's
// encoder writes the line, without a second slice of fields.
type line struct {
	b      []byte
	placer placer
	fields []zapcore.Field
	one    [1]zapcore.Field // the line itself as an inline field
}

var lines = sync.Pool{New: func() any {
	l := &line{b: make([]byte, 0, 1024)}
	l.one[0] = zap.Inline(l)
	return l
}}

func (l *line) free() {
	if cap(l.b) > maxKept {
		return
	}
	l.b = l.b[:0]
	l.placer, l.fields = placer{}, nil
	lines.Put(l)
}

// MarshalLogObject adds the fields of the call to the line.
func (l *line) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	l.placer.addAll(enc, l.fields)
	return nil
}

// encode makes the line. Zap's encoder lets some panics of user's methods through: then the fields are tried one by one,
// and those that panic are replaced by a mark.
func (l *line) encode(c *Core, ent *zapcore.Entry, fields []zapcore.Field, sc trace.SpanContext) error {
	panicked, err := l.try(c, ent, fields, sc)
	if panicked == nil {
		return err
	}
	return persist(guarded(fields), func(fields []zapcore.Field) (any, error) { return l.try(c, ent, fields, sc) })
}

func (l *line) try(c *Core, ent *zapcore.Entry, fields []zapcore.Field, sc trace.SpanContext) (panicked any, err error) {
	defer func() { panicked = recover() }()
	enc, traced := c.plain, sc.IsValid()
	if traced {
		enc = c.traced
	}
	l.b = l.b[:0]
	l.placer = placer{rules: c.rules, own: true, traced: traced, rootState: c.state}
	if l.placer.matters(fields) {
		l.fields = fields
		fields = l.one[:]
	}
	if c.rules.Schema() == events.ECS {
		return nil, l.ecs(enc, ent, fields, sc)
	}
	buf, err := enc.EncodeEntry(*ent, fields)
	if err != nil {
		return nil, err
	}
	b := buf.Bytes()
	l.b = append(l.b, b[:len(b)-1]...) // without the last brace: namespaces are closed here, this is the root
	buf.Free()
	l.end(c.rules, sc)
	return nil, nil
}

// end adds what stands at the end of every line, and closes it.
func (l *line) end(rules *events.Rules, sc trace.SpanContext) {
	l.b = rules.AppendConstant(rules.AppendIDs(l.b, sc))
	l.b = append(l.b, "}\n"...)
}
