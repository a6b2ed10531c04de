package zerologbridge

import (
	"strconv"
	"sync"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// maxKept is the largest line, in bytes, whose memory is used again.
const maxKept = 16 << 10

// rewriter puts the names of a schema in the place of zerolog's. It writes time, level and message first, then ids and
// constant fields, then what the user added, in its order.
type rewriter struct {
	rules *events.Rules
	names events.Names
	ecs   bool
}

// newRewriter returns nil where the lines may stay as zerolog makes them.
func newRewriter(rules *events.Rules) *rewriter {
	r := &rewriter{rules: rules, names: rules.Names(), ecs: rules.Schema() == events.ECS}
	if !r.ecs && r.names.Level == "" && r.names.Message == "" {
		return nil
	}
	return r
}

// rewritten is a line on its way through a rewriter.
type rewritten struct {
	line    string
	members []member
	out     []byte

	ours    [2]int // first member of ours and the one behind the last: time, ids, constant fields
	message int    // the member that is the message, -1 if there is none
	traced  bool   // there are ids among ours
	told    bool   // error.message is taken
	placed  bool   // log.origin.* is taken
}

var texts = sync.Pool{New: func() any { return new(rewritten) }}

func (t *rewritten) free() {
	if cap(t.out) <= maxKept && len(t.line) <= maxKept {
		*t = rewritten{members: t.members[:0], out: t.out[:0]}
		texts.Put(t)
	}
}

// read takes the line apart. It reports false where that is not one whole JSON object: such a line stays as it is.
func (t *rewritten) read(line []byte) bool {
	s, _ := open(line, 0)
	var m member
	for s.next(&m) {
		if m.kind == 0 {
			return false
		}
		t.members = append(t.members, m)
	}
	t.line = string(line)
	return s.closed
}

func (t *rewritten) key(i int) string {
	m := &t.members[i]
	return text(t.line, m.key, m.keyEnd, m.odd)
}

func (r *rewriter) rewrite(t *rewritten, level zerolog.Level) {
	r.find(t)
	t.out = append(t.out, '{')
	from, to := t.ours[0], t.ours[1]
	if from < to {
		t.named(t.key(from), from)
	}
	first := 0
	if level != zerolog.NoLevel && t.startsWithLevel() {
		t.named(either(r.names.Level, zerolog.LevelFieldName), 0)
		first = 1
	}
	if t.message >= 0 {
		t.named(either(r.names.Message, zerolog.MessageFieldName), t.message)
	}
	for i := from + 1; i < to; i++ {
		t.named(t.key(i), i)
	}
	for i := first; i < len(t.members); i++ {
		if i != t.message && (i < from || i >= to) {
			r.users(t, i)
		}
	}
	t.out = append(t.out, '}', '\n')
}

// startsWithLevel reports whether the first member is what zerolog writes for the level.
func (t *rewritten) startsWithLevel() bool {
	ours := t.ours[0] == 0 && t.ours[1] > 0
	return len(t.members) > 0 && !ours && t.key(0) == zerolog.LevelFieldName
}

// find finds what the hook wrote, by its form: the time, ids, all constant fields, in a row. Only the fields of later
// hooks and the message come behind.
func (r *rewriter) find(t *rewritten) {
	last := len(t.members) - 1
	t.message = -1
	for i := last; i >= 0; i-- {
		if end, traced := r.oursFrom(t, i); end > 0 {
			t.ours, t.traced = [2]int{i, end}, traced
			if last >= end && t.key(last) == zerolog.MessageFieldName {
				t.message = last
			}
			return
		}
	}
}

// oursFrom returns the member behind ours if they begin at i, else 0.
func (r *rewriter) oursFrom(t *rewritten, i int) (end int, traced bool) {
	if t.key(i) != either(r.names.Time, zerolog.TimestampFieldName) {
		return 0, false
	}
	end = i + 1
	for end < len(t.members) && end <= i+3 && r.rules.IsID(t.key(end)) {
		end++
	}
	traced = end > i+1
	for _, kv := range r.rules.Constant() {
		if end == len(t.members) || t.key(end) != string(kv.Key) {
			return 0, false
		}
		end++
	}
	return end, traced
}

// users writes a field that the user added.
func (r *rewriter) users(t *rewritten, i int) {
	m, key := &t.members[i], t.key(i)
	if t.traced && r.rules.IsID(key) || r.ecs && (t.error(r.rules, key, m) || t.origin(key, m)) {
		return
	}
	name, asString := r.rules.Place(key, m.kind != '{')
	t.name(name)
	t.value(m, asString)
}

// error writes zerolog's error, and a string called error, as error.message; the first one, others are labels.
func (t *rewritten) error(rules *events.Rules, key string, m *member) bool {
	if m.kind != '"' || key != "error" && (key != zerolog.ErrorFieldName || key == "") {
		return false
	}
	name := "error.message"
	if t.told {
		name = rules.Label(key)
	}
	t.told = true
	t.name(name)
	t.value(m, true)
	return true
}

// origin writes zerolog's caller, "file:line", as log.origin.*.
func (t *rewritten) origin(key string, m *member) bool {
	if key != zerolog.CallerFieldName || m.kind != '"' || t.placed {
		return false
	}
	file, line, ok := source(text(t.line, m.value, m.end, m.escaped))
	if !ok {
		return false
	}
	t.placed = true
	t.name("log.origin.file.name")
	t.out = events.AppendJSONString(t.out, file)
	t.name("log.origin.file.line")
	t.out = strconv.AppendInt(t.out, int64(line), 10)
	return true
}

func (t *rewritten) named(name string, i int) {
	t.name(name)
	t.value(&t.members[i], false)
}

func (t *rewritten) name(name string) {
	if len(t.out) > 1 {
		t.out = append(t.out, ',')
	}
	t.out = append(events.AppendJSONString(t.out, name), ':')
}

// value writes a value as it is, or as a string: of what is none, its JSON text.
func (t *rewritten) value(m *member, asString bool) {
	raw := t.line[m.value:m.end]
	if asString && m.kind != '"' {
		t.out = events.AppendJSONString(t.out, raw)
		return
	}
	t.out = append(t.out, raw...)
}
