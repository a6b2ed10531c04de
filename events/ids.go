package events

import (
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

	// The three as they stand on a line, with room for the digits, and where the digits begin. Nil where a form is other or
	// one is left out. Copying it and writing the digits takes half the time of appending part by part.
	template []byte
	digits   [3]int
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
	for i, name := range [3]string{names.TraceID, names.SpanID, names.TraceFlags} {
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
	d.setTemplate()
	return d
}

func (d *ids) setTemplate() {
	if d.form != [3]idForm{} || d.opening[0] == "" || d.opening[1] == "" || d.opening[2] == "" {
		return
	}
	for i, digits := range [3]int{32, 16, 2} {
		d.template = append(d.template, d.opening[i]...)
		d.digits[i] = len(d.template)
		d.template = append(append(d.template, make([]byte, digits)...), '"')
	}
}

// fill appends the template with the digits of sc.
func (d *ids) fill(line []byte, sc trace.SpanContext) []byte {
	from := len(line)
	line = append(line, d.template...)
	ids := line[from:]
	traceID, spanID := sc.TraceID(), sc.SpanID()
	spanstate.AppendHex(ids[:d.digits[0]], traceID[:])
	spanstate.AppendHex(ids[:d.digits[1]], spanID[:])
	copy(ids[d.digits[2]:], spanstate.Flags(sc))
	return line
}

// AppendIDs appends the ids of sc as JSON members, each after a comma; nothing where sc is not valid.
func (r *Rules) AppendIDs(line []byte, sc trace.SpanContext) []byte {
	if !sc.IsValid() {
		return line
	}
	if r.ids.template != nil {
		return r.ids.fill(line, sc)
	}
	if open := r.ids.opening[0]; open != "" {
		id := sc.TraceID()
		line = append(spanstate.AppendHex(append(line, open...), id[:]), '"')
	}
	if open := r.ids.opening[1]; open != "" {
		line = append(r.ids.appendSpanID(append(line, open...), sc.SpanID()), '"')
	}
	if open := r.ids.opening[2]; open != "" {
		line = r.ids.appendFlags(append(line, open...), sc)
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
// which is a bool. One allocation, none where sc is not valid.
func (r *Rules) IDs(sc trace.SpanContext) (fields [3]attribute.KeyValue, n int) {
	if !sc.IsValid() {
		return fields, 0
	}
	traceID, spanID := spanstate.IDs(sc)
	if r.ids.form[1] == decimalForm {
		spanID = strconv.FormatUint(decimal(sc.SpanID()), 10)
	}
	if r.ids.prefix != "" {
		traceID = r.ids.prefix + traceID
	}
	flags := attribute.String(r.names.TraceFlags, "")
	if r.ids.form[2] == boolForm {
		flags.Value = attribute.BoolValue(sc.IsSampled())
	} else {
		flags.Value = attribute.StringValue(spanstate.Flags(sc))
	}
	for _, id := range [3]attribute.KeyValue{attribute.String(r.names.TraceID, traceID), attribute.String(r.names.SpanID, spanID), flags} {
		if id.Key != "" {
			fields[n] = id
			n++
		}
	}
	return fields, n
}

// IsID reports whether key is the name of one of the ids. A field of that name at the root of the line gives way to
// the span's own where there is a span.
func (r *Rules) IsID(key string) bool {
	return key != "" && (key == r.names.TraceID || key == r.names.SpanID || key == r.names.TraceFlags)
}
