package span_test

import (
	"strings"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// FuzzTraceContext compares with the stock propagator where both must agree. They differ, by the specification, on
// blanks around a traceparent, a dash behind version 00, flags above 03, and tracestates with repeated or level-2 keys
// or blank members.
func FuzzTraceContext(f *testing.F) {
	for _, c := range w3cCases() {
		for _, e := range c.exchanges {
			var parent, state string
			for _, h := range e.headers {
				switch strings.ToLower(h[0]) {
				case "traceparent":
					parent = h[1]
				case "tracestate":
					state = h[1]
				}
			}
			f.Add(parent, state)
		}
	}
	f.Fuzz(func(t *testing.T, parent, state string) {
		trimmed := strings.Trim(parent, " \t")
		stockOut := propagation.MapCarrier{"traceparent": trimmed, "tracestate": state}
		stock := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(t.Context(), stockOut))
		ctx := span.TraceContext{}.Extract(t.Context(), propagation.MapCarrier{"traceparent": parent, "tracestate": state})
		ours := trace.SpanContextFromContext(ctx)

		version00 := strings.HasPrefix(trimmed, "00-")
		excused := version00 && (len(trimmed) == 56 || len(trimmed) == 55 && trimmed[53:] > "03")
		if stock.IsValid() != ours.IsValid() && !excused {
			t.Fatalf("%q: stock valid %v, ours %v", parent, stock.IsValid(), ours.IsValid())
		}
		if !ours.IsValid() {
			return
		}
		if stock.IsValid() && (stock.TraceID() != ours.TraceID() || stock.SpanID() != ours.SpanID() || stock.TraceFlags() != ours.TraceFlags()) {
			t.Fatalf("%q: stock %v, ours %v", parent, stock, ours)
		}
		if stock.TraceState().Len() > 0 && len(state) <= 32<<10 && stock.TraceState().String() != ours.TraceState().String() {
			t.Fatalf("%q: stock %q, ours %q", state, stock.TraceState(), ours.TraceState())
		}
		out := span.Header{}
		span.TraceContext{}.Inject(ctx, out)
		sent, err := read(out.Values("traceparent"), out.Values("tracestate"))
		if err != nil || len(sent.state) > 32 {
			t.Fatalf("%q, %q: %d members, %v", parent, state, len(sent.state), err)
		}
		again := span.Header{}
		span.TraceContext{}.Inject(span.TraceContext{}.Extract(t.Context(), out), again)
		if again.Get("traceparent") != out.Get("traceparent") || again.Get("tracestate") != out.Get("tracestate") {
			t.Fatalf("sent %q, then %q", out, again)
		}
	})
}

// FuzzBaggage compares with the stock propagator: what it takes without an error is taken as it is.
func FuzzBaggage(f *testing.F) {
	for _, s := range []string{"a=1", "a=1;p;q=2,b=%C3%A9", "a=1,a=2", "a=%FF", " a = 1 ; p = 2 ", "a=1;;", ",", "a=1\r\n", "=1", "0=;;0 ;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		ctx := span.Baggage{}.Extract(t.Context(), propagation.MapCarrier{"baggage": value})
		got := baggage.FromContext(ctx)
		if want, err := baggage.Parse(value); err == nil && len(want.String()) <= 8192 {
			if got.Len() != want.Len() {
				t.Fatalf("%q: got %q, want %q", value, got, want)
			}
			for _, m := range want.Members() {
				if unblanked(got.Member(m.Key())) != unblanked(m) {
					t.Fatalf("%q: got %q, want %q", value, got.Member(m.Key()), m)
				}
			}
		}
		out := propagation.MapCarrier{}
		span.Baggage{}.Inject(ctx, out)
		if sent := out["baggage"]; len(sent) > 8192 || strings.ContainsAny(sent, "\r\n\x00") || strings.Count(sent, ",") > 63 {
			t.Fatalf("%q: sent %q", value, sent)
		}
		if back, err := baggage.Parse(out["baggage"]); err != nil || back.Len() != got.Len() {
			t.Fatalf("%q: sent %q, which reads %q, %v", value, out["baggage"], back, err)
		}
	})
}

// unblanked returns a member as it is sent, without blanks around its properties: in front of a comma ours are gone.
func unblanked(m baggage.Member) string {
	return strings.Trim(strings.NewReplacer(" ", "", "\t", "").Replace(m.String()), ";")
}
