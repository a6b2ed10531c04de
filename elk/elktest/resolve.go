package elktest

import (
	"net/http"
	"slices"
	"strings"
)

// resolve turns an index expression into backing indices, in order of their names: names of streams and of backing indices,
// lists with commas, and wildcards. A wildcard may match nothing; a plain name may not, unless ignore_unavailable is true.
func (s *store) resolve(c *call) ([]*backing, error) {
	ignore, err := c.flag("ignore_unavailable", false)
	if err != nil {
		return nil, err
	}
	var found []*backing
	for name := range strings.SplitSeq(c.args[0], ",") {
		matching := s.matching(name)
		switch {
		case name == "" || name[0] == '-' || name[0] == '<':
			return nil, illegal("elktest does not know the index expression [%s]", name)
		case strings.Contains(name, ":"):
			return nil, illegal("elktest does not know remote clusters: [%s]", name)
		case len(matching) == 0 && !strings.Contains(name, "*") && !ignore:
			return nil, refuse(http.StatusNotFound, indexMissing(name))
		}
		found = append(found, matching...)
	}
	slices.SortFunc(found, func(a, b *backing) int { return strings.Compare(a.name, b.name) })
	return slices.Compact(found), nil
}

// matching finds streams by name or pattern, and backing indices by name or by a pattern with their leading dot.
func (s *store) matching(name string) []*backing {
	var found []*backing
	for _, b := range s.all() {
		if glob(name, b.stream) || strings.HasPrefix(name, ".") && glob(name, b.name) {
			found = append(found, b)
		}
	}
	return found
}
