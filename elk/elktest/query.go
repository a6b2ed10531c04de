package elktest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// query is a parsed query. matches is asked per document; check refuses, per backing index, what cannot be searched there.
type query interface {
	check(b *backing, f *forms) *problem
	matches(b *backing, d *stored, f *forms) bool
	scored() bool // scores differ between documents, which elktest cannot compute
}

// parseQuery reads one query object. nil is match_all.
func parseQuery(n *node) (query, error) {
	if n == nil {
		return all{}, nil
	}
	if n.kind != kindObject || len(n.members) != 1 {
		return nil, parsing(n, "query malformed, expected one query in an object")
	}
	name, body := n.members[0].name, n.members[0].value
	if body.kind != kindObject {
		return nil, parsing(body, "[%s] query malformed, no start_object after query name", name)
	}
	switch name {
	case "match_all":
		return parseAll(body)
	case "ids":
		return parseIDs(body)
	case "term":
		return parseTerm(body)
	case "range":
		return parseRange(body)
	case "bool":
		return parseBool(body)
	}
	if slices.Contains(otherQueries(), name) {
		return nil, parsing(body, "elktest does not know the query [%s]", name)
	}
	return nil, parsing(body, "unknown query [%s]", name)
}

// otherQueries are those that a server has and elktest has not.
func otherQueries() []string {
	return []string{
		"boosting", "combined_fields", "constant_score", "dis_max", "distance_feature", "exists", "function_score", "fuzzy", "geo_bounding_box",
		"geo_distance", "geo_shape", "intervals", "match", "match_bool_prefix", "match_none", "match_phrase", "match_phrase_prefix",
		"more_like_this", "multi_match", "nested", "prefix", "query_string", "rank_feature", "regexp", "script", "script_score",
		"simple_query_string", "span_term", "terms", "terms_set", "wildcard", "wrapper",
	}
}

func parsing(n *node, format string, args ...any) error {
	return refuse(http.StatusBadRequest, &problem{
		kind: kindFor(format, "parsing_exception"), reason: fmt.Sprintf(format, args...), extra: object{{"line", 1}, {"col", n.at + 1}},
	})
}

// all is match_all.
type all struct{}

func parseAll(n *node) (query, error) {
	if len(n.members) > 0 {
		return nil, parsing(n, "[match_all] unknown field [%s]", n.members[0].name)
	}
	return all{}, nil
}

func (all) check(*backing, *forms) *problem        { return nil }
func (all) matches(*backing, *stored, *forms) bool { return true }
func (all) scored() bool                           { return false }

// conjunction is bool with filter and must; all of both have to match.
type conjunction struct {
	filter, must []query
}

