package elk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

var update = flag.Bool("update", false, "write the golden files")

// TestTemplateBody keeps the body in a file, for people to read and for whoever
// builds a server that must accept it.
func TestTemplateBody(t *testing.T) {
	r, err := InstallTemplate(t.Context(), Config{Dataset: "checkout"}, TemplateOptions{Retention: 30 * 24 * time.Hour, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, r.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	golden := filepath.Join("testdata", "template.json")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the template is not that of %s (-update writes it)\n%s", golden, &got)
	}
	if r.Name != "spanlog-checkout" || !reflect.DeepEqual(r.Patterns, []string{"logs-checkout-*"}) {
		t.Errorf("report = %+v", r)
	}
}

// lacking is a server that lacks some things, in the recorded words of real
// ones; it refuses one thing at a time.
type lacking struct {
	types   []string // Elasticsearch 8.19 and 9.2, reduced
	handler []string // OpenSearch 3.8
	dynamic []string // in dynamic templates, all
	setting []string
	field   []string
	value   bool // constant_keyword without a value
}

const (
	wordsOfES      = `The mapper type [%s] declared on field [x] does not exist. It might have been created within a future version or requires a plugin to be installed. Check the documentation.`
	wordsOfOS      = `No handler for type [%s] declared on field [x]`
	wordsOfDynamic = `No mapper found for type [%s]`
	wordsOfSetting = `unknown setting [%s] please check that any required plugins are installed, or check the breaking changes documentation for removed settings`
	wordsOfField   = `[1:41] [template] unknown field [%s]`
)

// refusal returns the answer to a template, "" to accept it.
func (l lacking) refusal(body string) string {
	nested := func(words, what string) string {
		reason := fmt.Sprintf(words, what)
		return fmt.Sprintf(`{"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"composable template [a] template after composition is invalid"}],"type":"illegal_argument_exception","reason":"composable template [a] template after composition is invalid","caused_by":{"type":"illegal_argument_exception","reason":"invalid composite mappings for [a]","caused_by":{"type":"mapper_parsing_exception","reason":"Failed to parse mapping: %s","caused_by":{"type":"mapper_parsing_exception","reason":"%s"}}}},"status":400}`, reason, reason)
	}
	for _, rule := range []struct {
		names         []string
		words, marker string
	}{
		{l.field, wordsOfField, `"%s":{`},
		{l.setting, wordsOfSetting, `"%s":`},
		{l.types, wordsOfES, `"type":"%s"`},
		{l.handler, wordsOfOS, `"type":"%s"`},
		{l.dynamic, wordsOfDynamic, `"type":"%s"`},
	} {
		for _, name := range rule.names {
			if strings.Contains(body, fmt.Sprintf(rule.marker, name[strings.LastIndexByte(name, '.')+1:])) {
				return nested(rule.words, name)
			}
		}
	}
	if l.value && strings.Contains(body, `{"type":"constant_keyword"}`) {
		return nested(`Field [%s] is missing required parameter [value]`, "namespace")
	}
	return ""
}

// installOn installs the template on a server that answers as l, and returns
// the bodies that it got.
func installOn(t *testing.T, l lacking, options TemplateOptions) (TemplateReport, []string, error) {
	t.Helper()
	srv, err := elktest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	var bodies []string
	srv.Intercept(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bodies = append(bodies, string(body))
			if r.Method != http.MethodPut || r.URL.Path != "/_index_template/spanlog-checkout" || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("request is %s %s %v", r.Method, r.URL, r.Header)
			}
			if refusal := l.refusal(string(body)); refusal != "" {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, refusal)
				return
			}
			_, _ = io.WriteString(w, `{"acknowledged":true}`)
		})
	})
	r, err := InstallTemplate(t.Context(), Config{Addresses: []string{srv.URL()}, Dataset: "checkout"}, options)
	return r, bodies, err
}

