package zerologbridge

import "github.com/rs/zerolog"

// error writes zerolog's error, and a string called error, as error.message; the first one, others are labels.
func (r *rewriter) error(t *rewritten, key string, m *member) bool {
	if m.kind != '"' || key != "error" && (key != zerolog.ErrorFieldName || key == "") {
		return false
	}
	name := "error.message"
	if t.told || t.inner != "" {
		name = r.rules.Label(key)
	}
	t.told = true
	r.name(t, name)
	r.value(t, name, key, m, true)
	return true
}

// stack writes the stack that zerolog puts right before its error as error.stack_trace.
func (r *rewriter) stack(t *rewritten, key string, i int) bool {
	if key != zerolog.ErrorStackFieldName || zerolog.ErrorStackMarshaler == nil || t.told || t.inner != "" || i+1 == len(t.members) {
		return false
	}
	if next := &t.members[i+1]; next.kind != '"' || t.key(i+1) != zerolog.ErrorFieldName {
		return false
	}
	r.name(t, "error.stack_trace")
	r.value(t, "error.stack_trace", key, &t.members[i], true)
	return true
}

// innerError writes the first error of the line at the root too, if it stands inside an object.
func (r *rewriter) innerError(t *rewritten) {
	if t.inner == "" {
		return
	}
	r.name(t, "error.message")
	t.out = append(t.out, t.inner...)
}
