package span_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

const parent00 = "00-" + w3cTraceID + "-" + w3cParentID + "-00"

// passed sends headers through an Extract and an Inject, without a span of its own between them.
func passed(parent string, states ...string) span.Header {
	p := span.Propagator()
	in, out := span.Header{"Traceparent": {parent}, "Tracestate": states}, span.Header{}
	p.Inject(p.Extract(context.Background(), in), out)
	return out
}

func TestPropagatorIsComparable(t *testing.T) {
	if span.Propagator() != span.Propagator() {
		t.Error("two are not equal")
	}
	want := []string{"traceparent", "tracestate", "baggage"}
	if got := span.Propagator().Fields(); !slices.Equal(got, want) {
		t.Errorf("Fields: got %q, want %q", got, want)
	}
}

// What is no usable traceparent takes the tracestate with it, and leaves the context alone.
func TestTraceContextFallback(t *testing.T) {
	id, parent := w3cTraceID, w3cParentID
	tests := map[string]string{
		"empty": "", "blank": " \t ", "short": "00-" + id + "-" + parent, "no ids": "00---01",
		"version ff":                    "ff-" + id + "-" + parent + "-01",
		"version in capitals":           "CC-" + id + "-" + parent + "-01",
		"trace id in capitals":          "00-" + "ABCDEF78901234567890123456789012" + "-" + parent + "-01",
		"parent id in capitals":         "00-" + id + "-ABCDEF7890123456-01",
		"flags in capitals":             "00-" + id + "-" + parent + "-0A",
		"zero trace id":                 "00-" + strings.Repeat("0", 32) + "-" + parent + "-01",
		"zero parent id":                "00-" + id + "-" + strings.Repeat("0", 16) + "-01",
		"wrong dash":                    "00_" + id + "-" + parent + "-01",
		"second dash":                   "00-" + id + "_" + parent + "-01",
		"third dash":                    "00-" + id + "-" + parent + "_01",
		"dash behind version 00":        parent00 + "-",
		"later version without a dash":  "01-" + id + "-" + parent + "-01x",
		"carriage return and line feed": parent00 + "\r\n",
		"header of its own":             parent00 + "\r\nX-Evil: 1",
		"no-break space":                parent00 + "\u00a0",
		"joined by a comma":             parent00 + "," + parent00,
		"1 MB of zeros":                 strings.Repeat("0", 1<<20),
		"1 MB behind":                   parent00 + strings.Repeat("-", 1<<20),
		"1 MB of dashes":                strings.Repeat("-", 1<<20),
	}
	for name, value := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, _, _ := root(t)
			if got := span.Propagator().Extract(ctx, span.Header{"Traceparent": {value}, "Tracestate": {"foo=1"}}); got != ctx {
				t.Errorf("got a new context, with %v", trace.SpanContextFromContext(got))
			}
		})
	}
}

func TestTraceparentTwice(t *testing.T) {
	for _, second := range []string{parent00, "", "nonsense"} {
		c := span.Metadata{"traceparent": {parent00, second}, "tracestate": {"foo=1"}}
		if got := span.Propagator().Extract(t.Context(), c); got != t.Context() {
			t.Errorf("%q: got %v", second, trace.SpanContextFromContext(got))
		}
	}
}

func TestTraceparentFlags(t *testing.T) {
	for in, want := range map[string]string{
		"00": "00", "01": "01", "02": "02", "03": "03", "ff": "03", "f5": "01", "04": "00",
	} {
		for _, version := range []string{"00", "cc"} {
			got := passed(version + "-" + w3cTraceID + "-" + w3cParentID + "-" + in).Get("traceparent")
			if want := "00-" + w3cTraceID + "-" + w3cParentID + "-" + want; got != want {
				t.Errorf("version %s flags %s: got %q, want %q", version, in, got, want)
			}
		}
	}
}

func TestExtractedFlags(t *testing.T) {
	parent := strings.TrimSuffix(parent00, "00") + "f6"
	sc := trace.SpanContextFromContext(span.Propagator().Extract(t.Context(), span.Map{"traceparent": parent}))
	if got := sc.TraceFlags(); got != trace.FlagsRandom {
		t.Errorf("got %s, want 02: an undefined flag reaches the sampler", got)
	}
}

func TestExtractMarksRemote(t *testing.T) {
	ctx := span.Propagator().Extract(t.Context(), span.Map{"traceparent": parent00})
	if sc := trace.SpanContextFromContext(ctx); !sc.IsRemote() || !sc.IsValid() {
		t.Errorf("got %v, want it valid and remote", sc)
	}
}

