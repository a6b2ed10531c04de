package setup

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

const incoming = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// quiet returns an SDK without exporters that records into the result.
func quiet(t *testing.T, options ...Option) (*SDK, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	sdk, err := New(t.Context(), append(options, WithExporters(), WithSpanProcessor(recorder))...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() {
		if err := sdk.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	})
	return sdk, recorder
}

func TestNewTouchesNoGlobal(t *testing.T) {
	environment(t)
	provider, propagator, handler := otel.GetTracerProvider(), otel.GetTextMapPropagator(), otel.GetErrorHandler()
	quiet(t)
	if otel.GetTracerProvider() != provider {
		t.Error("the global TracerProvider changed")
	}
	if otel.GetTextMapPropagator() != propagator {
		t.Error("the global TextMapPropagator changed")
	}
	if otel.GetErrorHandler() != handler {
		t.Error("the global error handler changed")
	}
}

func TestRunSetsTheGlobals(t *testing.T) {
	environment(t, "OTEL_PROPAGATORS=tracecontext,nonsense")
	sdk, err := Run(t.Context(), WithExporters("none"))
	wantSetting(t, err, "nonsense")
	if otel.GetTracerProvider() != sdk.TracerProvider {
		t.Error("the global TracerProvider is not the SDK's")
	}
	_, s := otel.Tracer("test").Start(t.Context(), "charge_payment")
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(trace.ContextWithSpan(t.Context(), s), carrier)
	if carrier["traceparent"] == "" || !s.IsRecording() {
		t.Errorf("carrier: got %v, recording %v", carrier, s.IsRecording())
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if _, s := otel.Tracer("test").Start(t.Context(), "late"); s.IsRecording() {
		t.Error("a global tracer still records after Shutdown")
	}
}

func TestSeveralSDKs(t *testing.T) {
	environment(t, "OTEL_SERVICE_NAME=environment")
	shop, shopSpans := quiet(t, WithServiceName("shop"))
	mail, mailSpans := quiet(t, WithServiceName("mail"))
	other, _ := quiet(t)
	if got := attributesOf(other)["service.name"]; got != "environment" {
		t.Errorf("service.name without an option: got %q", got)
	}
	if a, b := attributesOf(shop)["service.instance.id"], attributesOf(mail)["service.instance.id"]; a == b {
		t.Errorf("both have the instance id %q", a)
	}

	var wg sync.WaitGroup
	for _, sdk := range []*SDK{shop, mail} {
		wg.Go(func() {
			for range 50 {
				_, s := sdk.TracerProvider.Tracer("test").Start(context.Background(), attributesOf(sdk)["service.name"])
				s.End()
			}
		})
	}
	wg.Wait()
	wantSpans(t, shopSpans, "shop", 50)
	wantSpans(t, mailSpans, "mail", 50)

	if err := shop.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, s := mail.TracerProvider.Tracer("test").Start(t.Context(), "mail")
	s.End()
	wantSpans(t, mailSpans, "mail", 51)
}

// wantSpans asserts name and service of each span.
func wantSpans(t *testing.T, recorder *tracetest.SpanRecorder, name string, n int) {
	t.Helper()
	ended := recorder.Ended()
	if len(ended) != n {
		t.Errorf("%s: got %d spans, want %d", name, len(ended), n)
	}
	for _, s := range ended {
		service, _ := s.Resource().Set().Value("service.name")
		if s.Name() != name || service.AsString() != name {
			t.Fatalf("got span %q of service %q, want %q of both", s.Name(), service.AsString(), name)
		}
	}
}

func TestDisabled(t *testing.T) {
	environment(t, "OTEL_SDK_DISABLED=TRUE", "OTEL_TRACES_EXPORTER=nonsense")
	p := &stubProcessor{}
	sdk, err := New(t.Context(), WithServiceName("shop"), WithSpanProcessor(p))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	ctx := sdk.Propagator.Extract(t.Context(), propagation.MapCarrier{"traceparent": incoming, "baggage": "a=b"})
	ctx, s := sdk.TracerProvider.Tracer("test").Start(ctx, "charge_payment")
	if s.IsRecording() {
		t.Error("the span records")
	}
	out := propagation.MapCarrier{}
	sdk.Propagator.Inject(ctx, out)
	if out["traceparent"] != incoming || out["baggage"] != "a=b" {
		t.Errorf("passed on: got %v, want what came in", out)
	}
	if got := attributesOf(sdk)["service.name"]; got != "shop" {
		t.Errorf("service.name: got %q", got)
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if p.starts != 0 || p.stops.Load() != 1 {
		t.Errorf("processor: got %d starts and %d stops, want 0 and 1", p.starts, p.stops.Load())
	}
}

func TestLimitsFromTheEnvironment(t *testing.T) {
	environment(t, "OTEL_SPAN_EVENT_COUNT_LIMIT=3", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=4")
	sdk, recorder := quiet(t)
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	for range 5 {
		s.AddEvent("event")
	}
	s.End()
	if got := recorder.Ended()[0]; len(got.Events()) != 3 || got.DroppedEvents() != 2 {
		t.Errorf("got %d events and %d dropped, want 3 and 2", len(got.Events()), got.DroppedEvents())
	}
}

// The batch processor exports by OTEL_BSP_*, without a flush.
func TestBatchDelayFromTheEnvironment(t *testing.T) {
	r := newReceiver(t)
	environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL, "OTEL_BSP_SCHEDULE_DELAY=1")
	sdk, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	for deadline := time.Now().Add(30 * time.Second); len(r.seen()) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was exported")
		}
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// What is read is what the batch processor gets.
func TestBatchOptions(t *testing.T) {
	environment(t, "OTEL_BSP_SCHEDULE_DELAY=1", "OTEL_BSP_EXPORT_TIMEOUT=2", "OTEL_BSP_MAX_QUEUE_SIZE=4", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=3")
	var got sdktrace.BatchSpanProcessorOptions
	for _, option := range (&settings{}).batchOptions() {
		option(&got)
	}
	want := sdktrace.BatchSpanProcessorOptions{BatchTimeout: time.Millisecond, ExportTimeout: 2 * time.Millisecond, MaxQueueSize: 4, MaxExportBatchSize: 3}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Nil and cancelled contexts and nil options build the same SDK.
func TestNilArguments(t *testing.T) {
	environment(t)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	var none context.Context
	for _, ctx := range []context.Context{none, cancelled} {
		sdk, err := New(ctx, nil, WithSpanProcessor(nil), WithServiceName(""), WithResource(), WithExporters("", "otlp"))
		if err != nil {
			t.Fatalf("New: %v", err)
		}
		if got := len(sdk.processors); got != 1 {
			t.Errorf("processors: got %d, want the exporter's", got)
		}
		sdk.OnShutdown(nil)
		if err := sdk.ForceFlush(none); err != nil {
			t.Errorf("ForceFlush: %v", err)
		}
		if err := sdk.Shutdown(none); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	}
	var sdk *SDK
	sdk.OnShutdown(func(context.Context) error { return nil })
	if err := sdk.ForceFlush(t.Context()); err != nil {
		t.Errorf("ForceFlush of nil: %v", err)
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown of nil: %v", err)
	}
	if err := new(SDK).Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown of the zero value: %v", err)
	}
}

// span.TracerProvider is the SDK's own provider, so that instrumentation and
// a user's own processors find it.
func TestProviderIsTheSDKs(t *testing.T) {
	environment(t)
	sdk, _ := quiet(t)
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	defer s.End()
	if s.TracerProvider() != sdk.TracerProvider {
		t.Error("the span's provider is another one")
	}
	if _, ok := sdk.TracerProvider.(*sdktrace.TracerProvider); !ok {
		t.Errorf("got a %T", sdk.TracerProvider)
	}
}
