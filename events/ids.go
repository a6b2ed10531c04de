package events

import (
	"log/slog"
	"slices"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// idForm is how one id stands on a line.
type idForm uint8

const (
	hexForm     idForm = iota // hexadecimal digits in a string
	decimalForm               // Datadog: a span id as a decimal number in a string
	boolForm                  // GCP: whether the span is sampled
)

// ids are the three ids of a span, made ready. The second is the span id, the third the trace flags.
type ids struct {
	opening [3]string // `,"trace_id":"` and so on; empty where the id is left out
	prefix  string    // before the trace id, GCP's resource name
	form    [3]idForm
	names   [3]string
}

func newIDs(p *Policy, names Names) (d ids) {
	if p.Schema == Datadog && p.Names == nil {
		d.form[1] = decimalForm
	}
	if p.Schema == GCP && p.Names == nil {
		d.form[2] = boolForm
		if p.GCPProject != "" {
			d.prefix = "projects/" + p.GCPProject + "/traces/"
		}
	}
	d.names = [3]string{names.TraceID, names.SpanID, names.TraceFlags}
	for i, name := range d.names {
		if name == "" {
			continue
		}
		d.opening[i] = "," + string(AppendJSONString(nil, name)) + ":"
		if d.form[i] != boolForm {
			d.opening[i] += `"`
		}
	}
	if d.prefix != "" && d.opening[0] != "" {
		quoted := AppendJSONString(nil, d.prefix)
		d.opening[0] += string(quoted[1 : len(quoted)-1])
	}
	return d
}

// AppendIDs appends the ids of sc as JSON members, each after a comma; nothing where sc is not valid.
func (r *Rules) AppendIDs(line []byte, sc trace.SpanContext) []byte {
	if !sc.IsValid() {
		return line
	}
	members := r.members.Find(&sc)
	if members == nil {
		members = r.members.Keep(&sc, r.ids.members(&sc))
	}
	return append(line, *members...)
}

// AppendScopeIDs is AppendIDs for the span of a scope, whose ids are at hand.
func (r *Rules) AppendScopeIDs(line []byte, s *Scope) []byte {
	if !s.traced {
		return line
	}
	if members := r.members.Of(&s.key, s.flags); members != nil {
		return append(line, *members...)
	}
	return r.AppendIDs(line, s.Span.SpanContext())
}

// members returns the ids as JSON members, each after a comma.
func (d *ids) members(sc *trace.SpanContext) string {
	var memory [192]byte
	return string(d.appendTo(memory[:0], sc))
}

// appendTo appends the ids as JSON members.
func (d *ids) appendTo(line []byte, sc *trace.SpanContext) []byte {
	if open := d.opening[0]; open != "" {
		id := sc.TraceID()
		line = append(spanstate.AppendHex(append(line, open...), id[:]), '"')
	}
	if open := d.opening[1]; open != "" {
		line = append(d.appendSpanID(append(line, open...), sc.SpanID()), '"')
	}
	if open := d.opening[2]; open != "" {
		line = d.appendFlags(append(line, open...), *sc)
	}
	return line
}

func (d *ids) appendSpanID(line []byte, id trace.SpanID) []byte {
	if d.form[1] == decimalForm {
		return strconv.AppendUint(line, decimal(id), 10)
	}
	return spanstate.AppendHex(line, id[:])
}

func (d *ids) appendFlags(line []byte, sc trace.SpanContext) []byte {
	if d.form[2] == boolForm {
		return strconv.AppendBool(line, sc.IsSampled())
	}
	return append(append(line, spanstate.Flags(sc)...), '"')
}

func decimal(id trace.SpanID) (n uint64) {
	for _, b := range id {
		n = n<<8 | uint64(b)
	}
	return n
}

// IDs returns the ids of sc as fields, in the order of the line, and how many there are: strings, but GCP's trace_sampled,
// which is a bool. There are none where sc is not valid.
func (r *Rules) IDs(sc trace.SpanContext) (fields [3]attribute.KeyValue, n int) {
	if !sc.IsValid() {
		return fields, 0
	}
	f := r.fields.Find(&sc)
	if f == nil {
		f = r.fields.Keep(&sc, r.ids.fields(&sc))
	}
	return f.all, f.n
}

// IDAttrs is IDs for package slog. The slice is shared and must not be changed; appending to it makes another one.
func (r *Rules) IDAttrs(sc trace.SpanContext) []slog.Attr {
	if !sc.IsValid() {
		return nil
	}
	attrs := r.attrs.Find(&sc)
	if attrs == nil {
		attrs = r.attrs.Keep(&sc, r.ids.attrs(&sc))
	}
	return *attrs
}

func (d *ids) attrs(sc *trace.SpanContext) (attrs []slog.Attr) {
	f := d.fields(sc)
	for _, kv := range f.all[:f.n] {
		attrs = append(attrs, slog.Any(string(kv.Key), kv.Value.AsInterface()))
	}
	return slices.Clip(attrs)
}

// idFields are up to three ids as fields.
type idFields struct {
	all [3]attribute.KeyValue
	n   int
}

func (d *ids) fields(sc *trace.SpanContext) (f idFields) {
	traceID, spanID := spanstate.IDs(*sc)
	if d.form[1] == decimalForm {
		spanID = strconv.FormatUint(decimal(sc.SpanID()), 10)
	}
	flags := attribute.StringValue(spanstate.Flags(*sc))
	if d.form[2] == boolForm {
		flags = attribute.BoolValue(sc.IsSampled())
	}
	values := [3]attribute.Value{attribute.StringValue(d.prefix + traceID), attribute.StringValue(spanID), flags}
	for i, name := range d.names {
		if name != "" {
			f.all[f.n] = attribute.KeyValue{Key: attribute.Key(name), Value: values[i]}
			f.n++
		}
	}
	return f
}

// IsID reports whether key is the name of one of the ids. A field of that name at the root of the line gives way to
// the span's own where there is a span.
func (r *Rules) IsID(key string) bool {
	return key != "" && (key == r.names.TraceID || key == r.names.SpanID || key == r.names.TraceFlags)
}
