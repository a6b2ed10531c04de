// Command quickstart shows the whole path once: a checkout as three services that talk HTTP on loopback. One request
// succeeds and one is declined. It prints what the loggers wrote, each trace as a waterfall with its log lines in
// place, and what Elasticsearch holds of the declined one; then it counts whether anything is missing.
//
//	go run ./examples/quickstart
//
// It needs nothing: Elasticsearch is an in-process one for tests. With real servers:
//
//	ELASTICSEARCH_URL            the server that gets the lines; ELASTICSEARCH_API_KEY if it wants a key
//	OTEL_EXPORTER_OTLP_ENDPOINT  a collector or Jaeger that gets the spans as well
//	SPANLOG_TRACE_URL            the trace view: the address of a Jaeger, or a template with {trace_id} and {span_id}
//	KIBANA_URL                   the address of Kibana
//	NO_COLOR                     no colours; there are none either when the output is not a terminal
//
// The flag -requests N sends N requests; every second one is declined.
//
// The services are in shop.go (slog), payment.go (zap) and mail.go (zerolog): these show how spanlog is used. What they
// have in common is in service.go; the other files look at the result.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	c := configFromEnvironment()
	flag.IntVar(&c.requests, "requests", 2, "how many checkouts; every second one is declined")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "quickstart: %q is not understood: the only flag is -requests N\n", flag.Arg(0))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, c); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}
