package span_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// middles put a span around h.
func middles() map[string]func(h http.Handler) http.Handler {
	return map[string]func(h http.Handler) http.Handler{
		"Do": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = span.Do(r.Context(), "middle", func(ctx context.Context) error {
					h.ServeHTTP(w, r.WithContext(ctx))
					return nil
				})
			})
		},
		"Start": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, s := span.Start(r.Context(), "middle")
				defer span.End(s, nil)
				h.ServeHTTP(w, r.WithContext(ctx))
			})
		},
	}
}

// Spans between otelhttp's and Handler tell the panic, not the abort that it is raised again as.
func TestHandlerBelowOtherSpans(t *testing.T) {
	for name, middle := range middles() {
		t.Run(name, func(t *testing.T) {
			recorder := tracetest.NewSpanRecorder()
			tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
			h := span.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusAccepted)
				panic("boom")
			}), span.WithLogger(slog.New(slogbridge.NewHandler(&lines{}, nil, nil))))
			outer := otelhttp.NewHandler(middle(middle(h)), "shop", otelhttp.WithTracerProvider(tp))
			if got := recovered(outer, httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)); got != http.ErrAbortHandler {
				t.Errorf("recovered %v", got)
			}
			want := sdktrace.Status{Code: codes.Error, Description: "panic: boom"}
			spans := recorder.Ended()
			if len(spans) != 3 {
				t.Fatalf("%d spans, want 3", len(spans))
			}
			for i, events := range []int{1, 0} {
				if s := spans[i]; s.Status() != want || exceptions(s) != events || attr(s.Attributes(), "error.type") != "string" {
					t.Errorf("middle %d: %v, %d exceptions, %v", i, s.Status(), exceptions(s), s.Attributes())
				}
			}
			server := spans[2]
			if name == "Start" { // its end is not certain, so nothing leads from there to the server's span
				want = sdktrace.Status{}
			}
			if code := attr(server.Attributes(), "http.response.status_code"); server.Status() != want || (code == "202") != (name == "Do") {
				t.Errorf("server: %v, code %q", server.Status(), code)
			}
		})
	}
}

// An abort that no Handler has raised is recorded like any panic.
func TestAbortThatNobodyHasTold(t *testing.T) {
	ctx, _, rec := root(t)
	func() {
		defer func() { _ = recover() }()
		_ = span.Do(ctx, "proxy", func(ctx context.Context) error {
			_ = span.Do(ctx, "failed", func(context.Context) error { return context.DeadlineExceeded })
			panic(http.ErrAbortHandler)
		})
	}()
	if got := ended(t, rec, "proxy"); got.Status().Description != "panic: net/http: abort Handler" || exceptions(got) != 1 {
		t.Errorf("status %v, %d exceptions", got.Status(), exceptions(got))
	}
}

// The line of a panic and the record of it are one event, whatever the value is.
func TestUncomparablePanicIsToldOnce(t *testing.T) {
	for _, value := range []any{[]int{1}, map[string]int{}, uncomparable{[]string{"a"}}} {
		s := newShop(t, false, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) }))
		if _, _, err := s.get(t, "/"); err != nil {
			t.Error(err)
		}
		if got := s.spans.next(t); len(got.Events()) != 1 || exceptions(got) != 1 {
			t.Errorf("%T: events are %v, want one", value, got.Events())
		}
	}
}

// An error of a type that cannot be compared is known by the wrapper that it was made with.
func TestUncomparableErrorIsKnownByItsWrapper(t *testing.T) {
	ctx, s, rec := root(t)
	err := fmt.Errorf("first: %w", uncomparable{[]string{"a", "b"}})
	_ = span.Fail(ctx, err)
	_ = span.Fail(ctx, fmt.Errorf("second: %w", err))
	s.End()
	if got := exceptions(ended(t, rec, "root")); got != 1 {
		t.Errorf("%d exception events, want 1", got)
	}
}
