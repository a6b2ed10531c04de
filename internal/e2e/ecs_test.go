package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/e2e/server"
	"github.com/spanlog/spanlog/span/setup"
)

const ecsStream = "logs-ecs-default"

// kept is a writer that keeps lines.
type kept struct {
	mu    sync.Mutex
	lines []string
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lines = append(k.lines, string(p))
	return len(p), nil
}

// TestECSSideBySide ships the lines of three services, each with a logger of its own, into one data stream whose fields
// are mapped by the first document that has them. No line may stand in another's way.
func TestECSSideBySide(t *testing.T) {
	var dead bytes.Buffer
	var lines kept
	shipper := open(t, "ecs", &dead)
	out := elk.Tee(&lines, shipper)
	services := []ecsService{
		newSlogService(out, ecsPolicy("shop")),
		newZapService(out, ecsPolicy("payment")),
		newZerologService(out, ecsPolicy("mail")),
	}
	traceID := logInTurn(t, services)
	logInTurn(t, services) // a trace that the query must not find
	flush(t, shipper)

	s := shipper.Stats()
	if err := shipper.Close(); err != nil { // from here on nobody writes to dead
		t.Fatal(err)
	}
	if s.Delivered != uint64(len(lines.lines)) || !s.Balanced() || dead.Len() > 0 {
		t.Errorf("got %+v, want all %d lines delivered; dead letters:\n%s", s, len(lines.lines), &dead)
	}
	if want := 2 * len(services) * len(services[0].calls); len(lines.lines) != want {
		t.Errorf("got %d lines, want %d", len(lines.lines), want)
	}
	stored := readBack(t, server.Shared(t).URL, ecsStream, inOrder)
	if len(stored) != len(lines.lines) {
		t.Fatalf("got %d documents, want %d", len(stored), len(lines.lines))
	}
	for n, doc := range stored {
		if got, want := withoutSequence(t, doc.Source), withoutSequence(t, []byte(lines.lines[n])); got != want {
			t.Errorf("document %d:\n got  %s\n want %s", n, got, want)
		}
	}
	checkTrace(t, traceID, services)
	checkMapping(t)
}

// ecsService is a service and the calls of its logger, which log each kind of field that the logger knows.
type ecsService struct {
	name  string
	calls []ecsCall
}

func ecsPolicy(service string) *events.Policy {
	return &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{
		attribute.String("service.name", service), attribute.String("deployment.environment.name", "test"),
	}}
}

// logInTurn makes the first call of each service, then the second of each, and so on, in one span. It returns the trace id.
func logInTurn(t *testing.T, services []ecsService) string {
	t.Helper()
	sdk, err := setup.New(t.Context(), setup.WithExporters("none"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, s := sdk.TracerProvider.Tracer("e2e").Start(t.Context(), "checkout", trace.WithNewRoot())
	defer s.End()
	for n := range services[0].calls {
		for _, service := range services {
			service.calls[n](ctx, fmt.Sprintf("%s %d", service.name, n))
		}
	}
	return s.SpanContext().TraceID().String()
}

// withoutSequence is a line as canonical JSON, without what the shipper adds.
func withoutSequence(t *testing.T, line []byte) string {
	t.Helper()
	var doc map[string]any
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&doc); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	for _, added := range ofShipper() {
		delete(doc, added)
	}
	canonical, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(canonical)
}

// checkTrace finds the lines of one trace, of all services in the order of the calls, with one query.
func checkTrace(t *testing.T, traceID string, services []ecsService) {
	t.Helper()
	var found struct {
		Hits struct {
			Hits []struct {
				Source map[string]any `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	query := fmt.Sprintf(`{"size":1000,"query":{"term":{"trace.id":%q}},"sort":%s}`, traceID, inOrder)
	call(t, http.MethodPost, server.Shared(t).URL+"/"+ecsStream+"/_search", query, &found)
	var got, want []string
	for _, hit := range found.Hits.Hits {
		got = append(got, fmt.Sprint(hit.Source["service.name"], ": ", hit.Source["message"]))
	}
	for n := range services[0].calls {
		for _, s := range services {
			want = append(want, fmt.Sprintf("%s: %s %d", s.name, s.name, n))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trace has\n%q, want\n%q", got, want)
	}
}

// checkMapping asserts that labels are what collisions became, and that they are texts.
func checkMapping(t *testing.T) {
	t.Helper()
	type fields map[string]struct {
		Type       string `json:"type"`
		Properties fields `json:"properties"`
	}
	var answer map[string]struct {
		Mappings struct {
			Properties fields `json:"properties"`
		} `json:"mappings"`
	}
	call(t, http.MethodGet, server.Shared(t).URL+"/"+ecsStream+"/_mapping", "", &answer)
	for _, index := range answer {
		labels := index.Mappings.Properties["labels"].Properties
		for _, key := range []string{"message", "service", "event", "log_level", "@timestamp", "ecs_version", "service_name", "host"} {
			if got := labels[key].Type; got != "text" {
				t.Errorf("labels.%s is mapped as %q, want text; there are %v", key, got, slices.Sorted(maps.Keys(labels)))
			}
		}
		for path, want := range map[string]string{"service": "", "event": "", "log": "", "error": ""} {
			if got := index.Mappings.Properties[path].Type; got != want || index.Mappings.Properties[path].Properties == nil {
				t.Errorf("%s is mapped as %q, want an object", path, got)
			}
		}
	}
}
