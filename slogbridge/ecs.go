package slogbridge

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// ecsState is what the encoder must know under ECS, and a handler hands from the attributes of With to those of a record.
type ecsState struct {
	told bool     // error.* is taken: by an error value, or a string called error
	err  error    // the error value that takes it; the head of the line has the fields
	seen []string // keys of the object that is being written
	root []string // keys of the root, once groups are open
}

func (s ecsState) clone() ecsState {
	s.seen, s.root = slices.Clip(s.seen), slices.Clip(s.root)
	return s
}

// unique returns name, or, where the object has it already or it is taken, name_2, name_3 and so on: Elasticsearch
// refuses a document with a key that stands twice. Two names that are not UTF-8 may be one once they are written: it
// returns what may be written.
func (s *ecsState) unique(name string, taken func(string) bool) string {
	name = spanstate.Valid(name)
	key := name
	for n := 2; slices.Contains(s.seen, key) || taken(key); n++ {
		key = name + "_" + strconv.Itoa(n)
	}
	s.seen = append(s.seen, key)
	return key
}

// takenAtRoot reports whether a line has the name at its root, whatever the user adds.
func (e *encoder) takenAtRoot(key string) bool {
	return e.rules.Taken(key) || e.traced && e.rules.IsID(key)
}

// taken is the same for the object that is being written: the members of trace, say, are those of our trace.id.
func (e *encoder) taken(key string) bool {
	if e.depth == 0 {
		return e.takenAtRoot(key)
	}
	return e.rules.Owns(e.path + key)
}

// passed notes an error value inside a group, where it stays: the first one of a line fills error.* at the root too.
func (s *ecsState) passed(v slog.Value) {
	if err := errorOf(v); err != nil && !s.told {
		s.told, s.err = true, err
	}
}

// ecsHead writes error.* for the first error value of the line, wherever it stands.
func (e *encoder) ecsHead(h *Handler, r *slog.Record, scope *events.Scope) {
	given := h.ecsOf(e.traced)
	e.ecs = given.clone()
	e.scopeFields(h, scope)
	err := given.err
	if !given.told {
		err = e.firstError(h.names, r)
		e.ecs.err = err
	}
	if err == nil {
		return
	}
	e.text("error.message", e.rules.CleanText(spanstate.Text(err)))
	if typ := spanstate.ErrorType(err); typ != "" {
		e.text("error.type", typ)
	}
	if stack := spanstate.StackTrace(err); stack != "" {
		e.text("error.stack_trace", e.rules.CleanText(stack))
	}
}

// scopeFields writes the fields of the contexts; one that has the name of an attribute of With gets another.
func (e *encoder) scopeFields(h *Handler, scope *events.Scope) {
	root := &e.ecs.seen
	if h.nOpen > 0 {
		root = &e.ecs.root
	}
	for _, kv := range scope.Fields() {
		key := string(kv.Key)
		if e.traced && e.rules.IsID(key) {
			continue
		}
		value := kv.Value.AsInterface()
		if key != "event.url" {
			name, asString := e.rules.Place(key, true)
			if key = name; asString {
				value = kv.Value.String()
			}
		}
		names := ecsState{seen: *root}
		e.key(names.unique(key, e.takenAtRoot))
		*root = names.seen
		e.any(value)
	}
}

func (e *encoder) firstError(groups []string, r *slog.Record) (found error) {
	r.Attrs(func(a slog.Attr) bool {
		found = e.errorIn(groups, a, 0)
		return found == nil
	})
	return found
}

func (e *encoder) errorIn(groups []string, a slog.Attr, depth int) error {
	a.Value = events.Resolve(a.Value)
	if e.opts.ReplaceAttr != nil && a.Value.Kind() != slog.KindGroup {
		a = e.replace(groups, a)
	}
	if a.Value.Kind() != slog.KindGroup {
		if err := errorOf(a.Value); err != nil && !e.rules.Hides(strings.Join(append(slices.Clip(groups), a.Key), ".")) {
			return err
		}
		return nil
	}
	if a.Key != "" {
		groups = append(slices.Clip(groups), a.Key)
	}
	if depth == maxDepth {
		return nil
	}
	for _, inner := range a.Value.Group() {
		if err := e.errorIn(groups, inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// ecsError deals with an error value at the root, or a string called error: the first is error.*, later ones are labels.
// The fields of a value stand at the head of the line already.
func (e *encoder) ecsError(a slog.Attr) bool {
	err := errorOf(a.Value)
	switch {
	case err != nil && !e.ecs.told:
		e.ecs.told, e.ecs.err = true, err
	case err != nil:
		e.field(e.rules.Label(a.Key))
		e.string(e.rules.CleanText(spanstate.Text(err)))
	case a.Key != "error" || a.Value.Kind() != slog.KindString:
		return false
	case e.ecs.told || e.ecs.err != nil:
		e.field(e.rules.Label(a.Key))
		e.string(e.rules.CleanText(a.Value.String()))
	default:
		e.ecs.told = true
		e.text("error.message", e.rules.CleanText(a.Value.String()))
	}
	return true
}

// errorOf returns the error that v is, nil if it is none.
func errorOf(v slog.Value) error {
	if v.Kind() != slog.KindAny {
		return nil
	}
	err, _ := v.Any().(error)
	return err
}
