package span_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// printer is a span processor that prints what ends.
type printer struct{ waiting }

func (printer) OnEnd(s sdktrace.ReadOnlySpan) {
	fmt.Println(strings.TrimSpace(fmt.Sprint(s.Name(), ": ", s.Status().Code, " ", s.Status().Description)))
}

func traced() context.Context {
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(printer{}))
	ctx, _ := tp.Tracer("example").Start(context.Background(), "request")
	return ctx
}

func ExampleEnd() {
	charge := func(ctx context.Context) (err error) {
		_, s := span.Start(ctx, "charge_payment")
		defer span.End(s, &err)
		return errors.New("card declined")
	}
	_ = charge(traced())
	// Output: charge_payment: Error card declined
}

func ExampleGet() {
	cart, err := span.Get(traced(), "load_cart", func(context.Context) ([]string, error) {
		return []string{"book"}, nil
	})
	fmt.Println(cart, err)
	// Output:
	// load_cart: Unset
	// [book] <nil>
}

func ExampleTemplate() {
	link := span.Template("https://traces.example/find?id={trace_id}")
	fmt.Println(link(trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 1}})))
	// Output: https://traces.example/find?id=00000000000000000000000000000001
}

func ExampleHandler() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pay", func(http.ResponseWriter, *http.Request) { panic("no card") })
	handler := span.Handler(mux, span.WithLogger(slog.New(slog.DiscardHandler))) // otelhttp.NewHandler goes around it

	r := httptest.NewRequest(http.MethodGet, "/pay", nil)
	r.Header.Set("X-Request-ID", "order-42")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("X-Request-ID"))
	// Output: 500 order-42
}
