package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/spanlog/spanlog/internal/testenv"
)

func TestMain(m *testing.M) {
	testenv.Clear()
	goleak.VerifyTestMain(m)
}

// report runs the quickstart and returns what it prints.
func report(t *testing.T, c config) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), &out, c)
	return out.String(), err
}

func lastLine(report string) string {
	lines := strings.Split(strings.TrimSpace(report), "\n")
	return lines[len(lines)-1]
}

func TestNothingIsMissing(t *testing.T) {
	out, err := report(t, config{requests: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lastLine(out), "lines=13 events=13 spans=17 documents=13 services=3 traces=2 missing=0"; got != want {
		t.Errorf("last line is %q, want %q", got, want)
	}
	for _, part := range []string{"checkout failed", "card declined: insufficient funds", "widest bar: stripe_api_call (payment)", "set SPANLOG_TRACE_URL", "set KIBANA_URL"} {
		if !strings.Contains(out, part) {
			t.Errorf("the report has no %q", part)
		}
	}
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.Contains(line, "\x1b") {
			t.Errorf("a colour without a terminal: %q", line)
		}
	}
}

// dropOne is a writer that silently drops the third line.
type dropOne struct {
	io.Writer
	n atomic.Int32
}

func (d *dropOne) Write(p []byte) (int, error) {
	if d.n.Add(1) == 3 {
		return len(p), nil
	}
	return d.Writer.Write(p)
}

func TestADroppedLineIsMissing(t *testing.T) {
	out, err := report(t, config{requests: 2, shipTo: func(w io.Writer) io.Writer { return &dropOne{Writer: w} }})
	if err == nil || !strings.Contains(err.Error(), "1 missing: no document for the line") {
		t.Errorf("error is %v", err)
	}
	if got := lastLine(out); !strings.HasSuffix(got, "documents=12 services=3 traces=2 missing=1") {
		t.Errorf("last line is %q", got)
	}
}

// alter is a writer that changes a line on its way to the shipper.
type alter struct {
	io.Writer
	from, to string
}

func (a alter) Write(p []byte) (int, error) {
	_, err := a.Writer.Write(bytes.Replace(p, []byte(a.from), []byte(a.to), 1))
	return len(p), err
}

func TestAnAlteredLineIsMissing(t *testing.T) {
	out, _ := report(t, config{requests: 1, shipTo: func(w io.Writer) io.Writer { return alter{w, "cart is valid", "cart is void"} }})
	if got := lastLine(out); !strings.HasSuffix(got, "missing=1") {
		t.Errorf("last line is %q", got)
	}
}

func TestADocumentOfAnUnknownSpanIsMissing(t *testing.T) {
	r := &result{documents: map[string][]line{"x": {parse([]byte(`{"trace.id":"x","span.id":"y"}`))}}}
	if got := r.gaps(); len(got) != 1 || !strings.HasPrefix(got[0], "no span for the document") {
		t.Errorf("gaps are %q", got)
	}
}

func TestALineWithoutAnEventIsMissing(t *testing.T) {
	l := parse([]byte(`{"log.level":"info","message":"m","trace.id":"x","span.id":"y"}`))
	r := &result{documents: map[string][]line{}}
	r.lines.lines = []line{l}
	if got := r.gaps(); len(got) != 2 || !strings.HasPrefix(got[1], "no event for the line") {
		t.Errorf("gaps are %q, want no document and no event", got)
	}
}

func TestManyRequests(t *testing.T) {
	out, err := report(t, config{requests: 20})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lastLine(out), "lines=130 events=130 spans=170 documents=130 services=3 traces=20 missing=0"; got != want {
		t.Errorf("last line is %q, want %q", got, want)
	}
	if n := strings.Count(out, "widest bar"); n != 2 {
		t.Errorf("%d traces are printed, want a good and a failed one", n)
	}
}

func TestColours(t *testing.T) {
	out, err := report(t, config{requests: 2, color: true})
	if err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(out, "")
	if plain == out || strings.Contains(plain, "\x1b") {
		t.Error("colours are missing, or not only colours")
	}
	for line := range strings.Lines(plain) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestServerThatDoesNotAnswer(t *testing.T) {
	const address = "http://127.0.0.1:1" // a port that was free a moment ago may be another process's by now
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	defer html.Close()
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	defer empty.Close()
	locked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer locked.Close()
	for url, want := range map[string]string{
		address:                          "no Elasticsearch answers at " + address + ": start one there, or unset ELASTICSEARCH_URL",
		empty.URL:                        "what answers at " + empty.URL + " is no Elasticsearch",
		"http://user:secret@127.0.0.1:1": "no Elasticsearch answers at http://user:xxxxx@",
		"localhost:9200":                 "must begin with http:// or https://",
		html.URL:                         "what answers at " + html.URL + " is no Elasticsearch",
		locked.URL:                       "set ELASTICSEARCH_API_KEY",
	} {
		out, err := report(t, config{requests: 2, elasticsearch: addresses(url)})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error is %v, want one sentence with %q", err, want)
		}
		if out != "" || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("printed %q, %v", out, err)
		}
	}
}

