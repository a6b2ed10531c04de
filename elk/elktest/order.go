package elktest

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// ordering is one sort key.
type ordering struct {
	field    string
	desc     bool
	unmapped string // unmapped_type
}

// parseSort reads a field name, an object, or a list of both.
func parseSort(n *node) ([]ordering, error) {
	if n == nil {
		return nil, nil
	}
	items := []*node{n}
	if n.kind == kindArray {
		items = n.items
	}
	var list []ordering
	for _, item := range items {
		switch {
		case item.kind == kindString:
			list = append(list, ordering{field: item.text})
		case item.kind == kindObject && len(item.members) == 1:
			o, err := parseOrdering(item.members[0])
			if err != nil {
				return nil, err
			}
			list = append(list, o)
		default:
			return nil, illegal("malformed sort format, within the sort array, an object, or an actual string are allowed")
		}
	}
	for _, o := range list {
		if o.field == "_score" || o.field == "_doc" || o.field == "_id" || o.field == "_shard_doc" {
			return nil, illegal("elktest does not know sorting by [%s]", o.field)
		}
	}
	return list, nil
}

func parseOrdering(m member) (ordering, error) {
	o := ordering{field: m.name}
	if m.value.kind == kindString {
		return o, o.direction(m.value.text)
	}
	if m.value.kind != kindObject {
		return o, illegal("malformed sort of [%s]", m.name)
	}
	for _, k := range m.value.members {
		var err error
		switch {
		case k.name == "order":
			err = o.direction(k.value.text)
		case k.name == "unmapped_type" && sortable(k.value.text):
			o.unmapped = k.value.text
		default:
			err = parsing(k.value, "[field_sort] unknown field [%s]", k.name)
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

// sortable are the types that elktest can sort.
func sortable(kind string) bool {
	return slices.Contains([]string{typeKeyword, typeLong, typeFloat, typeDouble, typeBoolean, typeDate, typeDateNanos}, kind)
}

func (o *ordering) direction(text string) error {
	if text != "asc" && text != "desc" {
		return illegal("No enum constant org.elasticsearch.search.sort.SortOrder.%s", text)
	}
	o.desc = text == "desc"
	return nil
}

// check refuses what cannot be sorted in one backing index.
func (o ordering) check(b *backing) *problem {
	_, m, ok := b.mapping.find(o.field)
	switch {
	case !ok && o.unmapped == "", ok && m.kind == typeObject:
		return &problem{
			kind: "query_shard_exception", reason: "No mapping found for [" + o.field + "] in order to sort on",
			extra: object{{"index_uuid", b.uuid}, {"index", b.name}},
		}
	case ok && m.kind != typeText && !sortable(m.kind):
		return illegalArgument("elktest does not know sorting by the [%s] field [%s]", m.kind, o.field)
	case ok && m.kind == typeText:
		return illegalArgument("Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [%s] in order to load field data by uninverting the inverted index. Note that this can use significant memory.", o.field)
	}
	return nil
}

// sortKey is a document's value for one ordering. missing ones go last whatever the order.
type sortKey struct {
	value   any
	missing bool
}

// key picks the smallest of several values, or the largest when descending.
func (o ordering) key(b *backing, d *stored) sortKey {
	kind := o.unmapped
	path, m, ok := b.mapping.find(o.field)
	if ok {
		kind = m.kind
	}
	var best any
	for _, v := range d.values[path] {
		if ok && searchable(m, v) && (best == nil || o.before(v, best)) {
			best = v
		}
	}
	if best == nil {
		return sortKey{o.absent(kind), true}
	}
	if truth, is := best.(bool); is {
		best = int64(0)
		if truth {
			best = int64(1)
		}
	}
	return sortKey{best, false}
}

func (o ordering) before(a, b any) bool {
	c := compareValues(a, b)
	return c < 0 != o.desc && c != 0
}

// absent is what a hit shows where its document has no value.
func (o ordering) absent(kind string) any {
	switch kind {
	case typeKeyword, typeText:
		return nil
	case typeFloat, typeDouble:
		if o.desc {
			return "-Infinity"
		}
		return "Infinity"
	case typeBoolean, typeLong, typeDate, typeDateNanos:
		if o.desc {
			return int64(math.MinInt64)
		}
		return int64(math.MaxInt64)
	}
	return nil
}

// sameKinds refuses to sort texts of one index together with numbers of another.
func sameKinds(indices []*backing, order []ordering) error {
	for _, o := range order {
		texts, numbers, millis, nanos := false, false, false, false
		for _, b := range indices {
			_, m, ok := b.mapping.find(o.field)
			texts = texts || ok && m.kind == typeKeyword
			numbers = numbers || ok && m.kind != typeKeyword
			millis, nanos = millis || m.kind == typeDate, nanos || m.kind == typeDateNanos
		}
		if millis && nanos {
			return illegal("elktest does not know sorting by [%s], a date in one index and date_nanos in another", o.field)
		}
		if texts && numbers {
			return illegal("Can't sort on field [%s]; the field has incompatible sort types", o.field)
		}
	}
	return nil
}

// compareValues orders values of one kind, and numbers of both kinds. Others do not meet: sameKinds refuses them before.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok && a != b {
			if b {
				return -1
			}
			return 1
		}
		return 0
	}
	return cmp.Compare(number(a), number(b))
}

func number(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// sortHits orders hits by their keys; equal ones stay in order of index and arrival.
func sortHits(hits []hit, order []ordering) {
	slices.SortStableFunc(hits, func(a, b hit) int {
		for i, o := range order {
			x, y := a.keys[i], b.keys[i]
			c := 0
			switch {
			case x.missing && y.missing:
			case x.missing:
				c = 1
			case y.missing:
				c = -1
			case o.before(x.value, y.value):
				c = -1
			case o.before(y.value, x.value):
				c = 1
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// shown is how a key appears in a hit's sort values.
func (k sortKey) shown() any {
	f, ok := k.value.(float64)
	if !ok {
		return k.value
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if f == math.Trunc(f) {
		text += ".0"
	}
	return json.RawMessage(text)
}
