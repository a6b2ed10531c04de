package elktest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// badMapping refuses a template for its mappings, in the words of the profile's server.
func (p *templateParser) badMapping(kind, format string, args ...any) error {
	reason := fmt.Sprintf(format, args...)
	cover := "Failed to parse mapping: "
	if p.profile == OpenSearch3 {
		cover = "Failed to parse mapping [_doc]: "
	}
	e := illegalArgument("composable template [%s] template after composition is invalid", p.name)
	e.cause = illegalArgument("invalid composite mappings for [%s]", p.name)
	e.cause.cause = &problem{kind: "mapper_parsing_exception", reason: cover + reason, cause: &problem{kind: kind, reason: reason}}
	return refuse(http.StatusBadRequest, e)
}

const mapperParsingException = "mapper_parsing_exception"

// knowsType tells whether the recorded server has the type. The reduced Elasticsearch lacks what modules add.
func (p Profile) knowsType(name string) bool {
	switch name {
	case typeFlattened:
		return p != OpenSearch3
	case typeFlatObject, typeMatchOnlyText, typeWildcard, typeConstantKeyword:
		return p == OpenSearch3
	}
	return slices.Contains([]string{
		typeObject, typeKeyword, typeText, typeLong, typeInteger, typeShort, typeByte, typeFloat, typeHalfFloat, typeDouble, typeBoolean,
		typeDate, typeDateNanos, typeIP,
	}, name)
}

// unknownType refuses a type that the server does not have.
func (p *templateParser) unknownType(kind, field string) error {
	if p.profile == OpenSearch3 {
		if slices.Contains([]string{"scaled_float", "unsigned_long", "version", "nested", "binary"}, kind) {
			return illegal("elktest does not know the type [%s] of [%s]", kind, field)
		}
		return p.badMapping(mapperParsingException, "No handler for type [%s] declared on field [%s]", kind, field)
	}
	if slices.Contains([]string{"nested", "binary", "geo_point"}, kind) {
		return illegal("elktest does not know the type [%s] of [%s]", kind, field)
	}
	return p.badMapping(mapperParsingException, "The mapper type [%s] declared on field [%s] does not exist. It might have been created within a future version or requires a plugin to be installed. Check the documentation.", kind, field)
}

// mappedOf reads the mapping of one field without properties.
func (p *templateParser) mappedOf(name string, n *node) (mapped, error) {
	kind := n.get("type")
	switch {
	case kind == nil:
		return mapped{}, p.badMapping(mapperParsingException, "No type specified for field [%s]", name)
	case !p.profile.knowsType(kind.text):
		return mapped{}, p.unknownType(kind.text, name)
	}
	f := mapped{kind: kind.text, epoch: kind.text == typeDate || kind.text == typeDateNanos}
	for _, k := range n.members {
		if err := p.parameter(&f, name, k); err != nil {
			return f, err
		}
	}
	if f.kind == typeConstantKeyword && f.constant == "" {
		return f, p.badMapping("parse_exception", "Field [%s] is missing required parameter [value]", name)
	}
	return f, nil
}

// parameter takes one parameter of a field.
func (p *templateParser) parameter(f *mapped, name string, k member) error {
	var err error
	switch {
	case k.name == "type":
	case k.name == "ignore_above" && k.value.kind == kindNumber:
		f.ignoreAbove, err = strconv.Atoi(k.value.text)
	case k.name == "ignore_malformed":
		f.ignoreMalformed, err = boolean(k)
	case k.name == "index":
		var searchable bool
		searchable, err = boolean(k)
		f.hidden = !searchable
	case k.name == "value" && f.kind == typeConstantKeyword:
		f.constant = k.value.text
	case k.name == "fields" && k.value.kind == kindObject:
		err = p.multiFields(f, name, k.value)
	case slices.Contains([]string{"norms", "doc_values", "eager_global_ordinals", "coerce", "store", "depth_limit"}, k.name):
	default:
		return p.badMapping(mapperParsingException, "unknown parameter [%s] on mapper [%s] of type [%s]", k.name, name, f.kind)
	}
	return err
}

// multiFields knows one multi-field: a keyword of that name.
func (p *templateParser) multiFields(f *mapped, name string, n *node) error {
	if len(n.members) != 1 || n.members[0].name != "keyword" {
		return illegal("elktest knows one multi-field, [keyword], in the mapping of [%s]", name)
	}
	sub, err := p.mappedOf(join(name, "keyword"), n.members[0].value)
	if err != nil {
		return err
	}
	if sub.kind != typeKeyword {
		return illegal("elktest does not know a multi-field of type [%s]", sub.kind)
	}
	f.multi, f.multiAbove = true, sub.ignoreAbove
	return nil
}

// mappings reads a template's mappings. What would change an answer and is not known here is refused.
func (p *templateParser) mappings(n *node) error {
	m := p.t.mapping
	for _, k := range n.members {
		var err error
		switch {
		case k.name == "properties" && k.value.kind == kindObject:
			err = p.properties("", k.value)
		case k.name == "date_detection":
			m.dateDetection, err = boolean(k)
		case k.name == "dynamic_templates" && k.value.kind == kindArray:
			err = p.dynamicTemplates(k.value)
		case k.name == "dynamic" && slices.Contains([]string{dynamicTrue, dynamicFalse, dynamicStrict}, k.value.text):
			m.dynamic = k.value.text
		case k.name == "_meta", k.name == "numeric_detection" && k.value.text == "false":
		case k.name == "subobjects" && p.profile != OpenSearch3, k.name == "dynamic", k.name == "runtime", k.name == "_source":
			err = illegal("elktest does not know [%s: %s] in mappings", k.name, preview(k.value))
		default:
			err = p.badMapping(mapperParsingException, "Root mapping definition has unsupported parameters:  [%s : %s]", k.name, preview(k.value))
		}
		if err != nil {
			return err
		}
	}
	if f := m.fields[timestampField]; f.kind != typeDate && f.kind != typeDateNanos {
		return illegal("data stream timestamp field [@timestamp] is of type [%s], but [date,date_nanos] is expected", f.kind)
	}
	return nil
}

func (p *templateParser) properties(path string, n *node) error {
	for _, field := range n.members {
		name := join(path, field.name)
		below := field.value.get("properties")
		kind := field.value.get("type")
		if below == nil && (kind == nil || kind.text != typeObject) {
			f, err := p.mappedOf(name, field.value)
			if err != nil {
				return err
			}
			p.t.mapping.define(name, f)
			continue
		}
		if err := p.objectField(name, field.value, below); err != nil {
			return err
		}
	}
	return nil
}

func (p *templateParser) objectField(name string, n, below *node) error {
	for _, k := range n.members {
		plain := k.name == "properties" || k.name == "type" && k.value.text == typeObject || k.name == "dynamic" && k.value.text == dynamicTrue
		if !plain {
			return illegal("elktest does not know [%s: %s] in the mapping of the object [%s]", k.name, preview(k.value), name)
		}
	}
	p.t.mapping.define(name, mapped{kind: typeObject})
	if below == nil {
		return nil
	}
	return p.properties(name, below)
}
