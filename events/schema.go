package events

// Schema is a set of names for the fields that spanlog writes.
type Schema uint8

const (
	// OTel is the form of the OpenTelemetry specification for trace context in logs of other formats: trace_id, span_id
	// and trace_flags at the root. All other names stay those of the logger.
	// https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
	OTel Schema = iota

	// ECS is the Elastic Common Schema: @timestamp, log.level, message, ecs.version, trace.id, span.id, error.*, dotted
	// keys at the root. A field of the user's that would collide with one of these goes to labels.<key> as a string, with
	// dots in the key as underscores. https://www.elastic.co/docs/reference/ecs
	ECS
)

// ecsVersion is the version of the Elastic Common Schema whose names are used.
const ecsVersion = "8.17.0"

// Names are the keys of the fields that spanlog writes. An empty name leaves the id out; an empty name of Time, Level or
// Message leaves the logger's own name.
type Names struct {
	TraceID    string // 32 lower-case hexadecimal digits
	SpanID     string // 16 lower-case hexadecimal digits
	TraceFlags string // 2 hexadecimal digits, 01 for a sampled span

	// Used by the New… functions only; Wrap leaves the names of the wrapped logger.
	Time    string
	Level   string
	Message string
}

func (s Schema) names() Names {
	if s == ECS {
		return Names{
			TraceID: "trace.id", SpanID: "span.id", TraceFlags: "trace_flags",
			Time: "@timestamp", Level: "log.level", Message: "message",
		}
	}
	return Names{TraceID: "trace_id", SpanID: "span_id", TraceFlags: "trace_flags"}
}

// ecsOwn are the names at the root that the bridges themselves may write under ECS.
var ecsOwn = map[string]bool{
	"@timestamp": true, "log.level": true, "message": true, "ecs.version": true, "log.logger": true,
	"log.origin.function": true, "log.origin.file.name": true, "log.origin.file.line": true,
	"error.message": true, "error.type": true, "error.stack_trace": true,
}

// ecsObjects are the roots that are objects in ECS: a scalar there would be refused by the index mapping.
var ecsObjects = map[string]bool{
	"service": true, "event": true, "trace": true, "log": true, "span": true, "host": true, "error": true, "ecs": true,
	"labels": true, "transaction": true, "process": true, "http": true, "url": true, "user": true, "client": true,
	"server": true, "source": true, "destination": true, "file": true, "agent": true, "data_stream": true,
}

// ecsResource maps names of OpenTelemetry resources to those of ECS where they differ.
// https://opentelemetry.io/docs/specs/semconv/registry/attributes/
var ecsResource = map[string]string{
	"service.instance.id":         "service.node.name",
	"deployment.environment.name": "service.environment",
}