func TestTracingSwitchedOff(t *testing.T) {
	for name, value := range map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_SAMPLER": "always_off"} {
		t.Setenv(name, value)
		if _, err := report(t, config{requests: 1}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error is %v", name, err)
		}
		os.Unsetenv(name)
	}
}

func TestExports(t *testing.T) {
	for _, row := range []struct {
		exporter, endpoint string
		want               bool
	}{{"", "", false}, {"", "http://c", true}, {"none", "http://c", false}, {"console,otlp", "http://c", true}, {"console", "", false}} {
		t.Setenv("OTEL_TRACES_EXPORTER", row.exporter)
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", row.endpoint)
		if got := exports(); got != row.want {
			t.Errorf("exporter %q, endpoint %q: %v, want %v", row.exporter, row.endpoint, got, row.want)
		}
	}
}

func TestBadCount(t *testing.T) {
	if _, err := report(t, config{}); err == nil || !strings.Contains(err.Error(), "-requests") {
		t.Errorf("error is %v", err)
	}
}

func TestLinks(t *testing.T) {
	for _, row := range []struct {
		name string
		c    config
		want []string
	}{
		{"nothing leads nowhere", config{traceURL: "http://jaeger.example", kibana: "http://kibana.example"},
			[]string{"trace view: no link, the spans stayed here", "log search: no link, the documents are in the built-in server"}},
		{"spans did not arrive", config{traceURL: "http://jaeger.example", export: true}, []string{"the spans did not arrive at OTEL_EXPORTER_OTLP_ENDPOINT", "trace view: no link, since it would lead nowhere"}},
		{"spans did not arrive, no view", config{export: true}, []string{"the spans did not arrive at OTEL_EXPORTER_OTLP_ENDPOINT", "trace view: set SPANLOG_TRACE_URL"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "500")
			row.c.requests = 1
			out, err := report(t, row.c)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range row.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in %s", want, out)
				}
			}
			if strings.Contains(out, "jaeger.example") || strings.Contains(out, "kibana.example") {
				t.Error("a link that leads nowhere is printed")
			}
		})
	}
}

func TestLinkForms(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	sp := tracetest.SpanStub{StartTime: start, EndTime: start.Add(time.Second), SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{0xab}, SpanID: trace.SpanID{0xcd}})}.Snapshot()
	for template, want := range map[string]string{
		"http://jaeger.example/":                      "http://jaeger.example/trace/ab000000000000000000000000000000",
		"http://v/{trace_id}?s={span_id}":             "http://v/ab000000000000000000000000000000?s=cd00000000000000",
		"http://v/{trace_id}?f={start_ms}&t={end_ms}": "http://v/ab000000000000000000000000000000?f=1767319445000&t=1767326646000",
	} {
		if got := traceLink(template, sp); got != want {
			t.Errorf("%s gives %s, want %s", template, got, want)
		}
	}
	if got := kibanaLink("http://k", "ab"); !strings.Contains(got, "trace.id%20:%20%22ab%22") {
		t.Errorf("link is %s", got)
	}
}
