package elktest

import (
	"slices"
	"strconv"
	"strings"
)

// settings takes a template's settings. Those of mappings change answers here; the other known ones have no effect.
func (p *templateParser) settings(path string, n *node) error {
	for _, s := range n.members {
		name := join(path, s.name)
		if s.value.kind == kindObject {
			if err := p.settings(name, s.value); err != nil {
				return err
			}
			continue
		}
		if err := p.setting("index."+strings.TrimPrefix(name, "index."), s); err != nil {
			return err
		}
	}
	return nil
}

func (p *templateParser) setting(name string, s member) error {
	if !p.profile.knowsSetting(name) {
		return p.unknownSetting(name)
	}
	m, err := p.t.mapping, error(nil)
	switch name {
	case "index.mapping.total_fields.limit":
		if m.limit, err = strconv.Atoi(s.value.text); err != nil {
			return illegal("Failed to parse value [%s] for setting [index.mapping.total_fields.limit]", s.value.text)
		}
	case "index.mapping.ignore_malformed":
		m.ignoreMalformed, err = boolean(s)
	case "index.mapping.total_fields.ignore_dynamic_beyond_limit":
		m.beyondLimit, err = boolean(s)
	}
	return err
}

// knowsSetting tells whether the recorded server has that setting of an index; the reduced Elasticsearch has no ILM.
func (p Profile) knowsSetting(name string) bool {
	if strings.HasPrefix(name, "index.sort.") || strings.HasPrefix(name, "index.search.slowlog.") {
		return true
	}
	if name == "index.mode" || name == "index.mapping.total_fields.ignore_dynamic_beyond_limit" {
		return p != OpenSearch3
	}
	return slices.Contains([]string{
		"index.number_of_shards", "index.number_of_replicas", "index.auto_expand_replicas", "index.refresh_interval", "index.codec", "index.hidden",
		"index.mapping.total_fields.limit", "index.mapping.ignore_malformed", "index.mapping.coerce", "index.mapping.depth.limit",
		"index.mapping.nested_fields.limit", "index.mapping.nested_objects.limit", "index.mapping.field_name_length.limit",
		"index.query.default_field", "index.translog.durability", "index.translog.sync_interval", "index.default_pipeline", "index.final_pipeline",
		"index.max_result_window",
	}, name)
}

func (p *templateParser) unknownSetting(name string) error {
	text := "unknown setting [" + name + "] please check that any required plugins are installed, or check the breaking changes documentation for removed settings"
	if p.profile == OpenSearch3 {
		if name == "index.mode" {
			text = "unknown setting [index.mode] did you mean [index.codec]?"
		}
		return refuse(400, &problem{kind: "settings_exception", reason: text})
	}
	return invalidTemplate("index_template [" + p.name + "] invalid, cause [Validation Failed: 1: " + text + ";]")
}
