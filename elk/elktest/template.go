package elktest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// template is one composable index template.
type template struct {
	patterns []string
	priority int64
	stream   bool
	mapping  *mapping
}

// logsTemplate is the essence of the logs-*-* template of a full Elasticsearch: strings are keywords, dates are not guessed,
// malformed scalars are ignored, and the number of fields is never a reason to refuse.
func logsTemplate() *template {
	m := newMapping()
	m.dateDetection, m.ignoreMalformed, m.beyondLimit = false, true, true
	m.strings = mapped{kind: typeKeyword, ignoreAbove: 1024}
	m.fields["message"] = mapped{kind: typeText}
	for _, path := range []string{"trace.id", "span.id", "trace_id", "span_id", "transaction.id"} {
		m.define(path, mapped{kind: typeKeyword, ignoreAbove: 1024})
	}
	return &template{patterns: []string{"logs-*-*"}, priority: 100, stream: true, mapping: m}
}

// define adds a path with the objects above it.
func (m *mapping) define(path string, f mapped) {
	for i, c := range path {
		if c == '.' {
			m.fields[path[:i]] = mapped{kind: typeObject}
		}
	}
	m.fields[path] = f
}

// match returns the template of the highest priority that matches name, or nil.
func (s *store) match(name string) *template {
	var best *template
	for _, t := range s.templates {
		if t.matches(name) && (best == nil || t.priority > best.priority) {
			best = t
		}
	}
	return best
}

func (t *template) matches(name string) bool {
	return slices.ContainsFunc(t.patterns, func(pattern string) bool { return glob(pattern, name) })
}

// overlaps tells whether a pattern of o, taken as a name, matches t.
func (t *template) overlaps(o *template) bool {
	return slices.ContainsFunc(o.patterns, t.matches)
}

// putTemplate is PUT /_index_template/{name}.
func (s *Server) putTemplate(c *call) (any, error) {
	root, err := c.object(true)
	if err != nil {
		return nil, err
	}
	t, err := parseTemplate(root)
	if err != nil {
		return nil, err
	}
	name := c.args[0]
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if err := s.store.conflict(name, t); err != nil {
		return nil, err
	}
	s.store.templates[name] = t
	return object{{"acknowledged", true}}, nil
}

// conflict refuses a second template of the same priority when a pattern of one matches a pattern of the other.
func (s *store) conflict(name string, t *template) error {
	for other, o := range s.templates {
		if other == name || o.priority != t.priority {
			continue
		}
		if t.overlaps(o) || o.overlaps(t) {
			return illegal("index template [%s] has index patterns %s matching patterns from existing templates [%s] with patterns (%s => %s) that have the same priority [%d], multiple index templates may not match during index creation, please use a different priority",
				name, t.patterns, other, other, o.patterns, t.priority)
		}
	}
	return nil
}

func parseTemplate(root *node) (*template, error) {
	t := &template{mapping: newMapping()}
	for _, m := range root.members {
		if err := t.key(m); err != nil {
			return nil, err
		}
	}
	if len(t.patterns) == 0 {
		return nil, illegal("Required [index_patterns]")
	}
	return t, nil
}

func (t *template) key(m member) error {
	var err error
	switch {
	case m.name == "index_patterns":
		t.patterns, err = stringList(m)
	case m.name == "priority" && m.value.kind == kindNumber:
		if t.priority, err = strconv.ParseInt(m.value.text, 10, 64); err != nil || t.priority < 0 {
			err = illegal("index template priority must be a whole number >= 0, found [%s]", m.value.text)
		}
	case m.name == "template" && m.value.kind == kindObject:
		err = t.content(m.value)
	case m.name == "data_stream" && m.value.kind == kindObject && len(m.value.members) == 0:
		t.stream = true
	case m.name == "version", m.name == "_meta":
	default:
		err = unknown("index_template", m)
	}
	return err
}

