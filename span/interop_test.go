package span_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// Raw spans and ours stand in one tree, in any order.
func TestMixesWithRawOpenTelemetry(t *testing.T) {
	ctx, _, rec := root(t)
	tracer := trace.SpanFromContext(ctx).TracerProvider().Tracer("raw")
	ctx, outer := span.Start(ctx, "ours outside")
	rawCtx, raw := tracer.Start(ctx, "raw")
	err := errors.New("declined")
	_ = span.Do(rawCtx, "ours inside", func(ctx context.Context) error {
		if trace.SpanFromContext(ctx).SpanContext().TraceID() != outer.SpanContext().TraceID() {
			t.Error("another trace")
		}
		trace.SpanFromContext(ctx).SetAttributes(attribute.Bool("raw", true))
		return err
	})
	span.Set(rawCtx, attribute.Bool("ours", true))
	span.End(raw, &err)
	outer.End()
	for name, parent := range map[string]string{"ours outside": "root", "raw": "ours outside", "ours inside": "raw"} {
		if got := ended(t, rec, name).Parent().SpanID(); parent != "root" && got != ended(t, rec, parent).SpanContext().SpanID() {
			t.Errorf("%s is not below %s", name, parent)
		}
	}
	if got := ended(t, rec, "raw"); got.Status().Code != codes.Error || exceptions(got) != 0 || attr(got.Attributes(), "ours") != "true" {
		t.Errorf("raw span: status %v, %d exceptions, attributes %v", got.Status(), exceptions(got), got.Attributes())
	}
	if got := ended(t, rec, "ours inside"); exceptions(got) != 1 || attr(got.Attributes(), "raw") != "true" {
		t.Errorf("our span: %d exceptions, attributes %v", exceptions(got), got.Attributes())
	}
}

// Without a local span the global provider is asked, also below a remote parent.
func TestStartBelowARemoteParent(t *testing.T) {
	rec := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(rec)))
	defer otel.SetTracerProvider(before)
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), spanContext(t))
	_, s := span.Start(ctx, "below")
	span.End(s, nil)
	if got := ended(t, rec, "below"); got.SpanContext().TraceID().String() != traceHex || !got.Parent().IsRemote() {
		t.Errorf("trace %s, parent %v", got.SpanContext().TraceID(), got.Parent())
	}
}

// foreign is a span of another implementation, not even comparable.
type foreign struct {
	trace.Span
	calls *[]string
	_     []int
}

func (f foreign) End(...trace.SpanEndOption)            { *f.calls = append(*f.calls, "End") }
func (f foreign) SetStatus(codes.Code, string)          { *f.calls = append(*f.calls, "SetStatus") }
func (f foreign) AddEvent(string, ...trace.EventOption) { *f.calls = append(*f.calls, "AddEvent") }
func (f foreign) SetAttributes(...attribute.KeyValue)   { *f.calls = append(*f.calls, "SetAttributes") }

func TestForeignSpans(t *testing.T) {
	_, s, _ := root(t)
	var calls []string
	ctx := trace.ContextWithSpan(context.Background(), foreign{Span: s, calls: &calls})
	span.Set(ctx, attribute.Bool("x", true))
	span.Keep(ctx, "x")
	err := errors.New("x")
	span.End(trace.SpanFromContext(ctx), &err)
	want := []string{"SetAttributes", "SetAttributes", "AddEvent", "SetStatus", "SetAttributes", "End"}
	if len(calls) != len(want) || calls[len(calls)-1] != "End" {
		t.Errorf("calls are %v, want %v", calls, want)
	}
}

func TestPanicNilIsRaisedAgain(t *testing.T) {
	ctx, _, rec := root(t)
	var got any
	func() {
		defer func() { got = recover() }()
		_, _ = span.Get(ctx, "get", func(context.Context) (int, error) { panic(nil) })
	}()
	if got == nil || ended(t, rec, "get").Status().Code != codes.Error {
		t.Errorf("recovered %v, status %v", got, ended(t, rec, "get").Status())
	}
	value := []int{1}
	func() {
		defer func() { got = recover() }()
		_ = span.Do(ctx, "uncomparable", func(context.Context) error { panic(value) })
	}()
	if same, ok := got.([]int); !ok || &same[0] != &value[0] {
		t.Errorf("recovered %v, want the same value", got)
	}
}
