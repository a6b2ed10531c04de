package events

import (
	"strconv"
	"strings"
)

// place says what of ours a path on an ECS line is. A server takes dots in keys and objects for the same: a scalar at a
// path, and a field below it, it cannot map both.
type place uint8

const (
	ours     place = 1 << iota // a field that spanlog writes
	identity                   // an id
	above                      // an object that such a field, or one of the schema's, is in
)

// note notes a field of ours, and the objects it is in.
func (r *Rules) note(path string, what place) {
	r.places[path] |= what
	for i := strings.LastIndexByte(path, '.'); i > 0; i = strings.LastIndexByte(path[:i], '.') {
		r.places[path[:i]] |= above
	}
}

// setPlaces notes what of ours is the same for every policy, and the ids.
func (r *Rules) setPlaces() {
	r.places = make(map[string]place, 2*len(ecsObjects))
	for _, name := range ecsOwn {
		r.note(name, ours)
	}
	for _, name := range ecsObjects {
		r.places[name] |= above
	}
	for _, name := range []string{r.names.TraceID, r.names.SpanID, r.names.TraceFlags} {
		if name != "" {
			r.note(name, identity)
		}
	}
}

// isBelow reports whether a member of the object at path, with a dot behind it, would stand below a field of ours by the
// dots in its key.
func (r *Rules) isBelow(path, key string) bool {
	for i := range len(key) {
		if key[i] == '.' && r.places[path+key[:i]]&(ours|identity) != 0 {
			return true
		}
	}
	return false
}

// Place returns the name under which a user's root field stands on a line of ours, and whether its value must be a
// string there. The field keeps its own name unless it would collide with one that spanlog writes; then it is
// labels.<key>. Under ECS a scalar above a field of ours, and anything below one, collides too. Scalar tells a plain
// value or array from an object. The ids are not its concern: see [Rules.IsID].
func (r *Rules) Place(key string, scalar bool) (name string, asString bool) {
	if r.collides(key, scalar) {
		return r.Label(key), true
	}
	return key, false
}

func (r *Rules) collides(key string, scalar bool) bool {
	if r.schema != ECS {
		return len(r.taken) > 0 && r.taken[key]
	}
	at := r.places[key]
	return at&ours != 0 || scalar && at&above != 0 || r.isBelow("", key)
}

// Open returns the name of a group that stays open at the root, whose members are yet to come: no string can hold it. One
// that collides is labels.<name>; under ECS, where labels are strings, <name>_group.
func (r *Rules) Open(name string) string {
	switch {
	case !r.collides(name, false) && !r.IsID(name):
		return name
	case r.schema != ECS:
		return r.Label(name)
	}
	return r.free(flat(name) + "_group")
}

// Inside returns the key of a member of the object at path, with a dot behind it. Under ECS one that would stand below a
// field of ours has its dots as underscores, and a scalar above one a number behind it.
func (r *Rules) Inside(path, key string, scalar bool) string {
	switch {
	case r.schema != ECS:
	case r.isBelow(path, key):
		return flat(key)
	case scalar && r.places[path+key]&above != 0:
		return key + "_2"
	}
	return key
}

// Taken reports whether key is the name of a constant field (see [Rules.Constant]). A user's root field of that name
// stands under [Rules.Label] instead, on lines of wrapped loggers too.
func (r *Rules) Taken(key string) bool { return r.taken[key] }

// Owns reports whether the dotted path of a member inside a group is that of a field that spanlog writes at the root: under
// ECS, trace with a member id and trace.id are one field, and a server would merge them.
func (r *Rules) Owns(path string) bool {
	return r.schema == ECS && r.places[path]&(ours|identity) != 0
}

// Label returns the name that a field gets whose own is taken: labels.<key>, with dots in the key as underscores, and a
// number behind it where a constant field has that name.
func (r *Rules) Label(key string) string { return r.free(labelOf(key)) }

// free returns the name, with a number behind it where a constant field has it.
func (r *Rules) free(name string) string {
	label := name
	for n := 2; r.taken[label]; n++ {
		label = name + "_" + strconv.Itoa(n)
	}
	return label
}

func labelOf(key string) string { return "labels." + flat(key) }

// flat is key as the last part of a path.
func flat(key string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '*' || r == '\\' {
			return '_'
		}
		return r
	}, key)
}
