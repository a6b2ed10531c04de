package elktest

import (
	"encoding/json"
	"strings"
)

// pathFilter is a parsed filter_path: for every path its names, with * for any part of a name and ** for any number of names.
type pathFilter [][]string

// parseFilterPath reads filter_path. Exclusions (a leading minus) are not known here.
func parseFilterPath(text string) (pathFilter, error) {
	var f pathFilter
	for path := range strings.SplitSeq(text, ",") {
		path = strings.TrimSpace(path)
		switch {
		case path == "":
		case path[0] == '-':
			return nil, illegal("elktest does not know exclusions in [filter_path]: [%s]", path)
		default:
			f = append(f, strings.Split(path, "."))
		}
	}
	return f, nil
}

// apply keeps what the filter names; without a path it keeps all.
func (f pathFilter) apply(v any) any {
	if len(f) == 0 {
		return v
	}
	kept, ok := f.keep(v)
	if !ok {
		return object{}
	}
	return kept
}

// keep returns the part of v that some path reaches. Arrays are passed through, as Elasticsearch does: their empty elements vanish.
func (f pathFilter) keep(v any) (any, bool) {
	switch v := v.(type) {
	case object:
		return f.keepObject(v)
	case array:
		return f.keepArray(v)
	case json.RawMessage:
		n, _, err := parseJSON(v)
		if err != nil || n == nil || n.kind != kindObject && n.kind != kindArray {
			return nil, false
		}
		return f.keep(n.tree())
	default:
		return nil, false
	}
}

func (f pathFilter) keepObject(o object) (any, bool) {
	var out object
	for _, member := range o {
		rest, whole := f.descend(member.key)
		if whole {
			out = append(out, member)
		} else if kept, ok := rest.keep(member.value); ok {
			out = append(out, field{member.key, kept})
		}
	}
	return out, len(out) > 0
}

func (f pathFilter) keepArray(a array) (any, bool) {
	var out array
	for _, item := range a {
		if kept, ok := f.keep(item); ok {
			out = append(out, kept)
		}
	}
	return out, len(out) > 0
}

// descend returns what is left of the paths below key; whole means that one path ends here.
func (f pathFilter) descend(key string) (rest pathFilter, whole bool) {
	for _, path := range f {
		if path[0] == "**" {
			if len(path) == 1 {
				return nil, true
			}
			rest = append(rest, path)
			path = path[1:]
		}
		if !glob(path[0], key) {
			continue
		}
		if len(path) == 1 {
			return nil, true
		}
		rest = append(rest, path[1:])
	}
	return rest, false
}

// glob matches a name against a pattern in which * stands for any text.
func glob(pattern, name string) bool {
	head, tail, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	for i := 0; i <= len(name); i++ {
		if glob(tail, name[i:]) {
			return true
		}
	}
	return false
}
