package zapbridge

import (
	"maps"
	"slices"
	"strconv"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// maxListed is up to how many names a list is searched.
const maxListed = 32

// names are the keys of the object that is being written: Elasticsearch refuses a document with a key that stands twice.
type names struct {
	list    []string        // up to maxListed of them
	rest    map[string]bool // all others
	repeats map[string]int  // the last number given to a name that was repeated
	rules   *events.Rules   // tell which names are ours
	path    string          // of the object, with a dot behind it; empty at the root
	ids     bool            // the line has the ids of a span
}

// unique returns name or, where it stands already, name_2, name_3 and so on. Two names that are not UTF-8 may be one
// once they are written: it returns what may be written.
func (n *names) unique(name string) string {
	name = spanstate.Valid(name)
	if !n.has(name) {
		n.add(name)
		return name
	}
	key, i := name, n.repeats[name]
	for n.has(key) {
		i = max(i+1, 2)
		key = name + "_" + strconv.Itoa(i)
	}
	if n.repeats == nil {
		n.repeats = map[string]int{}
	}
	n.repeats[name] = i
	n.add(key)
	return key
}

func (n *names) has(key string) bool {
	return slices.Contains(n.list, key) || n.rest[key] || n.ours(key)
}

// ours reports whether the line has that name whatever the user adds. The members of trace, say, are those of our trace.id.
func (n *names) ours(key string) bool {
	if n.path != "" {
		return n.rules.Owns(n.path + key)
	}
	return n.rules.Taken(key) || n.ids && n.rules.IsID(key)
}

func (n *names) add(key string) {
	if len(n.list) < maxListed {
		n.list = append(n.list, key)
		return
	}
	if n.rest == nil {
		n.rest = map[string]bool{}
	}
	n.rest[key] = true
}

// inner returns the names of an object that has just been opened there, in memory that n does not use.
func (n *names) inner(path string) names {
	return names{list: n.list[len(n.list):], rules: n.rules, path: path}
}

// clone returns a copy in the memory of list.
func (n *names) clone(list []string) names {
	c := *n
	c.list, c.rest, c.repeats = append(list, n.list...), maps.Clone(n.rest), maps.Clone(n.repeats)
	return c
}
