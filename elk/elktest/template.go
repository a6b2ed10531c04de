package elktest

import (
	"fmt"
	"net/http"
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
	body     any // as it was sent
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

// getTemplate is GET /_index_template/{name}, for one name. The body is as it was sent; a real server sorts its settings.
func (s *Server) getTemplate(c *call) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t := s.store.templates[c.args[0]]
	if t == nil {
		return nil, refuse(http.StatusNotFound, &problem{kind: "resource_not_found_exception", reason: "index template matching [" + c.args[0] + "] not found"})
	}
	return object{{"index_templates", array{object{{"name", c.args[0]}, {"index_template", t.body}}}}}, nil
}

// putTemplate is PUT /_index_template/{name}.
func (s *Server) putTemplate(c *call) (any, error) {
	root, err := c.object(true)
	if err != nil {
		return nil, err
	}
	name := c.args[0]
	t, err := parseTemplate(name, root, s.profile)
	if err != nil {
		return nil, err
	}
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

// templateParser reads one template as the profile's server does.
type templateParser struct {
	profile Profile
	name    string
	t       *template
}

func parseTemplate(name string, root *node, profile Profile) (*template, error) {
	p := &templateParser{profile, name, &template{mapping: newMapping(), body: root.tree()}}
	for _, m := range root.members {
		if err := p.key(m); err != nil {
			return nil, err
		}
	}
	if len(p.t.patterns) == 0 {
		return nil, illegal("Required [index_patterns]")
	}
	return p.t, nil
}

func (p *templateParser) key(m member) error {
	var err error
	switch {
	case m.name == "index_patterns":
		p.t.patterns, err = stringList(m)
	case m.name == "priority" && m.value.kind == kindNumber:
		if p.t.priority, err = strconv.ParseInt(m.value.text, 10, 64); err != nil || p.t.priority < 0 {
			err = illegal("index template priority must be a whole number >= 0, found [%s]", m.value.text)
		}
	case m.name == "template" && m.value.kind == kindObject:
		err = p.content(m.value)
	case m.name == "data_stream" && m.value.kind == kindObject && len(m.value.members) == 0:
		p.t.stream = true
	case m.name == "composed_of" && m.value.kind == kindArray:
		err = p.composedOf(m.value)
	case m.name == "version", m.name == "_meta":
	case m.name == "data_stream", m.name == "priority", m.name == "template", m.name == "composed_of", m.name == "allow_auto_create", m.name == "deprecated":
		err = illegal("elktest does not know [%s: %s] in an index template", m.name, preview(m.value))
	default:
		err = unknown("index_template", m)
	}
	return err
}

// composedOf refuses every component: there are none here.
func (p *templateParser) composedOf(n *node) error {
	if len(n.items) == 0 {
		return nil
	}
	var names []string
	for _, item := range n.items {
		names = append(names, item.text)
	}
	return invalidTemplate(fmt.Sprintf("index_template [%s] invalid, cause [index template [%s] specifies component templates [%s] that do not exist]", p.name, p.name, strings.Join(names, ", ")))
}

func invalidTemplate(reason string) error {
	return refuse(http.StatusBadRequest, &problem{kind: "invalid_index_template_exception", reason: reason})
}

func (p *templateParser) content(n *node) error {
	for _, m := range n.members {
		var err error
		switch {
		case m.name == "settings" && m.value.kind == kindObject:
			err = p.settings("", m.value)
		case m.name == "mappings" && m.value.kind == kindObject:
			err = p.mappings(m.value)
		case (m.name == "lifecycle" || m.name == "data_stream_options") && m.value.kind == kindObject && p.profile != OpenSearch3:
		case m.name == "aliases", m.name == "settings", m.name == "mappings":
			err = illegal("elktest does not know [%s: %s] in an index template", m.name, preview(m.value))
		default:
			inner := unknownKey("template", m)
			err = refuse(http.StatusBadRequest, &problem{
				kind: inner.kind, reason: fmt.Sprintf("[1:%d] [index_template] failed to parse field [template]", m.value.end), cause: inner,
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	return refuse(http.StatusBadRequest, unknownKey(parser, m))
}

func unknownKey(parser string, m member) *problem {
	return &problem{kind: "x_content_parse_exception", reason: fmt.Sprintf("[1:%d] [%s] unknown field [%s]", m.value.at+1, parser, m.name)}
}
