package elktest

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"time"
)

// clockStep is how coarse Elasticsearch's clock for took is.
const clockStep = 200 * time.Millisecond

// bulk is POST|PUT /_bulk and /{target}/_bulk.
func (s *Server) bulk(c *call) (any, error) {
	start := time.Now()
	options, err := bulkOptions(c, s.profile)
	if err != nil {
		return nil, err
	}
	if len(c.body) == 0 {
		return nil, bodyRequired()
	}
	items, failed, err := s.parts(c, options)
	if err != nil {
		return nil, err
	}
	answer := object{{"errors", failed}, {"took", s.profile.took(time.Since(start))}, {"items", items}}
	if s.profile == OpenSearch3 {
		answer[0], answer[1] = answer[1], answer[0]
	}
	return answer, nil
}

// parts writes the body part by part; Elasticsearch 9 streams, for the others the whole is one part. An error refuses the
// request, whatever earlier parts have stored.
func (s *Server) parts(c *call, options options) (items array, failed bool, err error) {
	reader := &bulkReader{rest: c.body}
	items = array{}
	for len(items) == 0 || len(reader.rest) > 0 {
		actions, err := reader.parseBulk(options.defaults, s.part())
		if err != nil {
			return nil, false, err
		}
		if len(actions) == 0 && len(items) > 0 {
			break // a dangling action behind the last part
		}
		if err := validate(actions); err != nil {
			return nil, false, err
		}
		for i, r := range s.run(c, actions, options) {
			failed = failed || r.status >= http.StatusBadRequest
			items = append(items, object{{actions[i].op, r.object(options.forced, s.profile)}})
		}
	}
	return items, failed, nil
}

// part is how many bytes of a body are written at once.
func (s *Server) part() int {
	if s.profile == Elasticsearch9 {
		return s.streamedPart
	}
	return math.MaxInt
}

// keepParts writes what Elasticsearch 9 has written of a bulk by the time it finds the body broken or too large.
func (s *Server) keepParts(r *http.Request, body []byte) {
	whole := len(body) / s.streamedPart * s.streamedPart
	if s.profile != Elasticsearch9 || !isBulk(r) || whole == 0 {
		return
	}
	_, _ = s.answer(r, body[:bytes.LastIndexByte(body[:whole], '\n')+1])
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
		unavailable(results, options, s.profile)
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

func (r result) object(forced bool, p Profile) object {
	o := object{{"_index", r.index}, {"_id", r.id}}
	if r.noID {
		o[1].value = nil
	}
	if r.problem != nil {
		return append(o, field{"status", r.status}, field{"error", p.words(r.problem).object()})
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
		r.index = s.named(r)
		r.problem = illegalArgument("if _id is specified it must not be empty")
	case !a.hasID:
		r.id, r.noID = autoID(), false
	}
	return r
}

// named is the index that an item shows when something stopped it between placing and parsing: the stream on
// Elasticsearch, the backing index on OpenSearch.
func (s *store) named(r result) string {
	if s.profile == OpenSearch3 {
		return r.place.name
	}
	return r.index
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
	if status, p := b.blocks.refusal(b.name); p != nil {
		r.index, r.status, r.problem = s.named(r), status, p
		return r
	}
	r.index = b.name
	root, p := parseDocument(a.source, quote)
	check := &checker{profile: s.profile, mapping: b.mapping, forms: s.forms, id: r.id, added: map[string]mapped{}, values: map[string][]any{}}
	if p == nil {
		p = check.check(root)
	}
	if p != nil {
		r.problem = p
		return r
	}
	mergeFields(b.mapping.fields, check.added)
	if b.ids[r.id] != nil {
		r.status, r.problem = http.StatusConflict, b.conflict(r.id)
		return r
	}
	r.status, r.sequence = http.StatusCreated, len(b.documents)
	s.add(b, r.id, bytes.Clone(a.source), check.values)
	return r
}

func (s *store) add(b *backing, id string, source []byte, values map[string][]any) {
	d := &stored{id, len(b.documents), source, values}
	b.ids[id] = d
	b.documents = append(b.documents, d)
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
func unavailable(results []result, o options, profile Profile) {
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
		if profile == OpenSearch3 {
			results[i].index = r.place.name
		}
		results[i].problem = &problem{kind: "unavailable_shards_exception", reason: fmt.Sprintf(
			"[%[1]s][0] Not enough active copies to meet shard count of [%[2]d] (have 1, needed %[2]d). Timeout: [%[3]s], request: [BulkShardRequest [[%[1]s][0]] containing [%[4]d] requests]",
			r.place.name, o.copies, o.timeoutText, together[r.place])}
	}
}
