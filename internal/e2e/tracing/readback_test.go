package tracing

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// found is a span as Jaeger gives it back.
type found struct {
	ID       string
	Name     string
	Parent   string // "" for a root
	Kind     int
	Start    time.Time
	End      time.Time
	Status   int
	Message  string
	Values   map[string]any
	Events   []foundEvent
	Resource map[string]any
}

type foundEvent struct {
	Name   string
	Time   time.Time
	Values map[string]any
}

// answer is OTLP's JSON form, of which the query API gives the resource spans.
type answer struct {
	Result struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes attributes }
			ScopeSpans []struct{ Spans []jsonSpan }
		}
	}
}

type jsonSpan struct {
	SpanID            string
	ParentSpanID      string
	Name              string
	Kind              int
	StartTimeUnixNano int64 `json:",string"`
	EndTimeUnixNano   int64 `json:",string"`
	Attributes        attributes
	Events            []struct {
		TimeUnixNano int64 `json:",string"`
		Name         string
		Attributes   attributes
	}
	Status struct {
		Code    int
		Message string
	}
}

type attributes []struct {
	Key   string
	Value value
}

type value struct {
	StringValue *string
	BoolValue   *bool
	IntValue    *int64 `json:",string"`
	DoubleValue *float64
	ArrayValue  *struct{ Values []value }
}

// ask returns the status and the body of a page of Jaeger's.
func ask(t *testing.T, url string) (status int, body []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// readBack returns the spans of a trace in order of start; none when Jaeger does not have it. It wants the trace as it was
// stored: otherwise Jaeger sorts the events of a span by their names, and leaves it to its UI to sort them by time.
func readBack(t *testing.T, jaeger, traceID string) []found {
	t.Helper()
	status, body := ask(t, jaeger+"/api/v3/traces/"+traceID+"?raw_traces=true")
	if status == http.StatusNotFound {
		return nil
	}
	var a answer
	if err := json.Unmarshal(body, &a); status != http.StatusOK || err != nil {
		t.Fatalf("status %d, %v\n%s", status, err, body)
	}
	var spans []found
	for _, resource := range a.Result.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				spans = append(spans, s.found(resource.Resource.Attributes.values()))
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b found) int { return a.Start.Compare(b.Start) })
	return spans
}

func (s jsonSpan) found(resource map[string]any) found {
	f := found{
		ID: s.SpanID, Name: s.Name, Parent: s.ParentSpanID, Kind: s.Kind,
		Start: time.Unix(0, s.StartTimeUnixNano), End: time.Unix(0, s.EndTimeUnixNano),
		Status: s.Status.Code, Message: s.Status.Message,
		Values: s.Attributes.values(), Resource: resource,
	}
	for _, e := range s.Events {
		f.Events = append(f.Events, foundEvent{e.Name, time.Unix(0, e.TimeUnixNano), e.Attributes.values()})
	}
	return f
}

// values turns attributes into Go values of their types.
func (a attributes) values() map[string]any {
	m := map[string]any{}
	for _, kv := range a {
		m[kv.Key] = kv.Value.decoded()
	}
	return m
}

func (v value) decoded() any {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.BoolValue != nil:
		return *v.BoolValue
	case v.IntValue != nil:
		return *v.IntValue
	case v.DoubleValue != nil:
		return *v.DoubleValue
	case v.ArrayValue != nil:
		var all []string
		for _, element := range v.ArrayValue.Values {
			all = append(all, fmt.Sprintf("%T %v", element.decoded(), element.decoded()))
		}
		return all
	}
	return nil
}
