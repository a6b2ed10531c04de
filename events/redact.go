package events

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// Redacted stands in the place of a value that must not be seen.
const Redacted = "[REDACTED]"

// Redaction hides secrets. It is made by [RedactKeys], [RedactSecrets] or [RedactPattern], and applies to lines, span
// events and log records alike, and to what is inside values that are logged as JSON.
type Redaction interface {
	// hides reports whether the value under the path must not be seen at all. The path is lower-case and dotted.
	hides(path string) bool
	// clean returns text without what must not be seen.
	clean(text string) string
}

// RedactKeys hides the values of fields and of groups by name. A name without a dot is compared with the last part of a
// path, one with dots with the whole path; letter case does not matter. A group that is hidden hides all that is in it.
func RedactKeys(names ...string) Redaction {
	k := keys{}
	for _, name := range names {
		k[strings.ToLower(name)] = true
	}
	return k
}

// RedactSecrets hides the fields that usually hold secrets: password, passwd, secret, token, authorization, cookie,
// set-cookie, api_key and private_key.
func RedactSecrets() Redaction {
	return RedactKeys("password", "passwd", "secret", "token", "authorization", "cookie", "set-cookie", "api_key", "private_key")
}

// RedactPattern hides what the pattern matches, a *regexp.Regexp say, inside every string value and in the message.
func RedactPattern(pattern interface {
	ReplaceAllLiteralString(src, repl string) string
}) Redaction {
	return matcher{pattern}
}

type keys map[string]bool

// hides asks for every group around the value too: what is in a group that must not be seen must not be seen.
func (k keys) hides(path string) bool {
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		if group := path[:end]; k[group] || k[group[strings.LastIndexByte(group, '.')+1:]] {
			return true
		}
	}
	return false
}

func (keys) clean(text string) string { return text }

type matcher struct {
	pattern interface {
		ReplaceAllLiteralString(src, repl string) string
	}
}

func (matcher) hides(string) bool { return false }

func (m matcher) clean(text string) (cleaned string) {
	defer func() {
		if recover() != nil {
			cleaned = Redacted
		}
	}()
	return m.pattern.ReplaceAllLiteralString(text, Redacted)
}

// redactions are those of a policy.
type redactions []Redaction

func newRedactions(all []Redaction) redactions {
	return slices.DeleteFunc(slices.Clone(redactions(all)), func(r Redaction) bool { return r == nil })
}

func (rs redactions) hides(path string) bool {
	path = strings.ToLower(path)
	return slices.ContainsFunc(rs, func(r Redaction) bool { return r.hides(path) })
}

func (rs redactions) clean(text string) string {
	for _, r := range rs {
		text = r.clean(text)
	}
	return text
}

// Redacts reports whether the policy hides anything. If not, a bridge need not ask further.
func (r *Rules) Redacts() bool { return len(r.redact) > 0 }

// Hides reports whether the value of the field under the dotted path must not be seen.
func (r *Rules) Hides(path string) bool { return len(r.redact) > 0 && r.redact.hides(path) }

// CleanText returns text without what must not be seen.
func (r *Rules) CleanText(text string) string {
	if len(r.redact) == 0 {
		return text
	}
	return r.redact.clean(text)
}

// Clean returns the field without what must not be seen.
func (r *Rules) Clean(kv attribute.KeyValue) attribute.KeyValue {
	if len(r.redact) == 0 {
		return kv
	}
	if r.redact.hides(string(kv.Key)) {
		return attribute.String(string(kv.Key), Redacted)
	}
	switch kv.Value.Type() {
	case attribute.STRING:
		kv.Value = attribute.StringValue(r.cleanValue(string(kv.Key), kv.Value.AsString()))
	case attribute.STRINGSLICE:
		texts := kv.Value.AsStringSlice()
		for i, text := range texts {
			texts[i] = r.redact.clean(text)
		}
		kv.Value = attribute.StringSliceValue(texts)
	}
	return kv
}

// cleanValue cleans a string; one that is the JSON of an object or array, inside too.
func (r *Rules) cleanValue(path, text string) string {
	if len(text) > 1 && (text[0] == '{' || text[0] == '[') {
		if cleaned, ok := r.redact.appendJSON(nil, path, text); ok {
			return string(cleaned)
		}
		if part, cut := strings.CutSuffix(text, spanstate.CutMark); cut {
			if cleaned, ok := r.redact.appendJSON(nil, path, wholeJSON(part)); ok {
				return string(append(cleaned, spanstate.CutMark...))
			}
		}
	}
	return r.redact.clean(text)
}

// CleanJSON returns a JSON text, a whole line say, without what must not be seen. Path is the dotted path of the text
// itself, empty for a line. What is not JSON is cleaned as text.
func (r *Rules) CleanJSON(path string, text []byte) []byte {
	if len(r.redact) == 0 {
		return text
	}
	if cleaned, ok := r.redact.appendJSON(nil, path, string(text)); ok {
		return cleaned
	}
	return []byte(r.redact.clean(string(text)))
}
