package span_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// stateSampler changes the tracestate of its parent, as samplers do.
type stateSampler func(trace.TraceState) trace.TraceState

func (stateSampler) Description() string { return "stateSampler" }

func (f stateSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	ts := trace.SpanContextFromContext(p.ParentContext).TraceState()
	return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample, Tracestate: f(ts)}
}

func insert(pairs ...string) stateSampler {
	return func(ts trace.TraceState) trace.TraceState {
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			ts, _ = ts.Insert(key, value)
		}
		return ts
	}
}

func remove(key string) stateSampler {
	return func(ts trace.TraceState) trace.TraceState { return ts.Delete(key) }
}

// sent returns the tracestate that a span below the caller sends.
func sent(t *testing.T, sampler stateSampler, states ...string) string {
	t.Helper()
	ctx := span.Propagator().Extract(t.Context(), span.Header{"Traceparent": {parent00}, "Tracestate": states})
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler)).Tracer("test")
	ctx, _ = tracer.Start(ctx, "server")
	out := span.Header{}
	span.Propagator().Inject(ctx, out)
	return strings.Join(out.Values("tracestate"), "|")
}

func TestTracestateChangedBySampler(t *testing.T) {
	tests := []struct {
		name    string
		sampler stateSampler
		in      string
		want    string
	}{
		{"unchanged", insert(), "a=1,1@2=x,b=2", "a=1,1@2=x,b=2"},
		{"added, level 1", insert("ot=th:8"), "a=1,b=2", "ot=th:8,a=1,b=2"},
		{"added, level 2", insert("ot=th:8"), "1@2=x,a=1,2=y,b=2", "ot=th:8,1@2=x,a=1,2=y,b=2"},
		{"added, nothing but level 2", insert("ot=th:8"), "1@2=x", "ot=th:8,1@2=x"},
		{"two added", insert("a=1", "b=2"), "1=x,c=3", "b=2,a=1,1=x,c=3"},
		{"changed", insert("b=9"), "a=1,1=x,b=2,c=3", "b=9,a=1,1=x,c=3"},
		{"changed in front", insert("a=9"), "a=1,1=x,b=2", "a=9,1=x,b=2"},
		{"moved", insert("c=3"), "1=x,a=1,b=2,c=3", "c=3,1=x,a=1,b=2"},
		{"deleted", remove("b"), "a=1,1=x,b=2,2=y,c=3", "a=1,1=x,2=y,c=3"},
		{"deleted, no more left", remove("a"), "1=x,a=1", "1=x"},
		{"changed and added", insert("c=9", "ot=1"), "1=x,a=1,b=2,c=3", "ot=1,c=9,1=x,a=1,b=2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sent(t, tt.sampler, tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// The 33rd member pushes the last one out, whether the trace state or the context held it.
func TestTracestateAddedTo32(t *testing.T) {
	members, _ := numbered(32)
	for _, last := range []string{"bar32=32", "32@=x"} {
		in := append(members[:31:31], last)
		got := strings.Split(sent(t, insert("ot=th:8"), strings.Join(in, ",")), ",")
		if want := append([]string{"ot=th:8"}, members[:31]...); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("%s: got %q, want %q", last, got, want)
		}
	}
	in := append([]string{"1=x"}, members[:31]...)
	got := strings.Split(sent(t, insert("ot=th:8"), strings.Join(in, ",")), ",")
	if len(got) != 32 || got[0] != "ot=th:8" || got[1] != "1=x" || got[31] != "bar30=30" {
		t.Errorf("got %d: %q", len(got), got)
	}
}

func TestTracestateBadInput(t *testing.T) {
	members, _ := numbered(33)
	many := make([]string, 1000)
	for i := range many {
		many[i] = fmt.Sprintf("k%d=v", i)
	}
	tests := map[string][]string{
		"1,000 members":              {strings.Join(many, ",")},
		"1,000 headers":              many,
		"33 members":                 members,
		"33 times the same":          {strings.Repeat("a=1,", 33)},
		"1 MB in one member":         {"a=1", "b=" + strings.Repeat("x", 1<<20)},
		"1 MB of commas":             {"a=1", strings.Repeat(",", 1<<20)},
		"1 MB of blanks":             {"a=1", strings.Repeat(" ", 1<<20)},
		"upper case":                 {"a=1,B=2"},
		"no value":                   {"a=1,b"},
		"empty value":                {"a=1,b="},
		"blank value":                {"a=1,b=  "},
		"no key":                     {"a=1,=2"},
		"value with =":               {"a=1,b=2=3"},
		"value of 257":               {"a=1,b=" + strings.Repeat("x", 257)},
		"carriage return, line feed": {"a=1,b=2\r\nX-Evil: 1"},
		"line feed behind":           {"a=1\n"},
		"NUL":                        {"a=1,b=\x00"},
		"DEL":                        {"a=1,b=\x7f"},
		"tab inside":                 {"a=1,b=2\t3"},
		"beyond ASCII":               {"a=1,b=é"},
		"key beyond ASCII":           {"a=1,é=1"},
		"key with a blank":           {"a=1,b c=1"},
		"key in front":               {"a=1,_b=1"},
	}
	for name, states := range tests {
		t.Run(name, func(t *testing.T) {
			out := passed(parent00, states...)
			if got := out.Values("tracestate"); got != nil {
				t.Errorf("got tracestate %.100q, want none", got)
			}
			if got := out.Get("traceparent"); got != parent00 {
				t.Errorf("got traceparent %q: a bad tracestate harmed it", got)
			}
		})
	}
}

func TestTracestatePassedOn(t *testing.T) {
	long := func(key string) string { return key + "=" + strings.Repeat("v", 256) }
	var longest []string
	for i := range 32 {
		longest = append(longest, long(fmt.Sprintf("%s%02d", strings.Repeat("k", 254), i)))
	}
	tests := map[string][2]string{
		"512 bytes and more":   {long("a") + "," + long("b"), long("a") + "," + long("b")},
		"the longest":          {strings.Join(longest, ","), strings.Join(longest, ",")},
		"empty members":        {",, ,\t,a=1,,b=2,", "a=1,b=2"},
		"blank value in front": {"a=  1", "a=  1"},
		"first of the same":    {"b=1,a=1,b=2", "b=1,a=1"},
		"level 2 repeated":     {"1@=1,a=1,1@=2", "1@=1,a=1"},
		"system id too long":   {"t@" + strings.Repeat("v", 15) + "=1", "t@" + strings.Repeat("v", 15) + "=1"},
	}
	for name, tt := range tests {
		if got := strings.Join(passed(parent00, tt[0]).Values("tracestate"), "|"); got != tt[1] {
			t.Errorf("%s: got %.200q, want %.200q", name, got, tt[1])
		}
	}
}

// What the trace state of the span context can hold is in it, for samplers and exporters to see.
func TestTracestateIsVisible(t *testing.T) {
	state := "1=x,a=1,t@v=2,t@=3,t@1=4,t@b@c=5,t@" + strings.Repeat("v", 15) + "=6," + strings.Repeat("t", 242) + "@v=7"
	ctx := span.Propagator().Extract(t.Context(), span.Map{"traceparent": parent00, "tracestate": state})
	if got, want := trace.SpanContextFromContext(ctx).TraceState().String(), "a=1,t@v=2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Level-2 members stay with their trace: not below a new root, and not below a later caller.
func TestTracestateOfAnotherTrace(t *testing.T) {
	p := span.Propagator()
	ctx := p.Extract(t.Context(), span.Map{"traceparent": parent00, "tracestate": "1=x,a=1"})
	state := func(ctx context.Context) string {
		out := span.Map{}
		p.Inject(ctx, out)
		return out["tracestate"]
	}
	tracer := sdktrace.NewTracerProvider().Tracer("test")
	fresh, _ := tracer.Start(ctx, "root", trace.WithNewRoot())
	if got := state(fresh); got != "" {
		t.Errorf("new root: got %q, want none", got)
	}
	for second, want := range map[string]string{"": "", "b=2": "b=2", "2=y": "2=y"} {
		again := p.Extract(ctx, span.Map{"traceparent": parent00, "tracestate": second})
		if got := state(again); got != want {
			t.Errorf("second caller in the same trace: got %q, want %q", got, want)
		}
	}
	if got, want := state(ctx), "1=x,a=1"; got != want {
		t.Errorf("the first context: got %q, want %q", got, want)
	}
}
