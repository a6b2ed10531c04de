// Package tracing runs the tracing half of spanlog against a real Jaeger and a real OpenTelemetry Collector: its tests
// send spans with package setup, and read them back through Jaeger's query API.
//
// Package server builds both from internal/tools into its cache folder, once. SPANLOG_E2E_BUILD (15m) is the time for the
// builds, all together; when it is used up, the tests are skipped and say so. A build that the test binary's own -timeout
// ends begins almost where it stopped, since Go's build cache keeps what was compiled.
package tracing
