package events

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// Rules is a [Policy] made ready for a bridge: defaults filled in, names chosen, what is the same on every line encoded.
// It never changes and is shared by all loggers that are derived from one New or Wrap.
type Rules struct {
	schema   Schema
	names    Names
	ids      [3]string // `,"trace_id":"` and so on; empty where the id is left out
	event    slog.Leveler
	status   slog.Leveler
	constant []attribute.KeyValue // ecs.version and the resource
	fragment []byte               // the same as JSON members, each after a comma
	taken    map[string]bool      // names that the constant fields use
}

// Rules returns p made ready. A nil p gives the defaults.
func (p *Policy) Rules() *Rules {
	if p == nil {
		p = &Policy{}
	}
	r := &Rules{
		schema: p.Schema,
		names:  p.Schema.names(),
		event:  leveler(p.EventLevel, slog.LevelInfo),
		status: leveler(p.StatusLevel, slog.LevelError),
	}
	if p.Names != nil {
		r.names = *p.Names
	}
	r.ids = [3]string{opening(r.names.TraceID), opening(r.names.SpanID), opening(r.names.TraceFlags)}
	r.setConstant(p.Resource)
	return r
}

func opening(name string) string {
	if name == "" {
		return ""
	}
	return "," + string(AppendJSONString(nil, name)) + `:"`
}

func (r *Rules) setConstant(resource []attribute.KeyValue) {
	if r.schema == ECS {
		r.constant = append(r.constant, attribute.String("ecs.version", ecsVersion))
	}
	for _, kv := range resource {
		if name, ok := ecsResource[string(kv.Key)]; ok && r.schema == ECS {
			kv.Key = attribute.Key(name)
		}
		r.constant = append(r.constant, kv)
	}
	r.taken = make(map[string]bool, len(r.constant))
	for _, kv := range r.constant {
		if kv.Key == "" || r.taken[string(kv.Key)] || r.IsID(string(kv.Key)) {
			continue
		}
		r.taken[string(kv.Key)] = true
		r.fragment = append(r.fragment, ',')
		r.fragment = AppendJSONString(r.fragment, string(kv.Key))
		r.fragment = append(r.fragment, ':')
		r.fragment = appendAttributeJSON(r.fragment, kv.Value)
	}
	r.constant = slices.DeleteFunc(r.constant, func(kv attribute.KeyValue) bool { return !r.taken[string(kv.Key)] })
}

func appendAttributeJSON(dst []byte, v attribute.Value) []byte {
	text, err := json.Marshal(v.AsInterface())
	if err != nil {
		return AppendJSONString(dst, v.String())
	}
	return append(dst, text...)
}

// Schema returns the policy's schema.
func (r *Rules) Schema() Schema { return r.schema }

// Names returns the names in force.
func (r *Rules) Names() Names { return r.names }

// Constant returns the fields that are the same on every line: ecs.version where the schema has it, and the resource.
// The slice is shared and must not be changed.
func (r *Rules) Constant() []attribute.KeyValue { return r.constant }

// AppendConstant appends [Rules.Constant] as JSON members, each after a comma.
func (r *Rules) AppendConstant(line []byte) []byte { return append(line, r.fragment...) }

// AppendIDs appends the ids of sc as JSON members, each after a comma; nothing where sc is not valid.
func (r *Rules) AppendIDs(line []byte, sc trace.SpanContext) []byte {
	if !sc.IsValid() {
		return line
	}
	if open := r.ids[0]; open != "" {
		id := sc.TraceID()
		line = append(spanstate.AppendHex(append(line, open...), id[:]), '"')
	}
	if open := r.ids[1]; open != "" {
		id := sc.SpanID()
		line = append(spanstate.AppendHex(append(line, open...), id[:]), '"')
	}
	if open := r.ids[2]; open != "" {
		line = append(append(append(line, open...), spanstate.Flags(sc)...), '"')
	}
	return line
}

// ID is one id of a span as a field of a line.
type ID struct{ Key, Value string }

// IDs returns the ids of sc in the order of the line, and how many there are; one allocation. None where sc is not valid.
func (r *Rules) IDs(sc trace.SpanContext) (ids [3]ID, n int) {
	if !sc.IsValid() {
		return ids, 0
	}
	traceID, spanID := spanstate.IDs(sc)
	for _, id := range [3]ID{{r.names.TraceID, traceID}, {r.names.SpanID, spanID}, {r.names.TraceFlags, spanstate.Flags(sc)}} {
		if id.Key != "" {
			ids[n] = id
			n++
		}
	}
	return ids, n
}

// IsID reports whether key is the name of one of the ids. A field of that name at the root of the line gives way to
// the span's own where there is a span.
func (r *Rules) IsID(key string) bool {
	return key != "" && (key == r.names.TraceID || key == r.names.SpanID || key == r.names.TraceFlags)
}

// Place returns the name under which a user's root field stands on a line of ours, and whether its value must be a
// string there. The field keeps its own name unless it would collide with one that spanlog writes; then it is
// labels.<key>. Scalar tells a plain value or array from an object. The ids are not its concern: see [Rules.IsID].
func (r *Rules) Place(key string, scalar bool) (name string, asString bool) {
	if r.schema != ECS && len(r.taken) == 0 {
		return key, false
	}
	if r.taken[key] || r.schema == ECS && (ecsOwn[key] || scalar && ecsObjects[key]) {
		return labelOf(key), true
	}
	return key, false
}

var labelKey = strings.NewReplacer(".", "_", "*", "_", `\`, "_")

func labelOf(key string) string { return "labels." + labelKey.Replace(key) }

// Taken reports whether key is the name of a constant field (see [Rules.Constant]). A user's root field of that name
// stands under [Rules.Label] instead, on lines of wrapped loggers too.
func (r *Rules) Taken(key string) bool { return r.taken[key] }

// Label returns the name that a field gets whose own is taken: labels.<key>, with dots in the key as underscores.
func (r *Rules) Label(key string) string { return labelOf(key) }
