package setup

import (
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/span"
)

func TestTraceURL(t *testing.T) {
	option := WithTraceURL(func(sc trace.SpanContext) string { return "https://option/" + sc.TraceID().String() })
	for _, row := range []struct {
		name, variable string
		options        []Option
		want           string // TRACE and SPAN stand for the ids
		wrong          bool
	}{
		{"neither", "", nil, "", false},
		{"base of a Jaeger", "http://jaeger:16686/", nil, "http://jaeger:16686/trace/TRACE", false},
		{"template", "https://h/t/{trace_id}?s={span_id}", nil, "https://h/t/TRACE?s=SPAN", false},
		{"white space", "  https://h/{trace_id} ", nil, "https://h/TRACE", false},
		{"option wins", "http://jaeger:16686", []Option{option}, "https://option/TRACE", false},
		{"option hides a wrong variable", "nonsense", []Option{option}, "https://option/TRACE", false},
		{"nil option", "http://jaeger:16686", []Option{WithTraceURL(nil)}, "http://jaeger:16686/trace/TRACE", false},
		{"no scheme", "jaeger:16686", nil, "", true},
		{"script", "javascript:alert('{trace_id}')", nil, "", true},
		{"unknown placeholder", "https://h/{trace_id}/{spanid}", nil, "", true},
		{"no trace id", "https://h/{span_id}", nil, "", true},
		{"huge", "x" + strings.Repeat("y", 1<<20), nil, "", true},
		{"panics", "", []Option{WithTraceURL(func(trace.SpanContext) string { panic("url") })}, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			environment(t)
			t.Setenv("SPANLOG_TRACE_URL", row.variable)
			sdk, err := New(t.Context(), append(row.options, WithExporters(), WithSpanProcessor(&stubProcessor{}))...)
			defer sdk.Shutdown(t.Context())
			if row.wrong {
				wantSetting(t, err, "SPANLOG_TRACE_URL")
				if len(err.Error()) > 1000 {
					t.Errorf("the error has %d bytes", len(err.Error()))
				}
			} else if err != nil {
				t.Errorf("New: %v", err)
			}
			ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "x")
			defer s.End()
			sc := s.SpanContext()
			want := strings.NewReplacer("TRACE", sc.TraceID().String(), "SPAN", sc.SpanID().String()).Replace(row.want)
			if got := span.URL(ctx); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestTraceURLErrorHidesAPassword(t *testing.T) {
	environment(t)
	t.Setenv("SPANLOG_TRACE_URL", "ftp://user:secret@jaeger")
	sdk, err := New(t.Context(), WithExporters())
	defer sdk.Shutdown(t.Context())
	wantSetting(t, err, "jaeger")
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error shows the password: %v", err)
	}
}

// Two SDKs in one process each have their own links.
func TestTraceURLPerProvider(t *testing.T) {
	environment(t)
	for _, base := range []string{"https://a.example", "https://b.example"} {
		sdk, err := New(t.Context(), WithExporters(), WithSpanProcessor(&stubProcessor{}), WithTraceURL(span.Jaeger(base)))
		if err != nil {
			t.Fatal(err)
		}
		defer sdk.Shutdown(t.Context())
		ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "x")
		ctx, child := span.Start(ctx, "child")
		defer s.End()
		defer child.End()
		if got := span.URL(ctx); !strings.HasPrefix(got, base+"/trace/") {
			t.Errorf("link is %q, want one to %s", got, base)
		}
	}
}

// Without an exporter nobody gets the trace: a link to it would lead nowhere.
func TestNoLinkWithoutAnExporter(t *testing.T) {
	environment(t)
	sdk, err := New(t.Context(), WithExporters("none"), WithTraceURL(span.Jaeger("https://jaeger.example")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sdk.Shutdown(t.Context()) }()
	ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "s")
	defer s.End()
	if got := span.URL(ctx); got != "" {
		t.Errorf("link is %q, want none", got)
	}
}

// A user who shuts the provider down, not the SDK, gets no dead links either.
func TestNoLinkAfterShutdownOfTheProvider(t *testing.T) {
	environment(t)
	sdk, err := New(t.Context(), WithExporters(), WithSpanProcessor(&stubProcessor{}), WithTraceURL(span.Jaeger("https://jaeger.example")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sdk.Shutdown(t.Context()) }()
	tracer := sdk.TracerProvider.Tracer("test")
	if err := sdk.TracerProvider.(*sdktrace.TracerProvider).Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, s := tracer.Start(t.Context(), "s")
	defer s.End()
	if s.IsRecording() || span.URL(ctx) != "" {
		t.Errorf("recording %v, link %q", s.IsRecording(), span.URL(ctx))
	}
}
