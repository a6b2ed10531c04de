package elktest

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// clockStep is how coarse Elasticsearch's clock for took is.
const clockStep = 200 * time.Millisecond

// bulk is POST|PUT /_bulk and /{target}/_bulk.
func (s *Server) bulk(c *call) (any, error) {
	start := time.Now()
	options, err := bulkOptions(c)
	if err != nil {
		return nil, err
	}
	if len(c.body) == 0 {
		return nil, bodyRequired()
	}
	actions, err := parseBulk(c.body, options.defaults)
	if err != nil {
		return nil, err
	}
	if err := validate(actions); err != nil {
		return nil, err
	}
	results := s.run(c, actions, options)
	items, failed := array{}, false
	for i, r := range results {
		failed = failed || r.status >= http.StatusBadRequest
		items = append(items, object{{actions[i].op, r.object(options.forced)}})
	}
	took := int(time.Since(start)/clockStep) * int(clockStep/time.Millisecond)
	return object{{"errors", failed}, {"took", took}, {"items", items}}, nil
}

// run writes the documents, unless the shards that the request waits for are not there.
func (s *Server) run(c *call, actions []action, options options) []result {
	results := make([]result, len(actions))
	for i, a := range actions {
		if options.copies > 1 {
			results[i] = s.store.place(a)
		} else {
			results[i] = s.store.write(a, options.defaults.quote)
		}
	}
	if options.copies > 1 {
		s.wait(c, options.timeout)
		unavailable(results, options)
	}
	return results
}

// validate refuses a bulk without a document, and one with actions that no server could carry out.
func validate(actions []action) error {
	if len(actions) == 0 {
		return invalidRequest([]string{"no requests added"})
	}
	var complaints []string
	for _, a := range actions {
		complaints = append(complaints, a.complaints...)
	}
	if len(complaints) > 0 {
		return invalidRequest(complaints)
	}
	return nil
}

// result is what became of one action. Without a problem it is a created document.
type result struct {
	index, id string
	noID      bool // the item shows null
	status    int
	sequence  int
	problem   *problem
	place     *backing // where it goes, if nothing refused it before
}

func (r result) object(forced bool) object {
	o := object{{"_index", r.index}, {"_id", r.id}}
	if r.noID {
		o[1].value = nil
	}
	if r.problem != nil {
		return append(o, field{"status", r.status}, field{"error", r.problem.object()})
	}
	o = append(o, field{"_version", 1}, field{"result", "created"})
	if forced {
		o = append(o, field{"forced_refresh", true})
	}
	shards := object{{"total", 1}, {"successful", 1}, {"failed", 0}}
	return append(o, field{"_shards", shards}, field{"_seq_no", r.sequence}, field{"_primary_term", 1}, field{"status", r.status})
}

// place finds where an action goes, creating the stream; a problem in the result is what refuses it.
func (s *store) place(a action) result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.placeLocked(a)
}

func (s *store) placeLocked(a action) result {
	r := result{index: a.index, id: a.id, noID: !a.hasID, status: http.StatusBadRequest}
	if a.pipeline != "" && a.pipeline != "_none" {
		r.id, r.noID = either(a.hasID, a.id, "auto-generated"), false
		r.problem = illegalArgument("pipeline with id [%s] does not exist", a.pipeline)
		return r
	}
	if b := s.indexed(a.index); b != nil {
		r.problem = illegalArgument("index request with op_type=%s targeting backing indices is disallowed, target corresponding data stream [%s] instead", a.op, b.stream)
		return r
	}
	if a.op == "delete" && s.streams[a.index] == nil {
		r.status, r.problem = http.StatusNotFound, indexMissing(a.index)
		return r
	}
	if r.place, r.status, r.problem = s.target(a.index, a.requireStream); r.problem != nil {
		return r
	}
	r.status = http.StatusBadRequest
	switch {
	case a.op != "create":
		r.problem = wrongOp(a.index)
	case a.hasID && a.id == "":
		r.problem = illegalArgument("if _id is specified it must not be empty")
	case !a.hasID:
		r.id, r.noID = autoID(), false
	}
	return r
}

func wrongOp(stream string) *problem {
	p := illegalArgument("only write ops with an op_type of create are allowed in data streams")
	p.cause = &problem{kind: "index_not_found_exception", reason: "no such index [" + stream + "]", extra: object{
		{"resource.type", "index_or_alias"}, {"excluded_ds", "true"}, {"resource.id", stream}, {"index_uuid", "_na_"}, {"index", stream},
	}}
	return p
}

// write places an action and stores its document.
func (s *store) write(a action, quote bool) result {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.placeLocked(a)
	if r.problem != nil {
		return r
	}
	b := r.place
	r.index = b.name
	root, p := parseDocument(a.source, quote)
	check := &checker{mapping: b.mapping, forms: s.forms, id: r.id, added: map[string]mapped{}, values: map[string][]any{}}
	if p == nil {
		p = check.check(root)
	}
	if p != nil {
		r.problem = p
		return r
	}
	mergeFields(b.mapping.fields, check.added)
	if b.ids[r.id] {
		r.status, r.problem = http.StatusConflict, b.conflict(r.id)
		return r
	}
	r.status, r.sequence = http.StatusCreated, len(b.documents)
	s.add(b, r.id, bytes.Clone(a.source), check.values)
	return r
}

func (s *store) add(b *backing, id string, source []byte, values map[string][]any) {
	b.ids[id] = true
	b.documents = append(b.documents, &stored{id, source, values})
	s.arrived = append(s.arrived, Document{Stream: b.stream, Index: b.name, ID: id, Source: source})
}

func (b *backing) conflict(id string) *problem {
	return &problem{
		kind:   "version_conflict_engine_exception",
		reason: fmt.Sprintf("[%s]: version conflict, document already exists (current version [1])", id),
		extra:  object{{"index_uuid", b.uuid}, {"shard", "0"}, {"index", b.name}},
	}
}

// wait is how long a bulk waits for copies that never come.
func (s *Server) wait(c *call, timeout time.Duration) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.closing:
	case <-c.request.Context().Done():
	}
}

// unavailable turns what would have been written into items 503.
func unavailable(results []result, o options) {
	together := map[*backing]int{}
	for _, r := range results {
		if r.problem == nil {
			together[r.place]++
		}
	}
	for i, r := range results {
		if r.problem != nil {
			continue
		}
		results[i].status = http.StatusServiceUnavailable
		results[i].problem = &problem{kind: "unavailable_shards_exception", reason: fmt.Sprintf(
			"[%[1]s][0] Not enough active copies to meet shard count of [%[2]d] (have 1, needed %[2]d). Timeout: [%[3]s], request: [BulkShardRequest [[%[1]s][0]] containing [%[4]d] requests]",
			r.place.name, o.copies, o.timeoutText, together[r.place])}
	}
}
