package elktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

const (
	maxWindow = 10000 // index.max_result_window
	maxTotal  = 10000 // how far totals are counted by default
)

// searching is a parsed search.
type searching struct {
	query      query
	order      []ordering
	from, size int
	source     bool
	exact      bool // track_total_hits
}

// hit is one document found.
type hit struct {
	index string
	doc   *stored
	keys  []sortKey
}

// search is GET|POST /{index}/_search.
func (s *Server) search(c *call) (any, error) {
	request, err := parseSearch(c)
	if err != nil {
		return nil, err
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	indices, err := s.store.resolve(c)
	if err != nil {
		return nil, err
	}
	hits, failures := s.store.collect(indices, request)
	if len(failures) > 0 && len(failures) == len(indices) {
		return nil, allFailed(failures)
	}
	if err := sameKinds(indices, request.order); err != nil {
		return nil, err
	}
	sortHits(hits, request.order)
	shards := shardCount(len(indices), failures)
	return object{{"took", 0}, {"timed_out", false}, {"_shards", shards}, {"hits", request.page(hits, len(indices))}}, nil
}

func parseSearch(c *call) (*searching, error) {
	root, err := c.object(false)
	if err != nil {
		return nil, err
	}
	r := &searching{query: all{}, size: 10, source: true}
	for _, m := range root.members {
		if err := r.key(m); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"from", "size"} {
		if text, ok := c.params[name]; ok {
			if err := r.number(name, text); err != nil {
				return nil, err
			}
		}
	}
	if len(r.order) == 0 && r.query.scored() {
		return nil, illegal("elktest computes no scores: give [sort] to a search with this query")
	}
	return r, nil
}

func (r *searching) key(m member) error {
	var err error
	switch {
	case m.name == "query":
		r.query, err = parseQuery(m.value)
	case m.name == "sort":
		r.order, err = parseSort(m.value)
	case (m.name == "size" || m.name == "from") && m.value.kind == kindNumber:
		err = r.number(m.name, m.value.text)
	case m.name == "_source" && m.value.kind == kindBool:
		r.source = m.value.text == "true"
	case m.name == "track_total_hits" && m.value.text == "true":
		r.exact = true
	case slices.Contains(otherKeys(), m.name):
		err = parsing(m.value, "elktest does not know [%s: %s] in a search", m.name, preview(m.value))
	default:
		err = parsing(m.value, "Unknown key for a %s in [%s].", tokenOf(m.value), m.name)
	}
	return err
}

// otherKeys are those of a search that a server has and elktest has not, or knows in another form.
func otherKeys() []string {
	return []string{
		"query", "sort", "size", "from", "_source", "track_total_hits", "aggregations", "aggs", "collapse", "docvalue_fields", "explain", "fields",
		"highlight", "indices_boost", "knn", "min_score", "pit", "post_filter", "profile", "rescore", "runtime_mappings", "script_fields",
		"search_after", "seq_no_primary_term", "slice", "stats", "stored_fields", "suggest", "terminate_after", "timeout", "track_scores", "version",
	}
}

func (r *searching) number(name, text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return illegal("Failed to parse int parameter [%s] with value [%s]", name, text)
	case n < 0:
		return illegal("[%s] parameter cannot be negative, found [%d]", name, n)
	case name == "from":
		r.from = n
	default:
		r.size = n
	}
	return nil
}

// shardFailure is why one backing index could not be searched.
type shardFailure struct {
	index   string
	problem *problem
}

func (f shardFailure) object() object {
	return object{{"shard", 0}, {"index", f.index}, {"node", "elktest"}, {"reason", f.problem.object()}}
}

// collect searches every index. One that cannot be searched is a failure and does not stop the others.
func (s *store) collect(indices []*backing, r *searching) ([]hit, []shardFailure) {
	var hits []hit
	var failures []shardFailure
	for _, b := range indices {
		if p := r.check(b, s.forms); p != nil {
			failures = append(failures, shardFailure{b.name, p})
			continue
		}
		for _, d := range b.documents {
			if r.query.matches(b, d, s.forms) {
				hits = append(hits, r.hit(b, d))
			}
		}
	}
	return hits, failures
}

