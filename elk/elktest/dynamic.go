package elktest

import "slices"

// dynamicRule is one dynamic template: what becomes of new fields that it matches.
type dynamicRule struct {
	name                string
	match, unmatch      []string // patterns of the last part of the path
	pathMatch, pathLess []string // patterns of the whole path
	kinds               []string // match_mapping_type: names of detected types; empty is any
	mapping             mapped
}

// dynamicTemplates reads a template's list. The first rule that matches decides.
func (p *templateParser) dynamicTemplates(n *node) error {
	for _, item := range n.items {
		if item.kind != kindObject || len(item.members) != 1 || item.members[0].value.kind != kindObject {
			return p.badMapping(mapperParsingException, "A dynamic template must be defined with a name")
		}
		rule := dynamicRule{name: item.members[0].name}
		for _, k := range item.members[0].value.members {
			if err := p.ruleKey(&rule, k); err != nil {
				return err
			}
		}
		p.t.mapping.rules = append(p.t.mapping.rules, rule)
	}
	return nil
}

func (p *templateParser) ruleKey(r *dynamicRule, k member) error {
	var err error
	switch k.name {
	case "match":
		r.match, err = stringList(k)
	case "unmatch":
		r.unmatch, err = stringList(k)
	case "path_match":
		r.pathMatch, err = stringList(k)
	case "path_unmatch":
		r.pathLess, err = stringList(k)
	case "match_mapping_type":
		r.kinds, err = stringList(k)
	case "mapping":
		err = p.ruleMapping(r, k.value)
	default:
		err = illegal("elktest does not know [%s] in the dynamic template [%s]", k.name, r.name)
	}
	return err
}

func (p *templateParser) ruleMapping(r *dynamicRule, n *node) error {
	kind := n.get("type")
	if kind == nil || kind.text == "{dynamic_type}" {
		return illegal("elktest knows dynamic templates whose mapping has a type of its own: not [%s]", r.name)
	}
	var err error
	if kind.text == typeObject {
		r.mapping = mapped{kind: typeObject}
		return nil
	}
	r.mapping, err = p.mappedOf("__dynamic__"+r.name, n)
	return err
}

// ruleFor finds the mapping of a new field by its path and its detected type.
func (m *mapping) ruleFor(path, leaf, kind string) (mapped, bool) {
	for _, r := range m.rules {
		if r.matches(path, leaf, kind) {
			return r.mapping, true
		}
	}
	return mapped{}, false
}

func (r dynamicRule) matches(path, leaf, kind string) bool {
	some := func(patterns []string, text string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return glob(pattern, text) })
	}
	switch {
	case len(r.kinds) > 0 && !some(r.kinds, kind):
	case len(r.match) > 0 && !some(r.match, leaf):
	case len(r.pathMatch) > 0 && !some(r.pathMatch, path):
	case some(r.unmatch, leaf), some(r.pathLess, path):
	case len(r.kinds)+len(r.match)+len(r.pathMatch) == 0:
	default:
		return kind != typeObject || r.mapping.kind == typeObject || len(r.kinds) > 0
	}
	return false
}
