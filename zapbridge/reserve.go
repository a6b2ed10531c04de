package zapbridge

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// reserve keeps the names of the contexts' fields from the fields of the call, and returns the scope with other names
// for those whose own is taken by a field of With.
func (p *placer) reserve(scope *events.Scope) *events.Scope {
	if !p.ecs() || len(scope.Fields()) == 0 {
		return scope
	}
	root := &p.seen
	if p.open {
		p.root = p.root.clone(nil) // the logger's, whose calls share it
		root = &p.root
	}
	keys, changed := make([]string, 0, 8), false
	for _, kv := range scope.Fields() {
		key := string(kv.Key)
		if !p.rules.IsID(key) && key != "event.url" { // which no field of the user's can have
			name, _ := p.rules.Place(key, true)
			if unique := root.unique(name); unique != name {
				key, changed = unique, true
			}
		}
		keys = append(keys, key)
	}
	if !changed {
		return scope
	}
	return renamed(scope, keys)
}

// renamed returns a scope for a line whose fields have these keys.
func renamed(scope *events.Scope, keys []string) *events.Scope {
	fields := slices.Clone(scope.Fields())
	for i := range fields {
		kv := &fields[i]
		if keys[i] != string(kv.Key) && strings.HasPrefix(keys[i], "labels.") {
			kv.Value = attribute.StringValue(kv.Value.String())
		}
		kv.Key = attribute.Key(keys[i])
	}
	n := scope.WithFields(fields)
	return &n
}
