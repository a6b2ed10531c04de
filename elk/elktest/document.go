package elktest

import (
	"fmt"
	"strings"
)

const (
	timestampField  = "@timestamp"
	maxMappingDepth = 20 // index.mapping.depth.limit
)

// checker validates one document against a mapping, as Elasticsearch's document parser does, and gathers what it adds.
type checker struct {
	profile Profile
	mapping *mapping
	forms   *forms
	id      string
	added   map[string]mapped
	values  map[string][]any
}

// parseDocument reads one document line into its root object.
func parseDocument(source []byte, quote bool) (*node, *problem) {
	root, end, err := parseJSON(source)
	switch {
	case err != nil:
		return nil, parseFailure(err.token, err.problem(source, quote))
	case root == nil:
		return nil, &problem{kind: "document_parsing_exception", reason: "[0:0] failed to parse, document is empty"}
	case root.kind != kindObject:
		return nil, &problem{kind: "document_parsing_exception", reason: "Malformed content, must start with an object"}
	case end < len(source):
		return nil, extraData(source, end, quote)
	}
	return root, nil
}

// extraData is the error for what follows the object at end: the parser's own where that is no token.
func extraData(source []byte, end int, quote bool) *problem {
	next, _, err := parseJSON(source[end:])
	token := ""
	switch {
	case source[end] == '{':
		token = "START_OBJECT"
	case source[end] == '[':
		token = "START_ARRAY"
	case err != nil:
		err.at += end
		p := err.problem(source, quote)
		return &problem{kind: "document_parsing_exception", reason: fmt.Sprintf("[1:%d] %s", err.at+1, p.reason), cause: p}
	default:
		token = tokenOf(next)
	}
	return illegalArgument("Malformed content, found extra data after parsing: %s", token)
}

// check runs over the whole document; on success the checker holds its new fields and its values by dotted path.
func (c *checker) check(root *node) *problem {
	if p := c.metadata(root); p != nil {
		return p
	}
	if p := c.members("", root); p != nil {
		return p
	}
	if p := c.timestamp(root.end); p != nil {
		return p
	}
	return c.limit(root.end)
}

// metadata refuses root keys that are Elasticsearch's own.
func (c *checker) metadata(root *node) *problem {
	for _, m := range root.members {
		switch m.name {
		case "_id", "_index", "_source", "_routing", "_field_names", "_ignored", "_seq_no", "_version", "_tier", "_nested_path", "_doc_count", "_data_stream_timestamp", "_type":
			return at(m.value.at, "Field [%s] is a metadata field and cannot be added inside a document. Use the index API request parameters.", m.name)
		}
	}
	return nil
}

func (c *checker) timestamp(end int) *problem {
	switch len(c.values[timestampField]) {
	case 0:
		return parseFailure(end, illegalArgument("data stream timestamp field [@timestamp] is missing"))
	case 1:
		return nil
	default:
		return parseFailure(end, illegalArgument("data stream timestamp field [@timestamp] encountered multiple values"))
	}
}

func (c *checker) limit(end int) *problem {
	added := fieldCount(c.added)
	if added == 0 || c.mapping.beyondLimit || fieldCount(c.mapping.fields)+added <= c.mapping.limit {
		return nil
	}
	return parseFailure(end, illegalArgument("Limit of total fields [%d] has been exceeded while adding new fields [%d]", c.mapping.limit, added))
}

func (c *checker) members(path string, n *node) *problem {
	for _, m := range n.members {
		if p := c.member(path, m); p != nil {
			return p
		}
	}
	return nil
}

// member opens the dots of a name: a.b is b in the object a.
func (c *checker) member(path string, m member) *problem {
	names := strings.Split(m.name, ".")
	if why := badName(m.name, names); why != "" {
		return parseFailure(m.value.at, illegalArgument("%s", why))
	}
	for _, name := range names[:len(names)-1] {
		path = join(path, name)
		if f, ok := c.lookup(path); ok && (f.kind == typeFlattened || f.kind == typeFlatObject) || c.skipped(path) {
			return nil
		}
		if p := c.object(path, m.value); p != nil {
			return p
		}
	}
	return c.value(join(path, names[len(names)-1]), m.value)
}

func badName(name string, parts []string) string {
	if name == "" {
		return "field name cannot be an empty string"
	}
	for i, part := range parts {
		switch {
		case part == "" && (i == 0 || i == len(parts)-1):
			return "field name starting or ending with a [.] makes object resolution ambiguous: [" + name + "]"
		case strings.TrimSpace(part) == "":
			return "field name cannot contain only whitespace: [" + name + "]"
		}
	}
	return ""
}

