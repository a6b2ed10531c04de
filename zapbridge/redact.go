package zapbridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// clean takes from the entry of a wrapped logger what must not be seen.
func (w *wrapper) clean(ent *zapcore.Entry) {
	if w.rules.Redacts() {
		ent.Message = w.rules.CleanText(ent.Message)
		ent.Stack = w.rules.CleanText(ent.Stack)
	}
}

// cleaned returns the fields as a wrapped core may see them. Inline objects become fields of their own.
func (w *wrapper) cleaned(fields []zapcore.Field) []zapcore.Field {
	c := cleaner{rules: w.rules, path: w.prefix, out: make([]zapcore.Field, 0, len(fields))}
	for i := range fields {
		c.addField(fields[i])
	}
	return c.out
}

// cleaner rewrites fields. A value that is logged as JSON and has a secret in it becomes that JSON.
type cleaner struct {
	rules *events.Rules
	path  string // of the open namespaces, each with a dot behind it
	lent  bool   // what is added comes from an object that may use its memory again
	out   []zapcore.Field
}

func (c *cleaner) addField(f zapcore.Field) {
	defer func() {
		if r := recover(); r != nil {
			c.add(zap.String(either(f.Key, "_"), c.rules.CleanText(panicMark(r))))
		}
	}()
	switch {
	case carrierOf(&f) != nil || f.Type == zapcore.SkipType:
		c.add(f)
	case f.Type == zapcore.NamespaceType:
		c.path += f.Key + "."
		c.add(f)
	case f.Type == zapcore.InlineMarshalerType:
		c.inline(f)
	case c.rules.Hides(c.path + f.Key):
		c.add(zap.String(f.Key, events.Redacted))
	default:
		c.add(c.value(f))
	}
}

func (c *cleaner) add(f zapcore.Field) { c.out = append(c.out, f) }

func (c *cleaner) inline(f zapcore.Field) {
	lent := c.lent
	c.lent = true
	defer func() { c.lent = lent }()
	if err := f.Interface.(zapcore.ObjectMarshaler).MarshalLogObject(&memberEncoder{to: c}); err != nil {
		c.add(zap.String(f.Key+"Error", c.rules.CleanText(errorText(err))))
	}
}

func (c *cleaner) value(f zapcore.Field) zapcore.Field {
	switch f.Type {
	case zapcore.StringType:
		f.String = c.rules.CleanText(f.String)
	case zapcore.ByteStringType:
		return zap.ByteString(f.Key, []byte(c.rules.CleanText(string(f.Interface.([]byte)))))
	case zapcore.BinaryType:
		return zap.Binary(f.Key, slices.Clone(f.Interface.([]byte)))
	case zapcore.StringerType:
		return c.text(f, stringerText(f.Interface.(fmt.Stringer)))
	case zapcore.ErrorType:
		return c.error(f)
	case zapcore.ObjectMarshalerType, zapcore.ArrayMarshalerType, zapcore.ReflectType:
		return c.json(f)
	}
	return f
}

func (c *cleaner) text(f zapcore.Field, text string) zapcore.Field {
	if cleaned := c.rules.CleanText(text); cleaned != text {
		return zap.String(f.Key, cleaned)
	}
	return f
}

// error returns the error as it is, or its message, where zap's companions of it would tell a secret.
func (c *cleaner) error(f zapcore.Field) zapcore.Field {
	all, err := fieldsJSON(f)
	if err == nil && bytes.Equal(c.rules.CleanJSON(c.path+f.Key, []byte(all)), []byte(all)) {
		return f
	}
	return zap.String(f.Key, c.rules.CleanText(errorText(f.Interface.(error))))
}

func (c *cleaner) json(f zapcore.Field) zapcore.Field {
	value, failure := partsJSON(f)
	if failure != "" {
		return c.failed(f.Key, value, failure)
	}
	cleaned := c.rules.CleanJSON(c.path+f.Key, value)
	if bytes.Equal(cleaned, value) && (!c.lent || f.Type == zapcore.ReflectType) {
		return f
	}
	return zap.Reflect(f.Key, json.RawMessage(cleaned))
}

// failed is a value that reported an error while it was encoded: as zap has it, what there is of it, and the error.
func (c *cleaner) failed(key string, value json.RawMessage, failure string) zapcore.Field {
	if value != nil {
		c.add(zap.Reflect(key, json.RawMessage(c.rules.CleanJSON(c.path+key, value))))
	}
	if key += "Error"; c.rules.Hides(c.path + key) {
		return zap.String(key, events.Redacted)
	}
	return zap.String(key, c.rules.CleanText(failure))
}