func parseBool(n *node) (query, error) {
	var q conjunction
	for _, m := range n.members {
		var err error
		switch m.name {
		case "filter":
			q.filter, err = parseQueries(m.value)
		case "must":
			q.must, err = parseQueries(m.value)
		default:
			err = parsing(m.value, "[bool] unknown field [%s]", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	return q, nil
}

func parseQueries(n *node) ([]query, error) {
	items := []*node{n}
	if n.kind == kindArray {
		items = n.items
	}
	var list []query
	for _, item := range items {
		q, err := parseQuery(item)
		if err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	return list, nil
}

func (q conjunction) parts() []query {
	return append(append([]query(nil), q.filter...), q.must...)
}

func (q conjunction) check(b *backing, f *forms) *problem {
	for _, part := range q.parts() {
		if p := part.check(b, f); p != nil {
			return p
		}
	}
	return nil
}

func (q conjunction) matches(b *backing, d *stored, f *forms) bool {
	for _, part := range q.parts() {
		if !part.matches(b, d, f) {
			return false
		}
	}
	return true
}

// scored is true with any must, and with filters alone, which score 0 and not 1.
func (q conjunction) scored() bool { return len(q.filter)+len(q.must) > 0 }

// term matches documents that hold the value exactly.
type term struct {
	field string
	value *node
}

func parseTerm(n *node) (query, error) {
	if len(n.members) != 1 {
		return nil, parsing(n, "[term] query needs exactly one field")
	}
	field, value := n.members[0].name, n.members[0].value
	if value.kind == kindObject {
		inner := value.get("value")
		if inner == nil || len(value.members) > 1 {
			return nil, parsing(value, "[term] query of [%s] takes [value] and nothing else here", field)
		}
		value = inner
	}
	if value.kind == kindArray || value.kind == kindObject || value.kind == kindNull {
		return nil, parsing(value, "[term] query does not support a value of this kind")
	}
	return term{field, value}, nil
}

func (t term) check(b *backing, f *forms) *problem {
	_, m, ok := b.mapping.find(t.field)
	switch {
	case !ok && b.mapping.below(t.field):
		return illegalArgument("elktest does not search inside flattened objects: [%s]", t.field)
	case !ok:
		return nil
	case m.hidden, slices.Contains([]string{typeText, typeMatchOnlyText, typeFlattened, typeFlatObject, typeDate, typeDateNanos}, m.kind):
		return illegalArgument("elktest does not know [term] on the [%s] field [%s]", m.kind, t.field)
	}
	_, p := t.wanted(m, f)
	return p
}

func (t term) wanted(m mapped, f *forms) (any, *problem) {
	if m.kind == typeObject || m.kind == typeKeyword {
		return t.value.text, nil
	}
	return (&checker{forms: f}).convert(m, t.value)
}

func (t term) matches(b *backing, d *stored, f *forms) bool {
	path, m, ok := b.mapping.find(t.field)
	if !ok {
		return false
	}
	want, p := t.wanted(m, f)
	if p != nil {
		return false
	}
	for _, v := range d.values[path] {
		if v == want && searchable(m, v) {
			return true
		}
	}
	return false
}

// searchable leaves out what a text's keyword does not index.
func searchable(m mapped, v any) bool {
	s, ok := v.(string)
	return !ok || m.ignoreAbove == 0 || len([]rune(s)) <= m.ignoreAbove
}

func (term) scored() bool { return true }

// between is range on @timestamp.
type between struct {
	bounds []bound
}

type bound struct {
	op, text string
	kind     kind
}

func parseRange(n *node) (query, error) {
	if len(n.members) != 1 || n.members[0].name != timestampField || n.members[0].value.kind != kindObject {
		return nil, parsing(n, "elktest knows [range] on [%s] only", timestampField)
	}
	var q between
	for _, m := range n.members[0].value.members {
		if !strings.Contains(" gt gte lt lte ", " "+m.name+" ") || m.value.kind != kindString && m.value.kind != kindNumber {
			return nil, parsing(m.value, "[range] query does not support [%s]", m.name)
		}
		q.bounds = append(q.bounds, bound{m.name, m.value.text, m.value.kind})
	}
	return q, nil
}

// check refuses forms that would need Elasticsearch's date arithmetic or its rounding of incomplete dates.
func (q between) check(_ *backing, f *forms) *problem {
	for _, b := range q.bounds {
		_, ok := f.parse(b.text, true)
		if parts := f.iso.FindStringSubmatch(b.text); parts != nil {
			ok = ok && len(parts[7]) >= 3
		} else {
			ok = ok && b.kind == kindNumber
		}
		if !ok {
			return illegalArgument("elktest does not know the date [%s] in a range: give it with milliseconds and zone", b.text)
		}
	}
	return nil
}

func (q between) matches(index *backing, d *stored, f *forms) bool {
	at, _ := d.values[timestampField][0].(int64)
	for _, b := range q.bounds {
		limit, _ := f.in(index.mapping.fields[timestampField].kind, b.text, true)
		ok := map[string]bool{"gt": at > limit, "gte": at >= limit, "lt": at < limit, "lte": at <= limit}[b.op]
		if !ok {
			return false
		}
	}
	return true
}

func (between) scored() bool { return false }
