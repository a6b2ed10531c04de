package span_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

func bag(t *testing.T, members ...[2]string) context.Context {
	t.Helper()
	var b baggage.Baggage
	for _, kv := range members {
		m, err := baggage.NewMemberRaw(kv[0], kv[1])
		if err != nil {
			t.Fatal(err)
		}
		b, _ = b.SetMember(m) // no limits here, unlike New
	}
	return baggage.ContextWithBaggage(t.Context(), b)
}

// repassed returns what is sent of the baggage that came in.
func repassed(values ...string) string {
	out := span.Metadata{}
	span.Baggage{}.Inject(span.Baggage{}.Extract(context.Background(), span.Metadata{"baggage": values}), out)
	return strings.Join(out.Values("baggage"), "|")
}

func TestBaggagePassedOn(t *testing.T) {
	tests := map[string]struct {
		in   []string
		want string
	}{
		"several headers":          {[]string{"b=2,a=1", "c=3"}, "a=1,b=2,c=3"},
		"last of the same":         {[]string{"a=1,b=2", "a=3"}, "a=3,b=2"},
		"properties":               {[]string{"a=1;p;q=2 , b=2"}, "a=1;p;q=2,b=2"},
		"percent":                  {[]string{"a=%C3%A9%2C%25"}, "a=%C3%A9%2C%25"},
		"not UTF-8":                {[]string{"a=%FF"}, "a=%EF%BF%BD"},
		"empty value":              {[]string{"a="}, "a="},
		"empty members":            {[]string{",, ,a=1,", ""}, "a=1"},
		"none":                     {nil, ""},
		"invalid, alone":           {[]string{"no value"}, ""},
		"invalid among valid":      {[]string{"a=1,b,=c,d e=1,f=\x00,g=%zz,h=2,é=1,i=é"}, "a=1,h=2"},
		"carriage return inside":   {[]string{"a=1\r\nX-Evil: 1,b=2"}, "b=2"},
		"line feed in a property":  {[]string{"a=1;p=\n1,b=2"}, "b=2"},
		"1 MB in one member":       {[]string{"a=1,b=" + strings.Repeat("x", 1<<20) + ",c=3"}, "a=1,c=3"},
		"1 MB of commas":           {[]string{strings.Repeat(",", 1<<20) + "a=1"}, "a=1"},
		"1 MB of invalid members":  {[]string{"a=1," + strings.Repeat("x,", 1<<19) + "b=2"}, "a=1"},
		"8193 bytes in one member": {[]string{"a=" + strings.Repeat("x", 8191) + ",b=2"}, "b=2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := repassed(tt.in...); got != tt.want {
				t.Errorf("got %.200q, want %.200q", got, tt.want)
			}
		})
	}
}

func TestBaggageMemberLimit(t *testing.T) {
	var in, want []string
	var kvs [][2]string
	for i := range 1000 {
		in = append(in, fmt.Sprintf("k%03d=%d", i, i))
		kvs = append(kvs, [2]string{fmt.Sprintf("k%03d", i), fmt.Sprint(i)})
	}
	want = append(want, in[:64]...)
	if got := repassed(strings.Join(in, ",")); got != strings.Join(want, ",") {
		t.Errorf("in: got %q, want the first 64", got)
	}
	out := span.Map{}
	span.Baggage{}.Inject(bag(t, kvs...), out)
	if got := out["baggage"]; got != strings.Join(want, ",") {
		t.Errorf("out: got %q, want the first 64 by key", got)
	}
	want[0] = "k000=changed"
	if got := repassed(strings.Join(in[:64], ","), "k064=x,k000=changed"); got != strings.Join(want, ",") {
		t.Errorf("a known key behind the 64th: got %q", got)
	}
}

func TestBaggageByteLimit(t *testing.T) {
	exact := "a=" + strings.Repeat("x", 4094) + ",b=" + strings.Repeat("y", 4093) // 4096, a comma, 4095
	if len(exact) != 8192 {
		t.Fatal(len(exact))
	}
	if got := repassed(exact); got != exact {
		t.Errorf("8192 bytes: got %d", len(got))
	}
	if got := repassed("a=" + strings.Repeat("x", 4095) + ",b=" + strings.Repeat("y", 4093) + ",c=1"); !strings.HasSuffix(got, "x,c=1") {
		t.Errorf("8193 bytes and more: got %d bytes that end in %q", len(got), got[max(0, len(got)-5):])
	}
	// 1000 bytes come in, 6000 would go out, and again.
	broken := "=" + strings.Repeat("%FF", 660)
	for range 8 { // the same members each time, though baggage.New drops any
		got := repassed("a" + broken + ",b" + broken + ",c=1")
		if len(got) > 8192 || !strings.HasSuffix(got, ",c=1") || strings.Contains(got, "b=") {
			t.Errorf("broken UTF-8: got %d bytes that end in %q", len(got), got[max(0, len(got)-5):])
		}
	}
}

func TestBaggageInjectLimits(t *testing.T) {
	x, y := strings.Repeat("x", 4094), strings.Repeat("y", 4094)
	out := span.Map{}
	span.Baggage{}.Inject(bag(t, [2]string{"a", x}, [2]string{"b", y}, [2]string{"c", "1"}, [2]string{"é", "not for HTTP"}), out)
	if got, want := out["baggage"], "a="+x+",c=1"; got != want {
		t.Errorf("got %d bytes that end in %q", len(got), got[max(0, len(got)-5):])
	}
	p, _ := baggage.NewKeyProperty("é")
	m, err := baggage.NewMemberRaw("a", "1", p)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := baggage.New(m)
	span.Baggage{}.Inject(baggage.ContextWithBaggage(t.Context(), b), out)
	if got := out["baggage"]; got != "a=1" {
		t.Errorf("a property that HTTP cannot carry: got %q, want %q", got, "a=1")
	}
}

// Whatever the baggage is, the trace goes on; and the other way round.
func TestBaggageIsIndependent(t *testing.T) {
	p := span.Propagator()
	ctx := p.Extract(t.Context(), span.Map{"traceparent": parent00, "tracestate": "a=1", "baggage": strings.Repeat("x", 1<<20)})
	if !trace.SpanContextFromContext(ctx).IsValid() || baggage.FromContext(ctx).Len() != 0 {
		t.Errorf("bad baggage: got %v", trace.SpanContextFromContext(ctx))
	}
	ctx = p.Extract(t.Context(), span.Map{"traceparent": "nonsense", "baggage": "a=1"})
	if got := baggage.FromContext(ctx).String(); got != "a=1" {
		t.Errorf("bad traceparent: got baggage %q", got)
	}
	ctx = p.Extract(bag(t, [2]string{"kept", "1"}), span.Map{"baggage": "nonsense"})
	if got := baggage.FromContext(ctx).String(); got != "kept=1" {
		t.Errorf("bad baggage over good: got %q", got)
	}
}
