package events

import (
	"slices"
	"strings"
)

// Schema is a set of names for the fields that spanlog writes.
type Schema uint8

const (
	// OTel is the form of the OpenTelemetry specification for trace context in logs of other formats: trace_id, span_id
	// and trace_flags at the root. All other names stay those of the logger.
	// https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
	OTel Schema = iota

	// ECS is the Elastic Common Schema: @timestamp, log.level, message, ecs.version, trace.id, span.id, error.*, dotted
	// keys at the root. A field or group of the user's that would collide with one of these, have it inside, or stand below
	// it, goes to labels.<key> as a string, with dots in the key as underscores; a group that stays open is <name>_group.
	// https://www.elastic.co/docs/reference/ecs
	ECS

	// Datadog writes dd.trace_id (32 hexadecimal digits), dd.span_id (decimal), status, message, and dd.service, dd.env
	// and dd.version from the resource. https://docs.datadoghq.com/tracing/other_telemetry/connect_logs_and_traces/
	Datadog

	// GCP writes logging.googleapis.com/trace, …/spanId and …/trace_sampled, severity and message.
	// https://cloud.google.com/logging/docs/structured-logging
	GCP
)

// ecsVersion is the version of the Elastic Common Schema whose names are used.
const ecsVersion = "8.17.0"

// Names are the keys of the fields that spanlog writes. An empty name leaves the id out; an empty name of Time, Level or
// Message leaves the logger's own name. Of two equal names the later one is left out.
type Names struct {
	TraceID    string // 32 lower-case hexadecimal digits
	SpanID     string // 16 lower-case hexadecimal digits
	TraceFlags string // 2 hexadecimal digits, 01 for a sampled span

	// Used by the New… functions only; Wrap leaves the names of the wrapped logger.
	Time    string
	Level   string
	Message string
}

// distinct returns the names without an id that has the name of another field: the line would have the key twice.
func (n Names) distinct() Names {
	seen := []string{n.Time, n.Level, n.Message, ""}
	for _, id := range []*string{&n.TraceID, &n.SpanID, &n.TraceFlags} {
		if slices.Contains(seen, *id) {
			*id = ""
		}
		seen = append(seen, *id)
	}
	return n
}

func (s Schema) names() Names {
	switch s {
	case ECS:
		return Names{
			TraceID: "trace.id", SpanID: "span.id", TraceFlags: "trace_flags",
			Time: "@timestamp", Level: "log.level", Message: "message",
		}
	case Datadog:
		return Names{TraceID: "dd.trace_id", SpanID: "dd.span_id", Time: "timestamp", Level: "status", Message: "message"}
	case GCP:
		const prefix = "logging.googleapis.com/"
		return Names{
			TraceID: prefix + "trace", SpanID: prefix + "spanId", TraceFlags: prefix + "trace_sampled",
			Time: "time", Level: "severity", Message: "message",
		}
	}
	return Names{TraceID: "trace_id", SpanID: "span_id", TraceFlags: "trace_flags"}
}

// levelText is a level on a line of ours: the library's name in capitals turned into the schema's. Empty: the library's
// own form stays.
func (s Schema) levelText(severity string) string {
	switch s {
	case ECS, Datadog:
		return strings.ToLower(severity)
	case GCP:
		return gcpSeverity(severity)
	}
	return ""
}

// gcpSeverity is the nearest of the severities that Cloud Logging has.
// https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity
func gcpSeverity(severity string) string {
	name, _, _ := strings.Cut(severity, "+")
	name, _, _ = strings.Cut(name, "-")
	switch name {
	case "TRACE", "DEBUG":
		return "DEBUG"
	case "WARN":
		return "WARNING"
	case "ERROR":
		return "ERROR"
	case "DPANIC":
		return "CRITICAL"
	case "PANIC":
		return "ALERT"
	case "FATAL":
		return "EMERGENCY"
	}
	return "INFO"
}

// ecsOwn are the names at the root that the bridges themselves may write under ECS.
var ecsOwn = []string{
	"@timestamp", "log.level", "message", "ecs.version", "log.logger",
	"log.origin.function", "log.origin.file.name", "log.origin.file.line",
	"error.message", "error.type", "error.stack_trace", "event.url",
}

// ecsObjects are the roots that are objects in ECS: a scalar there would be refused by the index mapping.
var ecsObjects = []string{
	"agent", "client", "cloud", "container", "data_stream", "destination", "device",
	"dll", "dns", "ecs", "email", "error", "event", "faas", "file", "group",
	"host", "http", "labels", "log", "network", "observer", "orchestrator",
	"organization", "package", "process", "registry", "related", "rule", "server",
	"service", "source", "span", "threat", "tls", "trace", "transaction", "url",
	"user", "user_agent", "volume", "vulnerability",
}

// resourceName is the name of an attribute of an OpenTelemetry resource under the schema.
// https://opentelemetry.io/docs/specs/semconv/registry/attributes/
func (s Schema) resourceName(key string) string {
	switch s {
	case ECS:
		switch key {
		case "service.instance.id":
			return "service.node.name"
		case "deployment.environment.name":
			return "service.environment"
		}
	case Datadog:
		switch key {
		case "service.name":
			return "dd.service"
		case "deployment.environment.name":
			return "dd.env"
		case "service.version":
			return "dd.version"
		}
	}
	return key
}