func TestTemplateFallsBack(t *testing.T) {
	const text, keyword, long = `{"type":"text"}`, `{"type":"keyword"}`, `{"ignore_above":8191,"type":"keyword"}`
	for _, tt := range []struct {
		name   string
		server lacking
		want   []Fallback
	}{
		{"whole Elasticsearch", lacking{}, nil},
		{"reduced Elasticsearch", lacking{types: []string{"match_only_text", "wildcard", "constant_keyword"}},
			[]Fallback{{"type match_only_text", text}, {"type wildcard", long}, {"type constant_keyword", keyword}}},
		{"OpenSearch 3.8", lacking{field: []string{"lifecycle"}, setting: []string{beyondLimit}, value: true},
			[]Fallback{{"lifecycle", ""}, {"setting " + beyondLimit, ""}, {"type constant_keyword without value", keyword}}},
		{"older OpenSearch", lacking{handler: []string{"wildcard", "constant_keyword", "match_only_text"}},
			[]Fallback{{"type wildcard", long}, {"type constant_keyword", keyword}, {"type match_only_text", text}}},
		{"in a dynamic template", lacking{dynamic: []string{"match_only_text"}}, []Fallback{{"type match_only_text", text}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, bodies, err := installOn(t, tt.server, TemplateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(r.Fallbacks, tt.want) {
				t.Errorf("fallbacks = %+v\nwant %+v", r.Fallbacks, tt.want)
			}
			if tt.server.value && !strings.Contains(string(r.Body), `{"type":"constant_keyword","value":"checkout"}`) {
				t.Errorf("a constant with a value was given up: %s", r.Body)
			}
			if len(bodies) != len(tt.want)+1 || bodies[len(bodies)-1] != string(r.Body) {
				t.Errorf("%d requests, want one more than fallbacks, and the last to be reported", len(bodies))
			}
			again, _, err := installOn(t, tt.server, TemplateOptions{})
			if err != nil || !reflect.DeepEqual(again, r) {
				t.Errorf("installed again: %+v, %v, want the same", again, err)
			}
		})
	}
}

func TestTemplateThatCannotYield(t *testing.T) {
	for _, tt := range []struct {
		name    string
		server  lacking
		options TemplateOptions
		want    string
	}{
		{"type without substitute", lacking{types: []string{"keyword"}}, TemplateOptions{}, "The mapper type [keyword]"},
		{"lifecycle policy", lacking{setting: []string{"index.lifecycle.name"}}, TemplateOptions{ILMPolicy: "logs"}, "unknown setting [index.lifecycle.name]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, bodies, err := installOn(t, tt.server, tt.options)
			if !errors.Is(err, ErrTemplate) || !strings.Contains(err.Error(), tt.want) || len(bodies) != 1 {
				t.Errorf("err = %v after %d requests, want %q after one", err, len(bodies), tt.want)
			}
		})
	}
}

func TestTemplateErrors(t *testing.T) {
	client := func(status int, body string) Config {
		return Config{Client: clientFunc(func(*http.Request) (*http.Response, error) { return respond(status, nil, body), nil })}
	}
	for _, tt := range []struct {
		name string
		c    Config
		want string
	}{
		{"no connection", Config{Client: clientFunc(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })}, "refused"},
		{"panic", Config{Client: clientFunc(func(*http.Request) (*http.Response, error) { panic("no") })}, "panicked"},
		{"no answer", Config{Client: clientFunc(func(*http.Request) (*http.Response, error) { return nil, nil })}, "no answer"},
		{"forbidden", client(403, `{"error":{"type":"security_exception","reason":"unauthorized for user"},"status":403}`), "status 403: security_exception: unauthorized for user"},
		{"priority taken", client(400, `{"error":{"type":"illegal_argument_exception","reason":"index template [a] has index patterns matching patterns"}}`), "matching patterns"},
		{"error that is a string", client(405, `{"error":"Incorrect HTTP method"}`), "status 405: Incorrect HTTP method"},
		{"proxy's page", client(502, `<html>`), "status 502: no JSON"},
		{"not acknowledged", client(200, `{"acknowledged":false}`), "does not acknowledge"},
		{"page with 200", client(200, `<html>`), "does not acknowledge"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := InstallTemplate(t.Context(), tt.c, TemplateOptions{})
			if !errors.Is(err, ErrTemplate) || !strings.Contains(err.Error(), tt.want) || r.Body != nil {
				t.Errorf("InstallTemplate = %+v, %v, want %q", r, err, tt.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := InstallTemplate(ctx, quick("http://127.0.0.1:9"), TemplateOptions{})
	if !errors.Is(err, ErrTemplate) || !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestTemplateOptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    Config
		o    TemplateOptions
		want string
	}{
		{"name with a slash", Config{}, TemplateOptions{Name: "../_all"}, "Name"},
		{"name with upper case", Config{}, TemplateOptions{Name: "A"}, "Name"},
		{"no dataset", Config{}, TemplateOptions{Datasets: []string{}}, "Datasets is empty"},
		{"empty dataset", Config{}, TemplateOptions{Datasets: []string{""}}, "a dataset is empty"},
		{"pattern for a dataset", Config{}, TemplateOptions{Datasets: []string{"*"}}, "must not contain '*'"},
		{"dataset upper case", Config{Dataset: "A"}, TemplateOptions{}, "lower case"},
		{"negative priority", Config{}, TemplateOptions{Priority: -1}, "Priority is negative"},
		{"negative retention", Config{}, TemplateOptions{Retention: -1}, "Retention is negative"},
		{"tiny retention", Config{}, TemplateOptions{Retention: 1}, "milliseconds"},
		{"two lifecycles", Config{}, TemplateOptions{Retention: time.Hour, ILMPolicy: "p"}, "both set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.DryRun = true
			_, err := InstallTemplate(t.Context(), tt.c, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, ErrTemplate) {
				t.Errorf("err = %v, want %q", err, tt.want)
			}
		})
	}
	t.Setenv("ELASTICSEARCH_URL", "")
	if _, err := InstallTemplate(t.Context(), Config{}, TemplateOptions{}); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("without an address: %v", err)
	}
}