// The sampler of the service decides on the caller's flag.
func TestSampledFlagDecides(t *testing.T) {
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample()))).Tracer("")
	for flags, want := range map[string]bool{"00": false, "01": true, "02": false, "03": true} {
		parent := strings.TrimSuffix(parent00, "00") + flags
		_, s := tracer.Start(span.Propagator().Extract(t.Context(), span.Map{"traceparent": parent}), "server")
		if got := s.SpanContext().IsSampled(); got != want {
			t.Errorf("flags %s: got sampled %v, want %v", flags, got, want)
		}
	}
}

// A reverse proxy sends a copy of the headers that came in: what does not belong to the new traceparent must go.
func TestInjectReplaces(t *testing.T) {
	ctx, s, _ := root(t)
	stale := map[string][]string{"Traceparent": {parent00, parent00}, "Tracestate": {"foo=1", "bar=2"}, "Accept": {"*/*"}}
	carriers := map[string]propagation.TextMapCarrier{
		"Header":        span.Header(http.Header(stale).Clone()),
		"HeaderCarrier": propagation.HeaderCarrier(http.Header(stale).Clone()),
		"Metadata":      span.Metadata{"Traceparent": {parent00}, "tracestate": {"foo=1"}},
		"Map":           span.Map{"TraceParent": parent00, "TraceState": "foo=1"},
		"MapCarrier":    propagation.MapCarrier{"traceparent": parent00, "tracestate": "foo=1"},
		"Environ":       &span.Environ{"TRACEPARENT=" + parent00, "TRACESTATE=foo=1"},
		"another":       settable{"traceparent": parent00, "tracestate": "foo=1"},
	}
	for name, c := range carriers {
		span.Propagator().Inject(ctx, c)
		values := []string{c.Get("traceparent")}
		if many, ok := c.(propagation.ValuesGetter); ok {
			values = many.Values("traceparent")
		}
		if len(values) != 1 || !strings.Contains(values[0], s.SpanContext().SpanID().String()) {
			t.Errorf("%s: got traceparent %q, want that of the span", name, values)
		}
		if got := c.Get("tracestate"); got != "" {
			t.Errorf("%s: got tracestate %q, want none", name, got)
		}
		if name != "another" && slices.ContainsFunc(c.Keys(), func(k string) bool { return strings.EqualFold(k, "tracestate") }) {
			t.Errorf("%s: an empty tracestate is left: %q", name, c.Keys())
		}
	}
}

// settable is somebody else's carrier: no Values, no Delete.
type settable map[string]string

func (c settable) Get(key string) string { return c[key] }
func (c settable) Set(key, value string) { c[key] = value }
func (c settable) Keys() []string        { return nil }

func TestInjectWithoutSpan(t *testing.T) {
	c := span.Map{"traceparent": "theirs", "tracestate": "theirs", "baggage": "theirs"}
	span.Propagator().Inject(t.Context(), c)
	if len(c) != 3 || c["traceparent"] != "theirs" || c["tracestate"] != "theirs" || c["baggage"] != "theirs" {
		t.Errorf("got %v, want it unchanged", c)
	}
}

func TestPropagatorNil(t *testing.T) {
	ctx, _, _ := root(t)
	m, _ := baggage.NewMemberRaw("user", "1")
	b, _ := baggage.New(m)
	ctx = baggage.ContextWithBaggage(ctx, b)
	for _, c := range []propagation.TextMapCarrier{
		nil, span.Header(nil), span.Metadata(nil), span.Map(nil), (*span.Environ)(nil),
		propagation.MapCarrier(nil), propagation.HeaderCarrier(nil), settable(nil),
	} {
		for _, p := range []propagation.TextMapPropagator{span.Propagator(), span.TraceContext{}, span.Baggage{}} {
			var none context.Context
			p.Inject(none, c)
			if got := p.Extract(ctx, c); got != ctx {
				t.Errorf("%T: Extract gives another context", c)
			}
			if got := p.Extract(none, c); got == nil {
				t.Errorf("%T: Extract of a nil context gives nil", c)
			}
			p.Inject(ctx, c)
		}
	}
}

// Both directions with the stock propagator on the other side, as other services have it.
func TestPropagatorMixesWithStock(t *testing.T) {
	stock := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	headers := propagation.MapCarrier{
		"traceparent": strings.TrimSuffix(parent00, "00") + "03", "tracestate": "foo=1,t@v= 2", "baggage": "user=1;p=2",
	}
	for name, pair := range map[string][2]propagation.TextMapPropagator{
		"ours in, stock out": {span.Propagator(), stock},
		"stock in, ours out": {stock, span.Propagator()},
	} {
		out := propagation.MapCarrier{}
		pair[1].Inject(pair[0].Extract(t.Context(), headers), out)
		for _, field := range span.Propagator().Fields() {
			if out[field] != headers[field] {
				t.Errorf("%s: %s: got %q, want %q", name, field, out[field], headers[field])
			}
		}
	}
}