func (c *checker) value(path string, n *node) *problem {
	switch n.kind {
	case kindNull:
		return nil
	case kindArray:
		for _, item := range n.items {
			if p := c.value(path, item); p != nil {
				return p
			}
		}
		return nil
	case kindObject:
		if f, ok := c.lookup(path); ok && (f.kind == typeFlattened || f.kind == typeFlatObject) {
			return nil
		}
		if c.skipped(path) {
			return nil
		}
		if f, ok := c.lookup(path); ok && f.kind != typeObject && c.tolerates(path, f, n) {
			return nil
		}
		if p := c.object(path, n); p != nil {
			return p
		}
		return c.members(path, n)
	default:
		return c.scalar(path, n)
	}
}

func (c *checker) lookup(path string) (mapped, bool) {
	if f, ok := c.added[path]; ok {
		return f, true
	}
	f, ok := c.mapping.fields[path]
	return f, ok
}

// object makes sure that path may hold an object; n is quoted if it may not.
func (c *checker) object(path string, n *node) *problem {
	f, ok := c.lookup(path)
	if !ok && c.mapping.dynamic == dynamicStrict {
		return c.strict(path, n)
	}
	switch {
	case !ok && strings.Count(path, ".")+1 > maxMappingDepth:
		return parseFailure(n.at, illegalArgument("Limit of mapping depth [%d] has been exceeded due to object field [%s]", maxMappingDepth, path))
	case !ok:
		c.added[path] = mapped{kind: typeObject}
		return nil
	case f.kind == typeObject:
		return nil
	}
	return c.objectInto(path, f, n)
}

// objectInto refuses an object where the mapping has a field.
func (c *checker) objectInto(path string, f mapped, n *node) *problem {
	cause := illegalArgument("Expected text at 1:%d but found START_OBJECT", n.at+1)
	return c.failed(n.end, path, f, n, cause)
}

func (c *checker) scalar(path string, n *node) *problem {
	f, ok := c.lookup(path)
	if !ok {
		if c.skipped(path) {
			return nil
		}
		if c.mapping.dynamic == dynamicStrict {
			return c.strict(path, n)
		}
		var cause *problem
		if f, cause = c.dynamic(path, n); cause != nil {
			return parseFailure(n.at, cause)
		}
	}
	switch f.kind {
	case typeFlattened, typeFlatObject:
		return c.failed(n.at, path, f, n, c.notAnObject(n))
	case typeObject:
		leaf := path[strings.LastIndexByte(path, '.')+1:]
		return at(n.at, "object mapping for [%s] tried to parse field [%s] as object, but found a concrete value", path, leaf)
	}
	v, cause := c.convert(f, n)
	if cause != nil {
		if c.tolerates(path, f, n) {
			return nil
		}
		return c.failed(n.at, path, f, n, cause)
	}
	if !ok {
		c.added[path] = f
	}
	if v != nil {
		c.values[path] = append(c.values[path], v)
	}
	return nil
}

// skipped tells whether a new field is left out of the mapping: it is stored, and cannot be searched.
func (c *checker) skipped(path string) bool {
	_, ok := c.lookup(path)
	return !ok && c.mapping.dynamic == dynamicFalse
}

// strict refuses a new field.
func (c *checker) strict(path string, n *node) *problem {
	parent, leaf := "_doc", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent, leaf = path[:i], path[i+1:]
	}
	return &problem{
		kind:   "strict_dynamic_mapping_exception",
		reason: fmt.Sprintf("[1:%d] mapping set to strict, dynamic introduction of [%s] within [%s] is not allowed", n.at+1, leaf, parent),
	}
}

// tolerates tells whether a value of the wrong form is left out of the index instead of refused: ignore_malformed, which
// Elasticsearch has for scalars in numbers, dates and the like, and OpenSearch for objects too.
func (c *checker) tolerates(path string, f mapped, n *node) bool {
	if path == timestampField || !c.mapping.ignoreMalformed && !f.ignoreMalformed {
		return false
	}
	if n.kind == kindObject {
		return c.profile == OpenSearch3
	}
	return f.kind != typeKeyword && f.kind != typeText && f.kind != typeMatchOnlyText && f.kind != typeWildcard && f.kind != typeConstantKeyword
}

func (c *checker) notAnObject(n *node) *problem {
	return illegalArgument("Failed to parse object: expecting token of type [START_OBJECT] but found [%s]", tokenOf(n))
}

func (c *checker) failed(offset int, path string, f mapped, n *node, cause *problem) *problem {
	p := at(offset, "failed to parse field [%s] of type [%s] in document with id '%s'. Preview of field's value: '%s'", path, f.kind, c.id, preview(n))
	p.cause = cause
	return p
}

// preview prints a value as Java prints its maps and lists.
func preview(n *node) string {
	switch n.kind {
	case kindObject:
		var parts []string
		for _, m := range n.members {
			parts = append(parts, fmt.Sprintf("%s=%s", m.name, preview(m.value)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case kindArray:
		var parts []string
		for _, item := range n.items {
			parts = append(parts, preview(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case kindNull:
		return "null"
	default:
		return n.text
	}
}
