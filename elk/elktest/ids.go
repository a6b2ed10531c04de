package elktest

import "slices"

// ids is the query that finds documents by their ids.
type ids struct {
	values []string
}

func parseIDs(n *node) (query, error) {
	var q ids
	for _, m := range n.members {
		if m.name != "values" || m.value.kind != kindArray {
			return nil, parsing(m.value, "[ids] unknown field [%s]", m.name)
		}
		for _, item := range m.value.items {
			q.values = append(q.values, item.text)
		}
	}
	return q, nil
}

func (ids) check(*backing, *forms) *problem { return nil }
func (q ids) matches(_ *backing, d *stored, _ *forms) bool {
	return slices.Contains(q.values, d.id)
}
func (ids) scored() bool { return false } // every hit has the same score

// multiGet is GET|POST /{index}/_mget with ids. Only a backing index has documents to get; a stream has none of its own.
func (s *Server) multiGet(c *call) (any, error) {
	root, err := c.object(true)
	if err != nil {
		return nil, err
	}
	list := root.get("ids")
	if list == nil || list.kind != kindArray || len(root.members) > 1 {
		return nil, illegal("elktest knows _mget with [ids] alone")
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	docs := array{}
	for _, id := range list.items {
		docs = append(docs, s.store.get(c.args[0], id.text))
	}
	return object{{"docs", docs}}, nil
}

// nothingThere says that a name is no index; of a stream it adds that it is one.
func (s *store) nothingThere(name string) *problem {
	p := indexMissing(name)
	if s.streams[name] != nil {
		p.extra = slices.Insert(p.extra, 1, field{"excluded_ds", "true"})
	}
	return p
}

// get is one document of a multiGet.
func (s *store) get(index, id string) object {
	b := s.indexed(index)
	if b == nil {
		p := s.profile.words(s.nothingThere(index))
		return object{{"_index", index}, {"_id", id}, {"error", append(object{{"root_cause", array{p.summary()}}}, p.object()...)}}
	}
	d := b.ids[id]
	if d == nil {
		return object{{"_index", index}, {"_id", id}, {"found", false}}
	}
	return object{{"_index", index}, {"_id", id}, {"_version", 1}, {"_seq_no", d.number}, {"_primary_term", 1}, {"found", true}, {"_source", d.source}}
}
