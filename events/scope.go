package events

import (
	"context"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// contextKey is the key of the fields that a context carries. Package span puts fields there too.
type contextKey = spanstate.FieldsKey

// maxDepth is how many groups of a field may stand inside each other; a LogValuer can make them without end.
const maxDepth = 200

// ContextWith returns a context whose fields are on every line and every event of log calls made with it or with a
// context below it, at the root even inside groups. A field replaces one of the same name from above. Groups become
// dotted keys. A nil ctx counts as context.Background().
func ContextWith(ctx context.Context, attrs ...slog.Attr) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	fields := slices.Clone(contextFields(ctx))
	for _, a := range attrs {
		fields = appendContextField(fields, "", a, 0)
	}
	return spanstate.WithFields(ctx, fields)
}

func appendContextField(fields []attribute.KeyValue, prefix string, a slog.Attr, depth int) []attribute.KeyValue {
	v := Resolve(a.Value)
	if v.Kind() == slog.KindGroup && depth == maxDepth {
		v = slog.StringValue("!ERROR:groups nested too deep")
	}
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, inner := range v.Group() {
			fields = appendContextField(fields, prefix, inner, depth+1)
		}
		return fields
	}
	if a.Key == "" {
		return fields
	}
	kv := Any(prefix+a.Key, v.Any())
	if i := indexOf(fields, string(kv.Key)); i >= 0 {
		fields[i] = kv
		return fields
	}
	return append(fields, kv)
}

func indexOf(fields []attribute.KeyValue, key string) int {
	return slices.IndexFunc(fields, func(kv attribute.KeyValue) bool { return string(kv.Key) == key })
}

func hasKey(fields []attribute.KeyValue, key string) bool { return indexOf(fields, key) >= 0 }

func contextFields(ctx context.Context) []attribute.KeyValue {
	if ctx == nil || !spanstate.FieldsUsed() {
		return nil
	}
	fields, _ := ctx.Value(contextKey{}).([]attribute.KeyValue)
	return fields
}

// Scope is what a log call takes from the context of the call, and from the one its logger is bound to.
type Scope struct {
	// Span is the span whose ids the line carries and that gets the event; one that does nothing where there is none.
	Span trace.Span

	// Context holds Span.
	Context context.Context

	key    spanstate.Key        // of Span
	flags  trace.TraceFlags     // of Span
	fields []attribute.KeyValue // of the line: those of the event first
	events int                  // how many of them are on the event too
	muted  bool
	traced bool // Span has valid ids
}

// Traced reports whether the line carries ids: the span has a valid context.
func (s *Scope) Traced() bool { return s.traced }

// Scope returns the scope of a call made with ctx on a logger that is bound to another context; either may be nil. A
// span in ctx wins over the bound one, and so do fields of ContextWith.
func (r *Rules) Scope(ctx, bound context.Context) (s Scope) {
	bound = boundAround(ctx, bound)
	s.Span, s.Context = trace.SpanFromContext(ctx), ctx
	if s.setKey(); !s.traced && bound != nil {
		s.Span, s.Context = trace.SpanFromContext(bound), bound
		s.setKey()
	}
	if s.traced {
		s.muted = spanstate.Muted(ctx) || spanstate.Muted(bound)
	}
	if s.Context == nil {
		s.Context = context.Background()
	}
	if s.fields = contextFields(ctx); s.fields == nil {
		s.fields = contextFields(bound)
	}
	s.events = len(s.fields)
	if r.baggage != nil || r.attributes != nil || s.fields != nil || s.flags.IsSampled() && spanstate.Linking() {
		r.addFields(&s)
	}
	if s.fields != nil {
		s.leavePlaced(ctx)
	}
	return s
}

// setKey notes the ids of the span, as far as they are valid.
func (s *Scope) setKey() {
	sc := s.Span.SpanContext()
	s.key, s.flags = spanstate.KeyOf(&sc), sc.TraceFlags()
	s.traced = s.key.IsValid()
}

// addFields adds what comes from the policy's lists, the link to the trace, and hides what must not be seen.
func (r *Rules) addFields(s *Scope) {
	link := spanstate.Link(s.Span, r.url)
	if r.baggage == nil && r.attributes == nil && link == "" && (s.fields == nil || r.redact == nil) {
		return
	}
	fields := r.appendBaggage(slices.Clone(s.fields), s.Context)
	s.events = len(fields)
	fields = r.appendSpanAttributes(fields, s.Span)
	if link != "" {
		fields = append(fields, attribute.String("event.url", link))
	}
	for i, kv := range fields {
		fields[i] = r.Clean(kv)
	}
	s.fields = fields
}

func (r *Rules) appendBaggage(fields []attribute.KeyValue, ctx context.Context) []attribute.KeyValue {
	if r.baggage == nil {
		return fields
	}
	b := baggage.FromContext(ctx)
	for _, name := range r.baggage {
		if m := b.Member(name); m.Key() != "" && !hasKey(fields, name) {
			fields = append(fields, attribute.String(name, spanstate.Cut(m.Value(), r.fieldBytes)))
		}
	}
	return fields
}

func (r *Rules) appendSpanAttributes(fields []attribute.KeyValue, s trace.Span) []attribute.KeyValue {
	readable, ok := s.(interface{ Attributes() []attribute.KeyValue })
	if r.attributes == nil || !ok {
		return fields
	}
	attrs := readable.Attributes()
	for _, name := range r.attributes {
		for _, kv := range attrs {
			if string(kv.Key) == name && !hasKey(fields, name) {
				fields = append(fields, r.cut(kv))
			}
		}
	}
	return fields
}

// cut bounds the size of a field.
func (r *Rules) cut(kv attribute.KeyValue) attribute.KeyValue {
	if kv = onLine(kv); kv.Value.Type() == attribute.STRING {
		return attribute.String(string(kv.Key), spanstate.Cut(kv.Value.AsString(), r.fieldBytes))
	}
	if text := kv.Value.String(); len(text) > r.fieldBytes {
		return attribute.String(string(kv.Key), spanstate.Cut(text, r.fieldBytes))
	}
	return kv
}

// Fields returns the fields that the contexts put on the line, at its root. The slice is shared and must not be changed.
// They are none where s has none of them; names of ids are left to the ids.
func (s *Scope) Fields() []attribute.KeyValue { return s.fields }

// WithFields returns a scope that puts other fields on the line. All else is that of s, its ids too.
func (s *Scope) WithFields(fields []attribute.KeyValue) Scope {
	n := *s
	n.fields, n.events = fields, min(s.events, len(fields))
	return n
}

// AppendScope appends the fields of s as JSON members, each after a comma, under the names that [Rules.Place] gives.
func (r *Rules) AppendScope(line []byte, s *Scope) []byte {
	for _, kv := range s.fields {
		if r.IsID(string(kv.Key)) {
			continue
		}
		if kv.Key != "event.url" {
			name, asString := r.Place(string(kv.Key), true)
			if asString {
				kv.Value = attribute.StringValue(kv.Value.String())
			}
			kv.Key = attribute.Key(name)
		}
		line = appendMembers(line, []attribute.KeyValue{kv})
	}
	return line
}
