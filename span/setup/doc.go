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
// Options win over variables, variables over defaults. An empty variable counts
// as not set.
//
// # Variables
//
// Read here:
//   - OTEL_SDK_DISABLED: "true" gives a no-op TracerProvider; the propagator
//     and the resource stay, so that traces pass through and lines carry their
//     service.
//   - OTEL_TRACES_EXPORTER: a list of otlp, console (or stdout), none; default
//     otlp. Each gets a batch processor of its own. Unknown names are left out.
//   - OTEL_EXPORTER_OTLP_PROTOCOL: grpc, http/protobuf, http/json; default
//     http/protobuf.
//   - OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: always_on, always_off,
//     traceidratio, and each with parentbased_; default parentbased_always_on.
//   - OTEL_PROPAGATORS: a list of tracecontext, baggage, none; default
//     tracecontext,baggage.
//   - OTEL_BSP_SCHEDULE_DELAY, OTEL_BSP_EXPORT_TIMEOUT, OTEL_BSP_MAX_QUEUE_SIZE,
//     OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 5000 ms, 30000 ms, 2048 and 512 spans.
//   - OTEL_EXPORTER_OTLP_TIMEOUT: 10000 ms; 0 means no limit but that of
//     OTEL_BSP_EXPORT_TIMEOUT.
//   - SPANLOG_TRACE_URL: where traces are seen, for the links on lines and of
//     span.URL: the address of a Jaeger, or a template with {trace_id},
//     {span_id}, {start_ms}, {end_ms}, {dd_trace_id}. [WithTraceURL] wins.
//
// Read by the SDK and its exporters, and checked here, because they pass over
// what they cannot use:
//   - OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _COMPRESSION, _INSECURE,
//     _CERTIFICATE, _CLIENT_CERTIFICATE, _CLIENT_KEY. The endpoint defaults to
//     http://localhost:4318, for gRPC to http://localhost:4317. One that cannot
//     be used leaves the exporter out: nothing is sent where nobody asked for.
//     Its scheme, http or https, wins over _INSECURE.
//   - OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT, OTEL_ATTRIBUTE_COUNT_LIMIT, the two of
//     the same name with OTEL_SPAN_, OTEL_SPAN_EVENT_COUNT_LIMIT,
//     OTEL_SPAN_LINK_COUNT_LIMIT, OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT,
//     OTEL_LINK_ATTRIBUTE_COUNT_LIMIT.
//   - OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME.
//
// Every OTEL_EXPORTER_OTLP_ variable has a form OTEL_EXPORTER_OTLP_TRACES_ that
// wins over it.
//
// # Resource
//
// service.name (default unknown_service:<executable>), service.instance.id (a
// random UUID for each SDK), service.version (of the main module, if the build
// carries one) and telemetry.sdk.*. OTEL_RESOURCE_ATTRIBUTES wins over these,
// OTEL_SERVICE_NAME over that, [WithResource] and at last [WithServiceName]
// over everything.
//
// # Ordering and concurrency
//
// [SDK.Shutdown] runs the functions of [SDK.OnShutdown] in their order, then
// closes the intake, then flushes and stops all processors at once, each step
// bounded by its context. All methods may be called concurrently.
// Any number of SDKs may live in one process; none sees the others.
//
// # Limitations
//
//   - A span that is open when Shutdown is called is lost: the SDK exports only
//     what has ended.
//   - The batch processor drops spans when its queue is full, and says so
//     nowhere but in the SDK's own debug log.
//   - Export errors go to otel's global error handler, which prints them; when
//     no collector answers, it does so again for every batch.
//   - Besides the error that New returns, the SDK prints a malformed
//     OTEL_TRACES_SAMPLER or OTEL_RESOURCE_ATTRIBUTES through that handler, and
//     the exporters print a malformed member of OTEL_EXPORTER_OTLP_HEADERS, with
//     its text, through otel's logger, which writes to standard error.
//   - A value in OTEL_RESOURCE_ATTRIBUTES with a bad % escape is kept as it is,
//     without an error of New.
//   - The propagators b3, b3multi, jaeger, xray and ottrace, the sampler
//     jaeger_remote and OTEL_CONFIG_FILE are not supported.
//   - User name and password in an endpoint's URL, and its query, are not sent:
//     the official exporters drop them. OTEL_EXPORTER_OTLP_HEADERS carries
//     credentials.
//   - A gRPC endpoint without a scheme uses TLS unless
//     OTEL_EXPORTER_OTLP_INSECURE is true, as the specification wants it.
package setup
