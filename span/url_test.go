package span_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
	"github.com/spanlog/spanlog/span"
)

const (
	traceHex = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanHex  = "00f067aa0ba902b7"
)

func spanContext(t *testing.T) trace.SpanContext {
	t.Helper()
	traceID, err := trace.TraceIDFromHex(traceHex)
	if err != nil {
		t.Fatal(err)
	}
	spanID, err := trace.SpanIDFromHex(spanHex)
	if err != nil {
		t.Fatal(err)
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled})
}

// The clock of a synctest bubble starts at 2000-01-01 00:00:00 UTC: 946684800 s.
const (
	nowMs, startMs, endMs = "946684800000", "946681200000", "946688400000"
	startS, endS          = "946681200", "946688400"
)

func TestViewers(t *testing.T) {
	for _, row := range []struct {
		name string
		make func(trace.SpanContext) string
		want string
	}{
		{"Jaeger", span.Jaeger("https://jaeger.example/"), "https://jaeger.example/trace/" + traceHex},
		{"Jaeger below a path", span.Jaeger("http://h:16686/jaeger"), "http://h:16686/jaeger/trace/" + traceHex},
		{"Zipkin", span.Zipkin("http://h:9411"), "http://h:9411/zipkin/traces/" + traceHex},
		{"Zipkin with its path", span.Zipkin("http://h:9411/zipkin/"), "http://h:9411/zipkin/traces/" + traceHex},
		{"Zipkin elsewhere", span.Zipkin("http://h/coolzipkin"), "http://h/coolzipkin/traces/" + traceHex},
		{"Datadog", span.Datadog("https://app.datadoghq.com"),
			"https://app.datadoghq.com/apm/trace/" + traceHex + "?spanID=67667974448284343&timeHint=" + nowMs},
		{"Honeycomb", span.Honeycomb("https://ui.honeycomb.io/acme/environments/prod"),
			"https://ui.honeycomb.io/acme/environments/prod/trace?trace_id=" + traceHex + "&span=" + spanHex +
				"&trace_start_ts=" + startS + "&trace_end_ts=" + endS},
		{"Honeycomb with a data set", span.Honeycomb("https://ui-eu1.honeycomb.io/acme/environments/prod/datasets/shop/"),
			"https://ui-eu1.honeycomb.io/acme/environments/prod/datasets/shop/trace?trace_id=" + traceHex + "&span=" + spanHex +
				"&trace_start_ts=" + startS + "&trace_end_ts=" + endS},
		{"template", span.Template("https://h/{trace_id}/{span_id}?from={start_ms}&to={end_ms}&dd={dd_trace_id}"),
			"https://h/" + traceHex + "/" + spanHex + "?from=" + startMs + "&to=" + endMs + "&dd=11803532876627986230"},
		{"template with JSON", span.Template(`https://h/x?panes={"a":{"q":"{trace_id}"},"b":{}}`),
			`https://h/x?panes={"a":{"q":"` + traceHex + `"},"b":{}}`},
		{"password, query and fragment are left out", span.Jaeger("https://u:secret@h/j?a=b#c"), "https://h/j/trace/" + traceHex},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := row.make(spanContext(t)); got != row.want {
					t.Errorf("got  %s\nwant %s", got, row.want)
				}
				if got := row.make(trace.SpanContext{}); got != "" {
					t.Errorf("without a trace: %s", got)
				}
			})
		})
	}
}

// query returns a parameter of a link, decoded.
func query(t *testing.T, link, path, name string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Path != path {
		t.Fatalf("link is %q (%v), want the path %s", link, err, path)
	}
	return u.Query().Get(name)
}

