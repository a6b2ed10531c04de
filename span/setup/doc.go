// Package setup builds the OpenTelemetry tracing SDK from the OTEL_* variables,
// as a value ([New]) or as the globals ([Run]).
//
//	sdk, err := setup.Run(ctx, setup.WithServiceName("checkout"))
//	if err != nil {
//		slog.Warn("tracing", "error", err) // the SDK works all the same
//	}
//	defer sdk.Shutdown(shutdownContext)
//
// A wrong setting is a clear error and a working fallback, never a crash: New
// and Run return an SDK that works beside the error that says what is wrong.
// [WithStrict] makes it one that does nothing instead.
// Options win over variables, variables over defaults. An empty variable counts
// as not set.
//
// # Variables
//
// Read here:
//   - OTEL_SDK_DISABLED: true gives a no-op TracerProvider; the propagator and
//     the resource stay, so that traces pass through and lines carry their
//     service; default false.
//   - OTEL_TRACES_EXPORTER: a list of otlp, console (or stdout), none; each has
//     a batch processor of its own, unknown names are left out, empty ones
//     pass; default otlp.
//   - OTEL_PROPAGATORS: a list of tracecontext, baggage, none, and the names of
//     WithPropagator; the two are those of span.Propagator, unknown names are
//     left out, empty ones pass; default tracecontext,baggage.
//   - OTEL_TRACES_SAMPLER: always_on, always_off, traceidratio, and each with
//     parentbased_; WithSampler wins; default parentbased_always_on.
//   - OTEL_TRACES_SAMPLER_ARG: the share of traces from 0 to 1, for the
//     samplers with traceidratio; others pass over it; default 1.
//   - OTEL_BSP_SCHEDULE_DELAY: the longest wait for a batch to fill, in ms,
//     from 1 to a day; default 5000.
//   - OTEL_BSP_EXPORT_TIMEOUT: how long a batch may take, with all repetitions,
//     in ms, to a day; 0 is no limit; default 30000.
//   - OTEL_BSP_MAX_QUEUE_SIZE: spans that wait, from 1 to 16777216; more are
//     dropped; default 2048.
//   - OTEL_BSP_MAX_EXPORT_BATCH_SIZE: spans in a batch, from 1 to 16777216; no
//     more than the queue holds; default 512.
//   - OTEL_EXPORTER_OTLP_PROTOCOL (T): grpc, http/protobuf or http/json;
//     default http/protobuf.
//   - OTEL_EXPORTER_OTLP_TIMEOUT (T): how long one export may take, in ms, to a
//     day; 0 is no limit but that of OTEL_BSP_EXPORT_TIMEOUT; default 10000.
//   - OTEL_LOG_LEVEL: what WithLogger's logger is told: none and error silence
//     the warnings about lost spans; warn, info, debug and all do not; default
//     info.
//   - SPANLOG_TRACE_URL: where traces are seen, for the links on lines and of
//     span.URL: the address of a Jaeger, or a template with {trace_id},
//     {span_id}, {start_ms}, {end_ms}, {dd_trace_id}; WithTraceURL wins;
//     default no links.
//
// Read by the exporter, checked here:
//   - OTEL_EXPORTER_OTLP_ENDPOINT (T): where to send; the scheme, http or
//     https, wins over INSECURE; one that cannot be used leaves the exporter
//     out: nothing is sent where nobody asked for; default
//     http://localhost:4318, for gRPC http://localhost:4317.
//   - OTEL_EXPORTER_OTLP_HEADERS (T): headers of each request, as
//     name=value,name=value; values are never shown; one that cannot be parsed
//     or sent leaves the exporter out, but for empty members.
//   - OTEL_EXPORTER_OTLP_COMPRESSION (T): gzip or none; default none.
//   - OTEL_EXPORTER_OTLP_INSECURE (T): true sends without TLS where the
//     endpoint has no scheme; default false.
//   - OTEL_EXPORTER_OTLP_CERTIFICATE (T): a file with the certificates to
//     trust, in PEM; one that cannot be used, or is no regular file of up to 4
//     MiB, leaves the exporter out; default the system's.
//   - OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE (T): a file with the client's
//     certificate, in PEM; the same holds for it and its key.
//   - OTEL_EXPORTER_OTLP_CLIENT_KEY (T): a file with its key, in PEM.
//
// Read by the SDK, checked here: any integer:
//   - OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: characters of an attribute's value;
//     default none.
//   - OTEL_ATTRIBUTE_COUNT_LIMIT: attributes of a span; default 128.
//   - OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: wins over
//     OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT; default none.
//   - OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: wins over OTEL_ATTRIBUTE_COUNT_LIMIT;
//     default 128.
//   - OTEL_SPAN_EVENT_COUNT_LIMIT: events of a span; the log events among them
//     share it out, see below; default 128.
//   - OTEL_SPAN_LINK_COUNT_LIMIT: links of a span; default 128.
//   - OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: attributes of an event; default 128.
//   - OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: attributes of a link; default 128.
//
// Read by the SDK, checked here: what is not UTF-8 is replaced by U+FFFD:
//   - OTEL_SERVICE_NAME: the resource attribute service.name; default
//     unknown_service:<executable>.
//   - OTEL_RESOURCE_ATTRIBUTES: more attributes of the resource, as
//     key=value,key=value; a wrong member is left out, one with a bad % escape
//     is kept as it is.
//
// Not supported:
//   - OTEL_CONFIG_FILE: an error if it is set; the other variables are used.
//     Package go.opentelemetry.io/contrib/otelconf reads it.
//
// (T) stands for a second form OTEL_EXPORTER_OTLP_TRACES_ that wins.
//
// # Resource
//
// service.name (default unknown_service:<executable>), service.instance.id (a
// random UUID for each SDK), service.version (of the main module, if the build
// carries one), host.name, process.pid, container.id (where the control group
// names one by 64 digits) and telemetry.sdk.*. OTEL_RESOURCE_ATTRIBUTES wins over these,
// OTEL_SERVICE_NAME over that, [WithResource] and at last [WithServiceName]
// over everything.
//
// # Propagation
//
// tracecontext and baggage are those of span.Propagator, not those of package
// otel/propagation: they pass what the W3C's suite asserts. [WithRandomFlag]
// sets the random flag of Level 2 on new traces.
//
// # Log events
//
// The end of every span of the SDK is seen, whatever starts the span: package
// span, otelhttp, raw OpenTelemetry code. So the log events of a span keep its
// beginning, its warnings and its end: with the limit of 128, the first 64, 30
// more at Warn and above, and the newest of the others in all places that are
// free then. 126 calls lose nothing. All processors of the SDK are given the
// same span with its events in order of time; log.events.dropped is the exact
// number of those left out, and a part of the span's DroppedEvents. Other
// limits are divided in proportion; OTEL_SPAN_EVENT_COUNT_LIMIT below zero, for
// no limit, counts as 128.
//
// # Failures
//
// When no collector answers, or one refuses, the SDK tells its logger
// ([WithLogger], else slog.Default) in one line for each exporter, then at most
// once a minute, with the numbers; [SDK.Stats] has them at any time. Each failure is also
// returned, once, by the next [SDK.ForceFlush] or by [SDK.Shutdown]. None goes
// to OpenTelemetry's global error handler, which Run replaces by one that tells
// the same logger what others report there, in at most one line a minute. No call waits for a collector that
// hangs longer than its context: neither ending a span, which never waits, nor
// ForceFlush and Shutdown. What a collector asks to repeat (429, 502, 503, 504,
// Retry-After) is repeated within OTEL_BSP_EXPORT_TIMEOUT and the context.
//
// # Ordering and concurrency
//
// [SDK.Shutdown] runs the functions of [SDK.OnShutdown] in their order, then
// closes the intake, then flushes and stops all processors at once, all within
// its context, of whose time each function has a share. The intake is open
// while the functions run, because what they drain still makes spans: a server
// that is shut down there waits for requests, whose traces would lose their
// last spans. No link dies of that, since what is sampled until the intake is
// closed is flushed after it. From then on no span records and no line has a
// link.
//
// All methods may be called concurrently.
// Any number of SDKs may live in one process; none sees the others.
//
// # Limitations
//
//   - A span that is open when Shutdown is called is lost: the SDK exports only
//     what has ended.
//   - The batch processor drops spans when its queue is full. How many is
//     known only once Shutdown has emptied the queue, which then returns it as
//     an error.
//   - The exporter of a processor of [WithSpanProcessor] is not watched: its
//     failures go where that processor sends them, for a batch processor to
//     otel's global error handler; they are not counted in Stats.
//   - A processor that is registered on the SDK's provider later sees the plain
//     span: without the log events that were held back, unless package span
//     ends the span, and with a log.events.dropped that may be too low.
//   - Of the spans that log, 4,096 are remembered at a time. One that was
//     forgotten and logs again begins to count anew.
//   - A log call on a span that another goroutine is ending may be lost, and is
//     not counted then.
//   - Besides the error that New returns, the SDK prints a malformed
//     OTEL_TRACES_SAMPLER or OTEL_RESOURCE_ATTRIBUTES through otel's global
//     error handler, and the exporter prints an OTEL_EXPORTER_OTLP_TIMEOUT that
//     is no integer through otel's logger, which writes to standard error. It
//     prints neither headers nor endpoints nor names of files: with one that it
//     cannot use it is left out.
//   - The propagators b3, b3multi, jaeger, xray and ottrace need
//     [WithPropagator], the sampler jaeger_remote [WithSampler].
//   - User name and password in an endpoint's URL, and its query, are not sent:
//     the official exporters drop them. OTEL_EXPORTER_OTLP_HEADERS carries
//     credentials.
//   - A gRPC endpoint without a scheme uses TLS unless
//     OTEL_EXPORTER_OTLP_INSECURE is true, as the specification wants it.
package setup
