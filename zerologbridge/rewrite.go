package zerologbridge

import (
	"strconv"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// rewriter puts the names of a schema in the place of zerolog's, and hides what must not be seen. It writes time, level
// and message first, then ids, the contexts' fields and constant fields, then what the user added, in its order. Where
// zerolog's names stay, so does the order. What we write ourselves has nothing to hide, and a pattern meant for card
// numbers must not hit an id.
type rewriter struct {
	rules   *events.Rules
	names   events.Names
	schema  events.Schema
	ecs     bool
	redacts bool
	plain   bool                                                // zerolog's names stay
	levels  [zerolog.PanicLevel - zerolog.TraceLevel + 1]string // the schema's forms of the levels, from Trace on
}

// newRewriter returns nil where the lines may stay as zerolog makes them.
func newRewriter(rules *events.Rules) *rewriter {
	r := &rewriter{rules: rules, names: rules.Names(), schema: rules.Schema(), redacts: rules.Redacts()}
	r.ecs = r.schema == events.ECS
	r.plain = r.schema == events.OTel && r.names.Level == "" && r.names.Message == ""
	if r.plain && !r.redacts {
		return nil
	}
	for i := range r.levels {
		r.levels[i] = rules.LevelText(severityOf(zerolog.TraceLevel + zerolog.Level(i)))
	}
	return r
}

// levelText returns the level in the schema's form; empty where zerolog's stays.
func (r *rewriter) levelText(level zerolog.Level) string {
	if i := int(level - zerolog.TraceLevel); i >= 0 && i < len(r.levels) {
		return r.levels[i]
	}
	return r.rules.LevelText(severityOf(level))
}

func (r *rewriter) rewrite(t *rewritten, level zerolog.Level) {
	t.find(either(r.names.Time, zerolog.TimestampFieldName))
	t.leveled = level != zerolog.NoLevel && t.startsWithLevel()
	t.out = append(t.out, '{')
	if r.plain {
		r.inPlace(t)
	} else {
		r.renamed(t, level)
	}
	t.out = append(t.out, '}', '\n')
}

// inPlace writes the members in their order.
func (r *rewriter) inPlace(t *rewritten) {
	for i := range t.members {
		switch {
		case i == 0 && t.leveled, i >= t.ours[0] && i < t.ours[1]:
			r.own(t, t.key(i), i)
		case i == t.message:
			r.message(t)
		default:
			r.users(t, i)
		}
	}
}

// renamed writes the members in the order of the schema.
func (r *rewriter) renamed(t *rewritten, level zerolog.Level) {
	from, to := t.ours[0], t.ours[1]
	if from < to {
		r.own(t, t.key(from), from)
	}
	first := 0
	if t.leveled {
		r.level(t, level)
		first = 1
	}
	if t.message >= 0 {
		r.message(t)
	}
	for i := from + 1; i < to; i++ {
		r.own(t, t.key(i), i)
	}
	for i := first; i < len(t.members); i++ {
		if i != t.message && (i < from || i >= to) {
			r.users(t, i)
		}
	}
	r.innerError(t)
}

func (r *rewriter) message(t *rewritten) {
	name := either(r.names.Message, zerolog.MessageFieldName)
	r.name(t, name)
	r.value(t, name, name, &t.members[t.message], false)
}

// own writes a member of ours.
func (r *rewriter) own(t *rewritten, name string, i int) {
	t.traced = t.traced || r.rules.IsID(name)
	r.name(t, name)
	t.out = append(t.out, t.line[t.members[i].value:t.members[i].end]...)
}

// level writes the level in the schema's form, or in zerolog's.
func (r *rewriter) level(t *rewritten, level zerolog.Level) {
	name := either(r.names.Level, zerolog.LevelFieldName)
	schema := r.levelText(level)
	if schema == "" {
		r.own(t, name, 0)
		return
	}
	r.name(t, name)
	t.out = events.AppendJSONString(t.out, schema)
}

// name writes a key; under ECS one that the line has already gets a number.
func (r *rewriter) name(t *rewritten, name string) {
	if r.ecs {
		name = t.names.unique(name)
	}
	t.name(name)
}

// users writes a field that the user added.
func (r *rewriter) users(t *rewritten, i int) {
	m, key := &t.members[i], t.key(i)
	if t.traced && r.rules.IsID(key) || r.source(t, key, m) || r.ecs && (r.error(t, key, m) || r.stack(t, key, i)) {
		return
	}
	name, asString := r.rules.Place(key, m.kind != '{')
	r.name(t, name)
	r.value(t, name, key, m, asString)
}

// source writes zerolog's caller, "file:line", as the schema has it.
func (r *rewriter) source(t *rewritten, key string, m *member) bool {
	if !r.ecs && r.schema != events.GCP || key != zerolog.CallerFieldName || m.kind != '"' || t.placed || r.rules.Hides(key) {
		return false
	}
	file, line, ok := source(text(t.line, m.value, m.end, m.escaped))
	if !ok {
		return false
	}
	t.placed, file = true, r.rules.CleanText(file)
	if r.ecs {
		r.name(t, "log.origin.file.name")
		t.out = events.AppendJSONString(t.out, file)
		r.name(t, "log.origin.file.line")
		t.out = strconv.AppendInt(t.out, int64(line), 10)
		return true
	}
	r.name(t, "logging.googleapis.com/sourceLocation")
	t.out = append(events.AppendJSONString(append(t.out, `{"file":`...), file), `,"line":`...)
	t.out = append(strconv.AppendInt(t.out, int64(line), 10), '}')
	return true
}

// value writes a value as it is, or as a string: of what is none, its JSON text. It is hidden under its name on the line
// as well as under the path that the user gave it.
func (r *rewriter) value(t *rewritten, name, path string, m *member, asString bool) {
	raw := t.line[m.value:m.end]
	switch {
	case r.redacts && (r.rules.Hides(path) || r.rules.Hides(name)):
		t.out = events.AppendJSONString(t.out, events.Redacted)
	case asString && m.kind != '"':
		t.out = events.AppendJSONString(t.out, r.cleaned(path, raw))
	case r.ecs && m.kind == '{':
		r.object(t, path, m)
	case m.kind == '"' || m.kind == '{' || m.kind == '[':
		t.out = append(t.out, r.cleaned(path, raw)...)
	default:
		t.out = append(t.out, raw...)
	}
}

// cleaned returns a value without what must not be seen.
func (r *rewriter) cleaned(path, raw string) string {
	if !r.redacts {
		return raw
	}
	return string(r.rules.CleanJSON(path, []byte(raw)))
}

// object writes an object with each key once.
func (r *rewriter) object(t *rewritten, path string, m *member) {
	t.out = append(t.out, '{')
	s, _ := open(t.raw[:m.end], m.value)
	var known names
	var inner member
	for s.next(&inner) {
		key := text(t.line, inner.key, inner.keyEnd, inner.odd)
		path := path + "." + key
		if len(known.few) > 0 {
			t.out = append(t.out, ',')
		}
		at := r.rules.Inside(path[:len(path)-len(key)], key, inner.kind != '{')
		name := known.unique(at)
		if r.rules.Owns(path) && name == at { // trace with a member id, say, is our trace.id
			name = known.unique(at)
		}
		t.out = append(events.AppendJSONString(t.out, name), ':')
		from := len(t.out)
		r.value(t, path, path, &inner, false)
		if inner.kind == '"' && key == zerolog.ErrorFieldName && t.inner == "" && !t.told {
			t.inner = string(t.out[from:])
		}
	}
	t.out = append(t.out, '}')
}