func TestTemplateLifecycles(t *testing.T) {
	for want, o := range map[string]TemplateOptions{
		`"lifecycle":{}`:                                {},
		`"lifecycle":{"data_retention":"90d"}`:          {Retention: 90 * 24 * time.Hour},
		`"lifecycle":{"data_retention":"36h"}`:          {Retention: 36 * time.Hour},
		`"lifecycle":{"data_retention":"1500ms"}`:       {Retention: 1500 * time.Millisecond},
		`"settings":{"index":{"lifecycle":{"name":"p"}`: {ILMPolicy: "p"},
		`"index_patterns":["logs-a-*","logs-b-*"]`:      {Datasets: []string{"a", "b"}},
		`"dataset":{"type":"constant_keyword"}`:         {Datasets: []string{"a", "b"}},
		`"priority":300`:                                {Priority: 300},
	} {
		o.DryRun = true
		r, err := InstallTemplate(t.Context(), Config{}, o)
		if err != nil || !strings.Contains(string(r.Body), want) {
			t.Errorf("options %+v: %v\n%s\nwant %s in it", o, err, r.Body, want)
		}
		if o.ILMPolicy != "" && strings.Contains(string(r.Body), `"lifecycle":{}`) {
			t.Errorf("a policy and the stream's own lifecycle: %s", r.Body)
		}
	}
}

func TestTemplateTriesTheNextAddress(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(1, instead(http.StatusOK, nil, `{"acknowledged":true}`)))
	c := Config{Addresses: []string{"http://127.0.0.1:1", srv.URL()}}
	if _, err := InstallTemplate(t.Context(), c, TemplateOptions{}); err != nil {
		t.Error(err)
	}
}

// TestTemplateTakesOurLines installs it on a server that has no template, and
// ships what the three loggers write, and what nobody foresaw.
func TestTemplateTakesOurLines(t *testing.T) {
	srv, err := elktest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	c := quick(srv.URL())
	for range 2 {
		if _, err := InstallTemplate(t.Context(), c, TemplateOptions{Retention: 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	var dead buffer
	c.DeadLetter = &dead
	lines := []string{
		`{"time":"2026-11-22T10:00:00.1Z","level":"INFO","msg":"slog","source":{"function":"f","file":"x.go","line":1},"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","trace_flags":"01"}`,
		`{"level":"info","ts":1763805600.123,"logger":"a","caller":"x.go:1","msg":"zap","stacktrace":"main.main\n\tx.go:1"}`,
		`{"level":"info","time":"2026-11-22T10:00:00Z","message":"zerolog","error":{"message":"e","stack_trace":"s","type":"*errors.errorString"}}`,
		`{"@timestamp":"2026-11-22T10:00:00.123456789Z","log.level":"info","message":"ECS","ecs.version":"8.11.0","trace.id":"0af7651916cd43dd8448eb211c80319c","service.name":"shop","labels":{"n":5,"b":true,"f":1.5}}`,
		`{"message":"labels of other types","labels":{"n":"x","b":2,"f":false}}`,
		`{"message":"a number","n":1}`,
		`{"message":"another type","n":"one"}`,
		`{"message":"large","f":1e39}`,
		`{"message":"a date","d":"2026-11-22"}`,
		`{"message":"no date","d":"tomorrow"}`,
		`{"message":"long","s":"` + strings.Repeat("x", 40000) + `"}`,
		`{"message":"many","m":{` + manyNumbers(1500) + `}}`,
	}
	s := openShipper(t, c)
	mustWrite(t, s, strings.Join(lines, "\n"))
	stats := closeWell(t, s)
	if n := len(srv.Documents(stream)); stats.Delivered != uint64(len(lines)) || n != len(lines) {
		t.Errorf("%d of %d lines stored, %+v\n%.3000s", n, len(lines), stats, &dead)
	}
}

func manyNumbers(n int) string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf(`"f%d":%d`, i, i)
	}
	return strings.Join(fields, ",")
}
