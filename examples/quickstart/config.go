package main

import (
	"io"
	"os"
	"strings"
)

// config is what the environment and the flags say.
type config struct {
	requests      int
	elasticsearch []string // addresses; none: an in-process one
	apiKey        string
	traceURL      string
	kibana        string
	export        bool // spans also go where the OTEL_* variables say
	color         bool

	shipTo func(io.Writer) io.Writer // tests put a faulty writer before the shipper; nil: none
}

func configFromEnvironment() config {
	return config{
		elasticsearch: addresses(os.Getenv("ELASTICSEARCH_URL")),
		apiKey:        os.Getenv("ELASTICSEARCH_API_KEY"),
		traceURL:      os.Getenv("SPANLOG_TRACE_URL"),
		kibana:        strings.TrimRight(os.Getenv("KIBANA_URL"), "/"),
		export:        exports(),
		color:         os.Getenv("NO_COLOR") == "" && isTerminal(os.Stdout),
	}
}

// addresses splits the list that elk accepts too.
func addresses(list string) (all []string) {
	for _, a := range strings.Split(list, ",") {
		if a = strings.TrimRight(strings.TrimSpace(a), "/"); a != "" {
			all = append(all, a)
		}
	}
	return all
}

// exports reports whether the OTEL_* variables send spans somewhere from where a trace view can have them.
func exports() bool {
	exporter := os.Getenv("OTEL_TRACES_EXPORTER")
	return anySet("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") && (exporter == "" || strings.Contains(exporter, "otlp"))
}

func anySet(names ...string) bool {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
