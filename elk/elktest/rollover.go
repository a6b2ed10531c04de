package elktest

import "net/http"

// rollover is POST /{stream}/_rollover without conditions: the stream gets a new write index, which knows none of the ids
// of the old one, so that a repeated document is stored again.
func (s *Server) rollover(c *call) (any, error) {
	root, err := c.object(false)
	if err != nil {
		return nil, err
	}
	if len(root.members) > 0 {
		return nil, illegal("elktest does not know [%s] in a rollover", root.members[0].name)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	d := s.store.streams[c.args[0]]
	if d == nil {
		return nil, s.profile.noTarget(c.args[0])
	}
	t := s.store.match(d.name)
	if t == nil || !t.stream {
		return nil, illegal("no matching index template found for data stream [%s]", d.name)
	}
	old := d.writeIndex()
	fresh := s.store.extend(d, t)
	answer := object{
		{"acknowledged", true}, {"shards_acknowledged", true}, {"old_index", old.name}, {"new_index", fresh.name},
		{"rolled_over", true}, {"dry_run", false}, {"lazy", false}, {"conditions", object{}},
	}
	if s.profile == OpenSearch3 {
		answer = append(answer[:6:6], answer[7])
	}
	return answer, nil
}

func (p Profile) noTarget(name string) error {
	reason := "rollover target [" + name + "] does not exist"
	if p == OpenSearch3 {
		return illegal("%s", reason)
	}
	return refuse(http.StatusNotFound, &problem{kind: "resource_not_found_exception", reason: reason})
}
