package setup

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// fixed is an id generator that gives out one id.
type fixed struct{ id trace.TraceID }

func (f *fixed) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	return f.id, trace.SpanID{1}
}

func (f *fixed) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return trace.SpanID{2} }

// Each value of the variables gives the decisions that the SDK takes by itself.
func TestSamplerDecidesAsTheSDK(t *testing.T) {
	for _, env := range []string{
		"", "always_on", "always_off", "traceidratio", "traceidratio 0.3", "traceidratio 0", "traceidratio x",
		"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio", " ParentBased_TraceIDRatio 0.5",
		"always_off 1", "parentbased_", "nonsense",
	} {
		t.Run(env, func(t *testing.T) {
			name, arg, _ := strings.Cut(strings.TrimSpace(env), " ")
			environment(t, "OTEL_TRACES_SAMPLER="+name, "OTEL_TRACES_SAMPLER_ARG="+arg)
			ids := &fixed{}
			stock := sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(ids))
			ours := sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(ids), sdktrace.WithSampler((&settings{}).sampler()))
			sampled := 0
			for i := range 256 {
				ids.id = trace.TraceID{0: 1, 8: byte(i), 9: 0x55}
				for _, ctx := range []context.Context{t.Context(), remote(t, 0), remote(t, trace.FlagsSampled)} {
					_, want := stock.Tracer("test").Start(ctx, "s")
					_, got := ours.Tracer("test").Start(ctx, "s")
					if got.SpanContext().IsSampled() != want.SpanContext().IsSampled() {
						t.Fatalf("id %v: got sampled %v, want %v", ids.id, got.SpanContext().IsSampled(), want.SpanContext().IsSampled())
					}
					if got.SpanContext().IsSampled() {
						sampled++
					}
				}
			}
			t.Logf("%d of 768 sampled", sampled)
		})
	}
}

func remote(t *testing.T, flags trace.TraceFlags) context.Context {
	return trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{7}, SpanID: trace.SpanID{7}, TraceFlags: flags, Remote: true,
	}))
}

// The gate keeps the trace state, and costs no allocation.
func TestGate(t *testing.T) {
	var closed atomic.Bool
	g := gate{Sampler: sdktrace.AlwaysSample(), closed: &closed}
	state, err := trace.ParseTraceState("vendor=value")
	if err != nil {
		t.Fatal(err)
	}
	parent := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{7}, SpanID: trace.SpanID{7}, TraceState: state,
	})
	p := sdktrace.SamplingParameters{ParentContext: trace.ContextWithSpanContext(t.Context(), parent)}
	for _, want := range []sdktrace.SamplingDecision{sdktrace.RecordAndSample, sdktrace.Drop} {
		closed.Store(want == sdktrace.Drop)
		got := g.ShouldSample(p)
		if got.Decision != want || got.Tracestate.String() != "vendor=value" {
			t.Errorf("got %v with %q, want %v", got.Decision, got.Tracestate, want)
		}
		if n := testing.AllocsPerRun(100, func() { g.ShouldSample(p) }); n != 0 {
			t.Errorf("got %v allocations, want 0", n)
		}
	}
}

// The option wins over the variable, which is then not looked at, and the intake closes it too.
func TestWithSampler(t *testing.T) {
	environment(t, "OTEL_TRACES_SAMPLER=nonsense")
	sdk, recorder := quiet(t, WithSampler(sdktrace.NeverSample()), WithSampler(nil))
	tracer := sdk.TracerProvider.Tracer("test")
	if _, s := tracer.Start(t.Context(), "x"); s.IsRecording() || len(recorder.Started()) != 0 {
		t.Error("the span records")
	}
	environment(t, "OTEL_TRACES_SAMPLER=always_off")
	sdk, _ = quiet(t, WithSampler(sdktrace.AlwaysSample()))
	tracer = sdk.TracerProvider.Tracer("test")
	if _, s := tracer.Start(t.Context(), "x"); !s.SpanContext().IsSampled() {
		t.Error("the span is not sampled")
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if _, s := tracer.Start(t.Context(), "x"); s.IsRecording() {
		t.Error("the span records after Shutdown")
	}
}