func (r *searching) check(b *backing, f *forms) *problem {
	if r.from+r.size > maxWindow {
		return illegalArgument("Result window is too large, from + size must be less than or equal to: [%d] but was [%d]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.", maxWindow, r.from+r.size)
	}
	for _, o := range r.order {
		if p := o.check(b); p != nil {
			return p
		}
	}
	return r.query.check(b, f)
}

func (r *searching) hit(b *backing, d *stored) hit {
	h := hit{index: b.name, doc: d}
	for _, o := range r.order {
		h.keys = append(h.keys, o.key(b, d))
	}
	return h
}

// page cuts the hits and gives them their recorded shape.
func (r *searching) page(hits []hit, shards int) object {
	total := object{{"value", len(hits)}, {"relation", "eq"}}
	if len(hits) > maxTotal && !r.exact {
		total = object{{"value", maxTotal}, {"relation", "gte"}}
	}
	var maxScore any
	switch {
	case shards == 0:
		maxScore = json.RawMessage("0.0")
	case len(r.order) == 0 && len(hits) > 0 && r.size > 0:
		maxScore = json.RawMessage("1.0")
	}
	from := min(r.from, len(hits))
	list := array{}
	for _, h := range hits[from:min(from+r.size, len(hits))] {
		list = append(list, r.shape(h))
	}
	return object{{"total", total}, {"max_score", maxScore}, {"hits", list}}
}

func (r *searching) shape(h hit) object {
	o := object{{"_index", h.index}, {"_id", h.doc.id}, {"_score", json.RawMessage("1.0")}}
	if len(r.order) > 0 {
		o[2].value = nil
	}
	if r.source {
		o = append(o, field{"_source", h.doc.source})
	}
	if len(r.order) > 0 {
		keys := array{}
		for _, k := range h.keys {
			keys = append(keys, k.shown())
		}
		o = append(o, field{"sort", keys})
	}
	return o
}

func shardCount(total int, failures []shardFailure) object {
	o := object{{"total", total}, {"successful", total - len(failures)}, {"skipped", 0}, {"failed", len(failures)}}
	if len(failures) == 0 {
		return o
	}
	return append(o, field{"failures", failureList(failures)})
}

func failureList(failures []shardFailure) array {
	list := array{}
	for _, f := range failures {
		list = append(list, f.object())
	}
	return list
}

// allFailed is the answer when no index could be searched.
func allFailed(failures []shardFailure) *refusal {
	roots := array{}
	for _, f := range failures {
		roots = append(roots, f.problem.summary())
	}
	e := object{
		{"root_cause", roots}, {"type", "search_phase_execution_exception"}, {"reason", "all shards failed"},
		{"phase", "query"}, {"grouped", true}, {"failed_shards", failureList(failures)},
	}
	if first := failures[0].problem; first.kind == "illegal_argument_exception" {
		e = append(e, field{"caused_by", first.object()})
	}
	return &refusal{status: http.StatusBadRequest, body: object{{"error", e}, {"status", http.StatusBadRequest}}}
}

// count is GET|POST /{index}/_count.
func (s *Server) count(c *call) (any, error) {
	root, err := c.object(false)
	if err != nil {
		return nil, err
	}
	r := &searching{query: all{}}
	for _, m := range root.members {
		if m.name != "query" {
			return nil, parsing(m.value, "request does not support [%s]", m.name)
		}
		if r.query, err = parseQuery(m.value); err != nil {
			return nil, err
		}
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	indices, err := s.store.resolve(c)
	if err != nil {
		return nil, err
	}
	hits, failures := s.store.collect(indices, r)
	if len(failures) > 0 && len(failures) == len(indices) {
		return nil, allFailed(failures)
	}
	return object{{"count", len(hits)}, {"_shards", shardCount(len(indices), failures)}}, nil
}

// refresh is POST /{index}/_refresh. Documents are always visible, so it only answers.
func (s *Server) refresh(c *call) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	indices, err := s.store.resolve(c)
	if err != nil {
		return nil, err
	}
	return object{{"_shards", object{{"total", len(indices)}, {"successful", len(indices)}, {"failed", 0}}}}, nil
}
