package slogbridge

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// bindings adds the bound attributes, and the source, to the event.
func (h *Handler) bindings(e *events.Event, r *slog.Record) {
	e.AddFields(h.fields)
	if h.opts.AddSource {
		if src := r.Source(); src != nil {
			e.AddSource(src.Function, src.File, src.Line)
		}
	}
}

func (h *Handler) converter(to *events.Fields) converter {
	c := converter{rules: h.rules, to: to, prefix: h.prefix}
	if h.opts.ReplaceAttr != nil {
		c.replace, c.groups = h.replace, h.names
	}
	return c
}

// maxDepth is how many groups may stand inside each other; a LogValuer can make them without end.
const maxDepth = 200

// tooDeep stands in the place of a group that is deeper.
const tooDeep = "!ERROR:groups nested too deep"

// converter turns slog attributes into attributes of a span event.
type converter struct {
	rules   *events.Rules
	replace func([]string, slog.Attr) slog.Attr
	to      *events.Fields
	depth   int      // groups inside groups of one attribute
	prefix  string   // names of the open groups, each with a dot behind it
	groups  []string // the same names, for replace
}

// in returns a converter inside one more group.
func (c *converter) in(group string) converter {
	inner := *c
	inner.prefix += group + "."
	if c.replace != nil {
		inner.groups = append(c.groups[:len(c.groups):len(c.groups)], group)
	}
	return inner
}

func (c *converter) record(r *slog.Record) {
	r.Attrs(func(a slog.Attr) bool {
		c.attr(a)
		return true
	})
}

func (c *converter) attrs(as []slog.Attr) {
	for _, a := range as {
		c.attr(a)
	}
}

func (c *converter) attr(a slog.Attr) {
	v := events.Resolve(a.Value)
	if c.replace != nil && v.Kind() != slog.KindGroup {
		a = c.replace(c.groups, slog.Attr{Key: a.Key, Value: v})
		v = a.Value
	}
	kind := v.Kind() // which costs enough to be asked once
	if kind == slog.KindGroup {
		c.group(a.Key, v.Group())
		return
	}
	if a.Key == "" && v.Equal(slog.Value{}) || c.prefix == "" && c.rules.IsID(a.Key) {
		return
	}
	if c.prefix != "" {
		a.Key = c.prefix + a.Key
	}
	c.value(a.Key, v, kind)
}

func (c *converter) group(name string, attrs []slog.Attr) {
	if c.depth == maxDepth {
		c.to.AddIn(len(c.prefix), attribute.String(c.prefix+name, tooDeep))
		return
	}
	inner := *c
	if name != "" {
		inner = c.in(name)
	}
	inner.depth++
	inner.attrs(attrs)
}

func (c *converter) value(key string, v slog.Value, kind slog.Kind) {
	switch kind {
	case slog.KindString:
		c.to.AddString(len(c.prefix), key, v.String())
	case slog.KindInt64:
		c.to.AddInt64(len(c.prefix), key, v.Int64())
	case slog.KindUint64:
		c.to.AddIn(len(c.prefix), events.Uint64(key, v.Uint64()))
	case slog.KindFloat64:
		c.to.AddFloat64(len(c.prefix), key, v.Float64())
	case slog.KindBool:
		c.to.AddBool(len(c.prefix), key, v.Bool())
	case slog.KindDuration:
		c.to.AddInt64(len(c.prefix), key, int64(v.Duration()))
	case slog.KindTime:
		c.to.AddIn(len(c.prefix), events.Time(key, v.Time()))
	default:
		c.any(key, v.Any())
	}
}

func (c *converter) any(key string, v any) {
	if err, ok := v.(error); ok {
		c.to.AddString(len(c.prefix), key, spanstate.Text(err))
		if !c.rules.Hides(key) {
			c.to.AddError(err)
		}
		return
	}
	c.to.AddIn(len(c.prefix), events.Any(key, v))
}
