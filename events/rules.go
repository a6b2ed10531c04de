package events

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// Rules is a [Policy] made ready for a bridge: defaults filled in, names chosen, what is the same on every line encoded.
// It never changes and is shared by all loggers that are derived from one New or Wrap.
type Rules struct {
	schema   Schema
	names    Names
	ids      ids
	members  spanstate.IDCache[string] // the ids in the forms that lines want
	fields   spanstate.IDCache[idFields]
	attrs    spanstate.IDCache[[]slog.Attr]
	event    slog.Leveler
	status   slog.Leveler
	groups   Groups
	constant []attribute.KeyValue // ecs.version and the resource
	fragment []byte               // the same as JSON members, each after a comma
	taken    map[string]bool      // names that the constant fields use
	places   map[string]place     // by path, under ECS

	url        func(trace.SpanContext) string
	baggage    []string
	attributes []string
	fieldBytes int

	redact redactions
	logs   log.Logger // nil: no log records
	route  Route

	flush        func(context.Context) error
	flushTimeout time.Duration

	output uint64 // tells the outputs of the process apart, see Begin
}

// outputs counts the Rules that were made.
var outputs atomic.Uint64

// instrumentation is the scope of the log records.
const instrumentation = "github.com/spanlog/spanlog/events"

// Rules returns p made ready. A nil p gives the defaults. Each call makes an output of its own: two loggers that share
// what it returns make two events of two calls, loggers with Rules of their own make one event of one call.
func (p *Policy) Rules() *Rules {
	if p == nil {
		p = &Policy{}
	}
	r := &Rules{
		schema: p.Schema,
		names:  p.Schema.names(),
		event:  spanstate.Leveler(p.EventLevel, slog.LevelInfo),
		status: spanstate.Leveler(p.StatusLevel, slog.LevelError),
		groups: p.Groups,

		url:        p.TraceURL,
		baggage:    slices.Clone(p.Baggage),
		attributes: slices.Clone(p.SpanAttributes),
		fieldBytes: positive(p.FieldBytes, defaultFieldBytes),

		redact: newRedactions(p.Redact),
		route:  p.Route,

		flush:        p.Flush,
		flushTimeout: positive(p.FlushTimeout, defaultFlushTimeout),

		output: outputs.Add(1),
	}
	if p.Names != nil {
		r.names = *p.Names
	}
	if p.Logs != nil && p.Route != RouteEvents {
		r.logs = p.Logs.Logger(instrumentation)
	}
	r.names = r.names.distinct()
	r.ids = newIDs(p, r.names)
	r.setConstant(p.Resource)
	return r
}

func positive[T int | time.Duration](v, missing T) T {
	if v <= 0 {
		return missing
	}
	return v
}

func (r *Rules) setConstant(resource []attribute.KeyValue) {
	if r.schema == ECS {
		r.setPlaces()
		r.constant = append(r.constant, attribute.String("ecs.version", ecsVersion))
	}
	for _, kv := range resource {
		key := spanstate.Valid(r.schema.resourceName(string(kv.Key)))
		if r.isBuiltin(key) || r.schema == ECS && !r.IsID(key) && r.collides(key, true) {
			key = labelOf(key)
		}
		if kv = r.Clean(onLine(kv)); r.Hides(key) { // under its own name, and under the schema's
			kv.Value = attribute.StringValue(Redacted)
		}
		kv.Key = attribute.Key(key)
		r.constant = append(r.constant, kv)
	}
	r.taken = make(map[string]bool, len(r.constant))
	r.constant = slices.DeleteFunc(r.constant, func(kv attribute.KeyValue) bool {
		key := string(kv.Key)
		if key == "" || r.taken[key] || r.IsID(key) {
			return true
		}
		r.taken[key] = true
		if r.schema == ECS {
			r.note(key, ours)
		}
		return false
	})
	r.fragment = appendMembers(nil, r.constant)
}

// isBuiltin reports whether key is a name that a logger or the schema itself writes at the root.
func (r *Rules) isBuiltin(key string) bool {
	switch key {
	case "time", "level", "msg", "message", "source", "ts", "logger", "caller", "stacktrace", "error":
		return true
	}
	return key != "" && (key == r.names.Time || key == r.names.Level || key == r.names.Message)
}

// onLine returns a field as all three loggers can write it: one of type MAP or SLICE as its JSON, in a string.
func onLine(kv attribute.KeyValue) attribute.KeyValue {
	switch kv.Value.Type() {
	case attribute.MAP, attribute.SLICE:
		kv.Value = attribute.StringValue(kv.Value.String())
	}
	return kv
}

// appendMembers appends fields as JSON members, each after a comma.
func appendMembers(line []byte, fields []attribute.KeyValue) []byte {
	for _, kv := range fields {
		line = AppendJSONString(append(line, ','), string(kv.Key))
		line = appendAttributeJSON(append(line, ':'), kv.Value)
	}
	return line
}

func appendAttributeJSON(dst []byte, v attribute.Value) []byte {
	if v.Type() == attribute.STRING {
		return AppendJSONString(dst, v.AsString())
	}
	text, err := json.Marshal(v.AsInterface())
	if err != nil {
		return AppendJSONString(dst, v.String())
	}
	return append(dst, text...)
}

// Records reports whether calls become log records.
func (r *Rules) Records() bool { return r.logs != nil }

// Schema returns the policy's schema.
func (r *Rules) Schema() Schema { return r.schema }

// Names returns the names in force.
func (r *Rules) Names() Names { return r.names }

// LevelText returns what a line of ours has for a level whose name in capitals is severity. Empty: what the library
// writes by itself.
func (r *Rules) LevelText(severity string) string { return r.schema.levelText(severity) }

// Constant returns the fields that are the same on every line: ecs.version where the schema has it, and the resource.
// The slice is shared and must not be changed.
func (r *Rules) Constant() []attribute.KeyValue { return r.constant }

// AppendConstant appends [Rules.Constant] as JSON members, each after a comma.
func (r *Rules) AppendConstant(line []byte) []byte { return append(line, r.fragment...) }
