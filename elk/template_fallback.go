package elk

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

// beyondLimit came with Elasticsearch 8.15; OpenSearch has it not. Without
// it, a document whose new fields go beyond the limit is refused.
const beyondLimit = "index.mapping.total_fields.ignore_dynamic_beyond_limit"

// substitute is what stands for a field type where it is missing, with the
// same values accepted.
func substitute(kind string) (instead object, ok bool) {
	switch kind {
	case "match_only_text":
		return object{"type": "text"}, true
	case "constant_keyword":
		return object{"type": "keyword"}, true
	case "wildcard":
		return object{"type": "keyword", "ignore_above": 8191}, true
	}
	return nil, false
}

// The servers' words for what they do not know.
var (
	missingType = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:[Tt]he mapper type|[Nn]o handler for type|[Nn]o mapper found for type) \[([^\]]+)\]`)
	})
	missingSetting = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`unknown setting \[([^\]]+)\]`) })
	missingValue   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`missing required parameter \[value\]`) })
	missingField   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`unknown field \[([^\]]+)\]`) })
)

// yield gives up one thing that the text complains of; false if it names
// nothing that can be given up.
func (o object) yield(text string) (Fallback, bool) {
	for _, found := range missingType().FindAllStringSubmatch(text, -1) {
		if instead, ok := substitute(found[1]); ok && o.replace(ofType(found[1]), instead) {
			return Fallback{Missing: "type " + found[1], Instead: string(instead.json())}, true
		}
	}
	// OpenSearch wants to know the value of a constant beforehand.
	if instead, _ := substitute("constant_keyword"); missingValue().MatchString(text) && o.replace(constantWithoutValue, instead) {
		return Fallback{Missing: "type constant_keyword without value", Instead: string(instead.json())}, true
	}
	for _, found := range missingSetting().FindAllStringSubmatch(text, -1) {
		if found[1] == beyondLimit && o.remove("template.settings."+beyondLimit) {
			return Fallback{Missing: "setting " + beyondLimit}, true
		}
	}
	for _, found := range missingField().FindAllStringSubmatch(text, -1) {
		if found[1] == "lifecycle" && o.remove("template.lifecycle") {
			return Fallback{Missing: "lifecycle"}, true
		}
	}
	return Fallback{}, false
}

func ofType(kind string) func(object) bool {
	return func(o object) bool { return o["type"] == kind }
}

func constantWithoutValue(o object) bool { return o["type"] == "constant_keyword" && o["value"] == nil }

// replace puts instead in the place of every mapping that match picks, and
// reports whether there was one.
func (o object) replace(match func(object) bool, instead object) (found bool) {
	for key, value := range o {
		switch v := value.(type) {
		case object:
			if match(v) {
				o[key], found = instead, true
				continue
			}
			found = v.replace(match, instead) || found
		case []object:
			for _, item := range v {
				found = item.replace(match, instead) || found
			}
		}
	}
	return found
}

// remove takes away what is at a path, and reports whether it was there.
func (o object) remove(path string) bool {
	first, rest, more := strings.Cut(path, ".")
	value, ok := o[first]
	if !more {
		delete(o, first)
		return ok
	}
	below, _ := value.(object)
	return below != nil && below.remove(rest)
}

// reasons gathers all that an answer says went wrong, outermost first.
func reasons(body []byte) string {
	var answer struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "no JSON"
	}
	var texts []string
	for raw := answer.Error; len(raw) > 0; {
		var e struct {
			Type     string          `json:"type"`
			Reason   string          `json:"reason"`
			CausedBy json.RawMessage `json:"caused_by"`
		}
		if json.Unmarshal(raw, &e) != nil {
			_ = json.Unmarshal(raw, &e.Reason) // some errors are a string
		}
		if text := strings.Trim(e.Type+": "+e.Reason, ": "); text != "" {
			texts = append(texts, text)
		}
		raw = e.CausedBy
	}
	return strings.Join(texts, ": ")
}
