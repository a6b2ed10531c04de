package elktest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// resolveIndex is GET /_resolve/index/{name}: what an expression stands for.
func (s *Server) resolveIndex(c *call) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	streams, indices := array{}, array{}
	for name := range strings.SplitSeq(c.args[0], ",") {
		found := s.store.matching(name)
		if len(found) == 0 && !strings.Contains(name, "*") && s.profile != OpenSearch3 {
			return nil, refuse(http.StatusNotFound, indexMissing(name))
		}
		streams = append(streams, s.store.resolvedStreams(name)...)
		indices = append(indices, s.resolvedIndices(name)...)
	}
	return object{{"indices", indices}, {"aliases", array{}}, {"data_streams", streams}}, nil
}

func (s *store) resolvedStreams(pattern string) array {
	var found array
	for _, name := range slices.Sorted(maps.Keys(s.streams)) {
		if !glob(pattern, name) {
			continue
		}
		names := array{}
		for _, b := range s.streams[name].indices {
			names = append(names, b.name)
		}
		found = append(found, object{{"name", name}, {"backing_indices", names}, {"timestamp_field", timestampField}})
	}
	return found
}

// resolvedIndices finds backing indices, which are hidden: by their names, or by a pattern with their leading dot.
func (s *Server) resolvedIndices(pattern string) array {
	var found array
	for _, b := range s.store.all() {
		if !strings.HasPrefix(pattern, ".") || !glob(pattern, b.name) {
			continue
		}
		index := object{{"name", b.name}, {"attributes", array{"hidden", "open"}}, {"data_stream", b.stream}}
		if s.profile == Elasticsearch9 {
			index = append(index, field{"mode", "standard"})
		}
		found = append(found, index)
	}
	slices.SortFunc(found, func(a, b any) int { return strings.Compare(a.(object)[0].value.(string), b.(object)[0].value.(string)) })
	return found
}
