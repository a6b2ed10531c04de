package elktest

import (
	"strings"
)

// Field types that elktest knows. dynamicDate is a date found by date detection: it takes no epoch milliseconds.
const (
	typeObject  = "object"
	typeKeyword = "keyword"
	typeText    = "text"
	typeLong    = "long"
	typeFloat   = "float"
	typeDouble  = "double"
	typeBoolean = "boolean"
	typeDate    = "date"

	typeInteger         = "integer"
	typeShort           = "short"
	typeByte            = "byte"
	typeHalfFloat       = "half_float"
	typeDateNanos       = "date_nanos"
	typeIP              = "ip"
	typeFlattened       = "flattened"        // Elasticsearch
	typeFlatObject      = "flat_object"      // OpenSearch
	typeMatchOnlyText   = "match_only_text"  // OpenSearch here; Elasticsearch has it in a module
	typeWildcard        = "wildcard"         // the same
	typeConstantKeyword = "constant_keyword" // the same
)

// How a mapping treats new fields.
const (
	dynamicTrue   = "true"
	dynamicFalse  = "false" // stored, not indexed
	dynamicStrict = "strict"
)

// mapped is the mapping of one path.
type mapped struct {
	kind        string
	ignoreAbove int  // keyword: longer values are stored, not searchable; 0 is no limit
	epoch       bool // date: digits are epoch milliseconds
	multi       bool // text with a keyword below, as dynamic mapping makes it
	multiAbove  int  // ignore_above of that keyword
	hidden      bool // index is false: stored, not searchable
	constant    string

	ignoreMalformed bool // of this field alone
}

// mapping is what one backing index knows of its fields. It is guarded by the store's lock.
type mapping struct {
	fields          map[string]mapped
	strings         mapped // what a new string becomes
	rules           []dynamicRule
	dynamic         string
	dateDetection   bool
	ignoreMalformed bool
	beyondLimit     bool // index.mapping.total_fields.ignore_dynamic_beyond_limit
	limit           int  // index.mapping.total_fields.limit
}

func newMapping() *mapping {
	return &mapping{
		fields:        map[string]mapped{timestampField: {kind: typeDate, epoch: true}},
		strings:       mapped{kind: typeText, multi: true, multiAbove: 256},
		dynamic:       dynamicTrue,
		dateDetection: true,
		limit:         1000,
	}
}

func (m *mapping) clone() *mapping {
	c := *m
	c.fields = map[string]mapped{}
	mergeFields(c.fields, m.fields)
	return &c
}

func mergeFields(into, from map[string]mapped) {
	for path, f := range from {
		into[path] = f
	}
}

// fieldCount counts as Elasticsearch does: objects and multi-fields are fields too.
func fieldCount(fields map[string]mapped) int {
	n := len(fields)
	for _, f := range fields {
		if f.multi {
			n++
		}
	}
	return n
}

// find returns the mapping by which path is searched. A text's keyword is found under path.keyword.
func (m *mapping) find(path string) (source string, f mapped, ok bool) {
	if f, ok := m.fields[path]; ok {
		return path, f, true
	}
	base, found := strings.CutSuffix(path, ".keyword")
	if found && m.fields[base].multi {
		return base, mapped{kind: typeKeyword, ignoreAbove: m.fields[base].multiAbove}, true
	}
	return "", mapped{}, false
}

// below tells whether path lies inside a flattened object.
func (m *mapping) below(path string) bool {
	for i, c := range path {
		kind := m.fields[path[:i]].kind
		if c == '.' && (kind == typeFlattened || kind == typeFlatObject) {
			return true
		}
	}
	return false
}

// join is the dotted path of name below parent.
func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}
