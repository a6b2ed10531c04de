package span

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Jaeger returns what makes the link to a trace in a Jaeger at base, for TraceURL of events.Policy and for
// setup.WithTraceURL. All functions of this kind give "" where base is no http or https URL, leave out its query,
// fragment and password, and are safe for concurrent use.
func Jaeger(base string) func(trace.SpanContext) string {
	return viewer(base, func(sc trace.SpanContext, _ time.Time) string {
		return "/trace/" + sc.TraceID().String()
	})
}

// Zipkin is [Jaeger] for a Zipkin at base. A base without a path gets Zipkin's own, /zipkin.
func Zipkin(base string) func(trace.SpanContext) string {
	if u, err := url.Parse(strings.TrimSpace(base)); err == nil && strings.Trim(u.Path, "/") == "" {
		base = address(base) + "/zipkin"
	}
	return viewer(base, func(sc trace.SpanContext, _ time.Time) string {
		return "/traces/" + sc.TraceID().String()
	})
}

// Tempo is [Jaeger] for the page Explore of a Grafana at base, which finds traces in the Tempo data source with that
// UID, within an hour of the call.
func Tempo(base, datasourceUID string) func(trace.SpanContext) string {
	return viewer(base, func(sc trace.SpanContext, now time.Time) string {
		return "/explore?schemaVersion=1&panes=" + url.QueryEscape(object(map[string]any{
			"trace": map[string]any{
				"datasource": datasourceUID,
				"queries": []any{map[string]any{
					"refId":      "A",
					"datasource": map[string]any{"type": "tempo", "uid": datasourceUID},
					"queryType":  "traceql",
					"query":      sc.TraceID().String(),
				}},
				"range": map[string]any{"from": millis(now.Add(-window)), "to": millis(now.Add(window))},
			},
		}))
	})
}

// Datadog is [Jaeger] for a Datadog at base, such as https://app.datadoghq.com or https://app.datadoghq.eu. The link
// opens the trace at the span, near the time of the call.
// https://docs.datadoghq.com/tracing/guide/span_and_trace_id_format/
func Datadog(base string) func(trace.SpanContext) string {
	return viewer(base, func(sc trace.SpanContext, now time.Time) string {
		id := sc.SpanID()
		return "/apm/trace/" + sc.TraceID().String() + "?spanID=" + decimal(id[:]) + "&timeHint=" + millis(now)
	})
}

// NewRelic is [Jaeger] for a New Relic at base, such as https://one.newrelic.com or https://one.eu.newrelic.com. New
// Relic documents no address of one trace; the link opens its list of traces, filtered to this one, within an hour of
// the call.
func NewRelic(base string) func(trace.SpanContext) string {
	const page = "distributed-tracing-nerdlets.distributed-tracing"
	return viewer(base, func(sc trace.SpanContext, now time.Time) string {
		launcher := map[string]any{"timeRange": map[string]any{
			"begin_time": now.Add(-window).UnixMilli(), "end_time": now.Add(window).UnixMilli(), "duration": nil,
		}}
		pane := map[string]any{"nerdletId": page + "-launcher", "query": map[string]any{
			"operator":   "AND",
			"indexQuery": map[string]any{"conditionType": "INDEX", "operator": "AND", "conditions": []any{}},
			"spanQuery": map[string]any{"operator": "AND", "conditionSets": []any{map[string]any{
				"conditionType": "SPAN", "operator": "AND",
				"conditions": []any{map[string]any{"attr": "trace.id", "operator": "EQ", "value": sc.TraceID().String()}},
			}}},
		}}
		return "/launcher/" + page + "?launcher=" + inBase64(launcher) + "&pane=" + inBase64(pane)
	})
}

// Honeycomb is [Jaeger] for a team and environment of Honeycomb, with or without a data set, within an hour of the call:
//
//	span.Honeycomb("https://ui.honeycomb.io/acme/environments/prod")
//
// https://docs.honeycomb.io/investigate/collaborate/share-trace/
func Honeycomb(base string) func(trace.SpanContext) string {
	return viewer(base, func(sc trace.SpanContext, now time.Time) string {
		return "/trace?trace_id=" + sc.TraceID().String() + "&span=" + sc.SpanID().String() +
			"&trace_start_ts=" + seconds(now.Add(-window)) + "&trace_end_ts=" + seconds(now.Add(window))
	})
}

// object returns v as JSON. It holds strings, numbers, maps and lists only, which cannot fail.
func object(v map[string]any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func inBase64(v map[string]any) string {
	return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(object(v))))
}