func (t *template) content(n *node) error {
	for _, m := range n.members {
		var err error
		switch {
		case m.name == "settings" && m.value.kind == kindObject:
			err = t.mapping.settings("", m.value)
		case m.name == "mappings" && m.value.kind == kindObject:
			err = t.mapping.parse(m.value)
		default:
			err = unknown("template", m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settings takes the settings that change an answer here; the others are accepted and have no effect.
func (m *mapping) settings(path string, n *node) error {
	for _, s := range n.members {
		name := join(path, s.name)
		if s.value.kind == kindObject {
			if err := m.settings(name, s.value); err != nil {
				return err
			}
			continue
		}
		var err error
		switch strings.TrimPrefix(name, "index.") {
		case "mapping.total_fields.limit":
			if m.limit, err = strconv.Atoi(s.value.text); err != nil {
				return illegal("Failed to parse value [%s] for setting [index.mapping.total_fields.limit]", s.value.text)
			}
		case "mapping.ignore_malformed":
			m.ignoreMalformed, err = boolean(s)
		case "mapping.total_fields.ignore_dynamic_beyond_limit":
			m.beyondLimit, err = boolean(s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parse reads a template's mappings. What would change an answer and is not known here is refused.
func (m *mapping) parse(n *node) error {
	for _, k := range n.members {
		var err error
		switch {
		case k.name == "properties" && k.value.kind == kindObject:
			err = m.properties("", k.value)
		case k.name == "date_detection":
			m.dateDetection, err = boolean(k)
		case k.name == "dynamic_templates" && k.value.kind == kindArray:
			err = m.dynamicTemplates(k.value)
		case k.name == "dynamic" && k.value.text == "true", k.name == "_meta":
		default:
			err = unknown("_doc", k)
		}
		if err != nil {
			return err
		}
	}
	if f := m.fields[timestampField]; f.kind != typeDate {
		return illegal("data stream timestamp field [@timestamp] is of type [%s], but [date,date_nanos] is expected", f.kind)
	}
	return nil
}

func (m *mapping) properties(path string, n *node) error {
	for _, p := range n.members {
		name := join(path, p.name)
		if below := p.value.get("properties"); below != nil {
			if len(p.value.members) > 1 {
				return illegal("elktest does not know parameters beside [properties] in the mapping of [%s]", name)
			}
			m.define(name, mapped{kind: typeObject})
			if err := m.properties(name, below); err != nil {
				return err
			}
			continue
		}
		f, err := parseMapped(name, p.value)
		if err != nil {
			return err
		}
		m.define(name, f)
	}
	return nil
}

// dynamicTemplates knows one form: what strings become.
func (m *mapping) dynamicTemplates(n *node) error {
	for _, item := range n.items {
		if len(item.members) != 1 {
			return illegal("A dynamic template must be defined with a name")
		}
		body := item.members[0].value
		match, target := body.get("match_mapping_type"), body.get("mapping")
		if match == nil || match.text != "string" || target == nil || len(body.members) != 2 {
			return illegal("elktest knows only dynamic templates with [match_mapping_type] string and [mapping], not [%s]", item.members[0].name)
		}
		f, err := parseMapped("{name}", target)
		if err != nil {
			return err
		}
		m.strings = f
	}
	return nil
}

func parseMapped(name string, n *node) (mapped, error) {
	var f mapped
	for _, k := range n.members {
		switch {
		case k.name == "type" && knownType(k.value.text):
			f.kind = k.value.text
			f.epoch = f.kind == typeDate
		case k.name == "ignore_above" && k.value.kind == kindNumber:
			f.ignoreAbove, _ = strconv.Atoi(k.value.text)
		default:
			return f, illegal("elktest does not know [%s: %s] in the mapping of [%s]", k.name, preview(k.value), name)
		}
	}
	if f.kind == "" {
		return f, illegal("No type specified for field [%s]", name)
	}
	return f, nil
}

func knownType(name string) bool {
	switch name {
	case typeObject, typeKeyword, typeText, typeLong, typeFloat, typeDouble, typeBoolean, typeDate:
		return true
	}
	return false
}

func stringList(m member) ([]string, error) {
	items := []*node{m.value}
	if m.value.kind == kindArray {
		items = m.value.items
	}
	var list []string
	for _, item := range items {
		if item.kind != kindString {
			return nil, illegal("[%s] must be a string or a list of strings", m.name)
		}
		list = append(list, item.text)
	}
	slices.Sort(list)
	return list, nil
}

func boolean(m member) (bool, error) { return parseBoolean(m.value.text) }

func parseBoolean(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, illegal("Failed to parse value [%s] as only [true] or [false] are allowed.", text)
	}
	return text == "true", nil
}

// unknown refuses a key of a body in the words of Elasticsearch's object parsers.
func unknown(parser string, m member) error {
	return refuse(400, &problem{kind: "x_content_parse_exception", reason: fmt.Sprintf("[1:%d] [%s] unknown field [%s]", m.value.at+1, parser, m.name)})
}
