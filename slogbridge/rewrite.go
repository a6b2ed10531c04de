package slogbridge

import (
	"log/slog"

	"github.com/spanlog/spanlog/events"
)

// rewriter gives attributes the form in which a wrapped handler gets them: without those at the root that have the name
// of an id if the line is traced, those that have the name of a constant field under a label, and without secrets.
type rewriter struct {
	rules  *events.Rules
	traced bool
	root   bool
	json   bool   // what is wrapped writes values as JSON and in no other form
	path   string // of the open groups, each with a dot behind it
	depth  int    // groups of one attribute around, those without a name too
}

func (w *Wrapper) rewriter(traced bool) rewriter {
	return rewriter{rules: w.rules, traced: traced, root: len(w.open) == 0, json: w.rfc3339, path: w.prefix}
}

// mustRewrite reports whether the record is not to be passed on as it is.
func (w *Wrapper) mustRewrite(r *slog.Record, traced bool) bool {
	return w.rules.Redacts() || len(w.rules.Constant()) > 0 && recordHas(r, w.rules.Taken) || traced && recordHas(r, w.rules.IsID)
}

func (w *Wrapper) rewritten(r *slog.Record, traced bool) slog.Record {
	re := w.rewriter(traced)
	n := slog.NewRecord(r.Time, r.Level, w.rules.CleanText(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		n.AddAttrs(re.attrs([]slog.Attr{a})...)
		return true
	})
	return n
}

// attrs returns the attributes rewritten, in a slice of its own.
func (re rewriter) attrs(attrs []slog.Attr) []slog.Attr {
	kept := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		if a, ok := re.attr(a); ok {
			kept = append(kept, a)
		}
	}
	return kept
}

func (re rewriter) attr(a slog.Attr) (slog.Attr, bool) {
	v := a.Value
	if re.rules.Redacts() || a.Key == "" {
		v = events.Resolve(v)
	}
	switch {
	case a.Key == "" && v.Kind() == slog.KindGroup: // the root itself
		if re.depth == maxDepth {
			return slog.String("", tooDeep), true
		}
		re.depth++
		return slog.Attr{Value: slog.GroupValue(re.attrs(v.Group())...)}, true
	case re.root && re.traced && re.rules.IsID(a.Key):
		if v = events.Resolve(v); v.Kind() != slog.KindGroup {
			return a, false
		}
		a.Key = re.rules.Label(a.Key) // a group is no id: it stays, under another name
	case re.root && re.rules.Taken(a.Key):
		a.Key = re.rules.Label(a.Key)
	}
	if re.rules.Redacts() {
		a.Value = re.value(re.path+a.Key, v)
	}
	return a, true
}

// value returns v without what must not be seen. A value that is logged as JSON and has a secret in it becomes that JSON.
func (re rewriter) value(path string, v slog.Value) slog.Value {
	if re.rules.Hides(path) {
		return slog.StringValue(events.Redacted)
	}
	switch v.Kind() {
	case slog.KindGroup:
		if re.depth == maxDepth {
			return slog.StringValue(tooDeep)
		}
		inner := rewriter{rules: re.rules, json: re.json, path: path + ".", depth: re.depth + 1}
		return slog.GroupValue(inner.attrs(v.Group())...)
	case slog.KindString:
		return slog.StringValue(re.rules.CleanText(v.String()))
	case slog.KindAny:
		return re.any(path, v)
	}
	return v
}

func recordHas(r *slog.Record, is func(key string) bool) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = is(a.Key) || a.Key == "" && has([]slog.Attr{a}, is, 0)
		return !found
	})
	return found
}
