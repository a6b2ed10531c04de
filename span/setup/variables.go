package setup

// variable is one row of the table that doc.go shows and the tests walk.
type variable struct {
	name    string
	traces  bool // has a form OTEL_EXPORTER_OTLP_TRACES_ that wins
	kind    kind
	normal  string // what counts without it
	meaning string
}

// kind says who reads a variable, and what becomes of a value that makes no sense.
type kind string

const (
	kindOurs  kind = "read here"
	kindOTLP  kind = "read by the exporter, checked here"
	kindLimit kind = "read by the SDK, checked here: any integer"
	kindFree  kind = "read by the SDK, checked here: what is not UTF-8 is replaced by U+FFFD"
	kindNone  kind = "not supported"
)

// variables are all those of OpenTelemetry's table that apply to traces, and
// our own.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
func variables() []variable {
	return []variable{
		{"OTEL_SDK_DISABLED", false, kindOurs, "false",
			"true gives a no-op TracerProvider; the propagator and the resource stay, so that traces pass through and lines carry their service"},
		{"OTEL_SERVICE_NAME", false, kindFree, "unknown_service:<executable>",
			"the resource attribute service.name"},
		{"OTEL_RESOURCE_ATTRIBUTES", false, kindFree, "",
			"more attributes of the resource, as key=value,key=value; a wrong member is left out, one with a bad % escape is kept as it is"},
		{"OTEL_TRACES_EXPORTER", false, kindOurs, "otlp",
			"a list of otlp, console (or stdout), none; each has a batch processor of its own, unknown names are left out, empty ones pass"},
		{"OTEL_PROPAGATORS", false, kindOurs, "tracecontext,baggage",
			"a list of tracecontext, baggage, none, and the names of WithPropagator; the two are those of span.Propagator, unknown names are left out, empty ones pass"},
		{"OTEL_TRACES_SAMPLER", false, kindOurs, "parentbased_always_on",
			"always_on, always_off, traceidratio, and each with parentbased_; WithSampler wins"},
		{"OTEL_TRACES_SAMPLER_ARG", false, kindOurs, "1",
			"the share of traces from 0 to 1, for the samplers with traceidratio; others pass over it"},
		{"OTEL_BSP_SCHEDULE_DELAY", false, kindOurs, "5000",
			"the longest wait for a batch to fill, in ms, from 1 to a day"},
		{"OTEL_BSP_EXPORT_TIMEOUT", false, kindOurs, "30000",
			"how long a batch may take, with all repetitions, in ms, to a day; 0 is no limit"},
		{"OTEL_BSP_MAX_QUEUE_SIZE", false, kindOurs, "2048",
			"spans that wait, from 1 to 16777216; more are dropped"},
		{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", false, kindOurs, "512",
			"spans in a batch, from 1 to 16777216; no more than the queue holds"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL", true, kindOurs, "http/protobuf",
			"grpc, http/protobuf or http/json"},
		{"OTEL_EXPORTER_OTLP_TIMEOUT", true, kindOurs, "10000",
			"how long one export may take, in ms, to a day; 0 is no limit but that of OTEL_BSP_EXPORT_TIMEOUT"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", true, kindOTLP, "http://localhost:4318, for gRPC http://localhost:4317",
			"where to send; the scheme, http or https, wins over INSECURE; one that cannot be used leaves the exporter out: nothing is sent where nobody asked for"},
		{"OTEL_EXPORTER_OTLP_HEADERS", true, kindOTLP, "",
			"headers of each request, as name=value,name=value; values are never shown; one that cannot be parsed or sent leaves the exporter out, but for empty members"},
		{"OTEL_EXPORTER_OTLP_COMPRESSION", true, kindOTLP, "none",
			"gzip or none"},
		{"OTEL_EXPORTER_OTLP_INSECURE", true, kindOTLP, "false",
			"true sends without TLS where the endpoint has no scheme"},
		{"OTEL_EXPORTER_OTLP_CERTIFICATE", true, kindOTLP, "the system's",
			"a file with the certificates to trust, in PEM; one that cannot be used, or is no regular file of up to 4 MiB, leaves the exporter out"},
		{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", true, kindOTLP, "",
			"a file with the client's certificate, in PEM; the same holds for it and its key"},
		{"OTEL_EXPORTER_OTLP_CLIENT_KEY", true, kindOTLP, "",
			"a file with its key, in PEM"},
		{"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", false, kindLimit, "none", "characters of an attribute's value"},
		{"OTEL_ATTRIBUTE_COUNT_LIMIT", false, kindLimit, "128", "attributes of a span"},
		{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", false, kindLimit, "none", "wins over OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
		{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", false, kindLimit, "128", "wins over OTEL_ATTRIBUTE_COUNT_LIMIT"},
		{"OTEL_SPAN_EVENT_COUNT_LIMIT", false, kindLimit, "128", "events of a span; the log events among them share it out, see below"},
		{"OTEL_SPAN_LINK_COUNT_LIMIT", false, kindLimit, "128", "links of a span"},
		{"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", false, kindLimit, "128", "attributes of an event"},
		{"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", false, kindLimit, "128", "attributes of a link"},
		{"OTEL_CONFIG_FILE", false, kindNone, "",
			"an error if it is set; the other variables are used. Package go.opentelemetry.io/contrib/otelconf reads it"},
		{"OTEL_LOG_LEVEL", false, kindOurs, "info",
			"what WithLogger's logger is told: none and error silence the warnings about lost spans; warn, info, debug and all do not"},
		{"SPANLOG_TRACE_URL", false, kindOurs, "no links",
			"where traces are seen, for the links on lines and of span.URL: the address of a Jaeger, or a template with {trace_id}, {span_id}, {start_ms}, {end_ms}, {dd_trace_id}; WithTraceURL wins"},
	}
}

// checkOthers looks at the variables that nobody reads.
func (e *settings) checkOthers() {
	const name = "OTEL_CONFIG_FILE"
	if value := e.get(name); value != "" {
		e.wrong(name, value, "is not read here, but by go.opentelemetry.io/contrib/otelconf", "the other OTEL_* variables are used")
	}
}