func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/#share-explore-urls
func TestTempo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := span.Tempo("https://grafana.example/", `tem"po`)(spanContext(t))
		if got := query(t, link, "/explore", "schemaVersion"); got != "1" {
			t.Errorf("schemaVersion is %q", got)
		}
		sameJSON(t, query(t, link, "/explore", "panes"), `{"trace": {"datasource": "tem\"po",
			"queries": [{"refId": "A", "datasource": {"type": "tempo", "uid": "tem\"po"}, "queryType": "traceql", "query": "`+traceHex+`"}],
			"range": {"from": "`+startMs+`", "to": "`+endMs+`"}}}`)
	})
}

// The form of a link in New Relic's own documentation, with another filter.
// https://docs.newrelic.com/docs/distributed-tracing/trace-api/report-new-relic-format-traces-trace-api
func TestNewRelic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := span.NewRelic("https://one.newrelic.com")(spanContext(t))
		for name, want := range map[string]string{
			"launcher": `{"timeRange": {"begin_time": ` + startMs + `, "end_time": ` + endMs + `, "duration": null}}`,
			"pane": `{"nerdletId": "distributed-tracing-nerdlets.distributed-tracing-launcher", "query": {"operator": "AND",
				"indexQuery": {"conditionType": "INDEX", "operator": "AND", "conditions": []},
				"spanQuery": {"operator": "AND", "conditionSets": [{"conditionType": "SPAN", "operator": "AND",
				"conditions": [{"attr": "trace.id", "operator": "EQ", "value": "` + traceHex + `"}]}]}}}`,
		} {
			text, err := base64.StdEncoding.DecodeString(query(t, link, "/launcher/distributed-tracing-nerdlets.distributed-tracing", name))
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, string(text), want)
		}
	})
}

// White space around a base is no part of it.
func TestBasesAreTrimmed(t *testing.T) {
	sc := spanContext(t)
	for name, f := range map[string]func(string) func(trace.SpanContext) string{"Jaeger": span.Jaeger, "Zipkin": span.Zipkin} {
		if got, want := f(" https://h \n")(sc), f("https://h")(sc); got != want || got == "" {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestNoLinkToNowhere(t *testing.T) {
	sc := spanContext(t)
	for _, base := range []string{"", " ", "jaeger.example", "jaeger:16686", "//h", "javascript:alert(1)", "file:///x", "http://", "https://h/\x00", "https://h/%zz"} {
		for name, f := range map[string]func(string) func(trace.SpanContext) string{
			"Jaeger": span.Jaeger, "Zipkin": span.Zipkin, "Datadog": span.Datadog, "NewRelic": span.NewRelic, "Honeycomb": span.Honeycomb,
		} {
			if got := f(base)(sc); got != "" {
				t.Errorf("%s(%q): %s", name, base, got)
			}
		}
		if got := span.Template(base + "/{trace_id}")(sc); got != "" {
			t.Errorf("Template(%q): %s", base, got)
		}
	}
	for _, template := range []string{"https://h/", "https://h/{span_id}", "https://h/{trace_id}/{spanid}", "https://h/{traceID}", "https://h/{trace_id}\r\nX: y"} {
		if got := span.Template(template)(sc); got != "" {
			t.Errorf("Template(%q): %s", template, got)
		}
	}
}

func TestURLAndKeep(t *testing.T) {
	provider := func(sampler sdktrace.Sampler) (*sdktrace.TracerProvider, context.Context, trace.Span) {
		tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler))
		ctx, s := tp.Tracer("test").Start(context.Background(), "root")
		return tp, ctx, s
	}
	keeping := func(tp *sdktrace.TracerProvider) {
		spanstate.Keep(tp, span.Jaeger("https://jaeger.example"))
		t.Cleanup(func() { spanstate.Forget(tp) })
	}
	for _, row := range []struct {
		name  string
		setUp func() (context.Context, trace.Span)
		kept  bool
		url   bool
	}{
		{"kept", func() (context.Context, trace.Span) {
			tp, ctx, s := provider(sdktrace.AlwaysSample())
			keeping(tp)
			return ctx, s
		}, true, true},
		{"another's provider", func() (context.Context, trace.Span) {
			_, ctx, s := provider(sdktrace.AlwaysSample())
			return ctx, s
		}, false, false},
		{"not sampled", func() (context.Context, trace.Span) {
			tp, ctx, s := provider(sdktrace.NeverSample())
			keeping(tp)
			return ctx, s
		}, false, false},
		{"recorded, not sampled", func() (context.Context, trace.Span) {
			tp, ctx, s := provider(sdktrace.AlwaysRecord(sdktrace.NeverSample()))
			keeping(tp)
			return ctx, s
		}, false, false},
		{"shut down", func() (context.Context, trace.Span) {
			tp, ctx, s := provider(sdktrace.AlwaysSample())
			keeping(tp)
			spanstate.Forget(tp)
			return ctx, s
		}, false, false},
		{"ended", func() (context.Context, trace.Span) {
			tp, ctx, s := provider(sdktrace.AlwaysSample())
			keeping(tp)
			s.End()
			return ctx, s
		}, false, true},
		{"remote", func() (context.Context, trace.Span) {
			ctx := trace.ContextWithRemoteSpanContext(context.Background(), spanContext(t))
			return ctx, trace.SpanFromContext(ctx)
		}, false, false},
		{"no span", func() (context.Context, trace.Span) {
			return context.Background(), trace.SpanFromContext(context.Background())
		}, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx, s := row.setUp()
			if got := span.Keep(ctx, "vip"); got != row.kept {
				t.Errorf("Keep: got %v, want %v", got, row.kept)
			}
			want := ""
			if row.url {
				want = "https://jaeger.example/trace/" + s.SpanContext().TraceID().String()
			}
			if got := span.URL(ctx); got != want {
				t.Errorf("URL: got %q, want %q", got, want)
			}
		})
	}
}

// The wish is on the span also where nobody promises to keep it.
func TestKeepTellsItsReason(t *testing.T) {
	for reason, want := range map[string]string{"vip": "vip", "": "forced", "bad\xff": "bad\ufffd", strings.Repeat("x", 300): strings.Repeat("x", 253) + "…"} {
		ctx, s, rec := root(t)
		span.Keep(ctx, "first")
		span.Keep(ctx, reason)
		s.End()
		got := ended(t, rec, "root").Attributes()
		if attr(got, "sampling.reason") != want || attr(got, "sampling.keep") != "true" || len(got) != 2 {
			t.Errorf("Keep(%.20q): attributes are %v", reason, got)
		}
	}
}

func TestSet(t *testing.T) {
	ctx, s, rec := root(t)
	attrs := []attribute.KeyValue{attribute.String("k", "one"), attribute.Int("n", 1)}
	span.Set(ctx, attrs...)
	span.Set(ctx, attribute.String("k", "two"))
	span.Set(ctx)
	attrs[1] = attribute.Int("n", 2)
	s.End()
	got := ended(t, rec, "root").Attributes()
	if len(got) != 2 || attr(got, "k") != "two" || attr(got, "n") != "1" {
		t.Errorf("attributes are %v", got)
	}
}

func TestDatadogIDsAreUnsigned(t *testing.T) {
	sc := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{0: 1, 8: 0xff, 9: 0xff, 10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xff},
		SpanID:  trace.SpanID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	})
	want := strconv.FormatUint(1<<64-1, 10)
	if got := span.Template("https://h/{dd_trace_id}")(sc); got != "https://h/"+want {
		t.Errorf("trace: %s", got)
	}
	if got := span.Datadog("https://h")(sc); !strings.Contains(got, "spanID="+want) {
		t.Errorf("span: %s", got)
	}
}

func TestTemplateDropsAPassword(t *testing.T) {
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	if got, want := span.Template("https://me:secret@host/t/{trace_id}?u=a@b")(sc), "https://host/t/01000000000000000000000000000000?u=a@b"; got != want {
		t.Errorf("link is %s, want %s", got, want)
	}
}
