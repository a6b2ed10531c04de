package main

import (
	"io"
	"os"
	"strings"
)

// config is what the environment and the flags say.
type config struct {
	requests      int
	elasticsearch string // address; empty: an in-process one
	apiKey        string
	traceURL      string
	kibana        string
	export        bool // spans also go where the OTEL_* variables say
	color         bool

	shipTo func(io.Writer) io.Writer // tests put a faulty writer before the shipper; nil: none
}

func configFromEnvironment() config {
	return config{
		elasticsearch: strings.TrimRight(os.Getenv("ELASTICSEARCH_URL"), "/"),
		apiKey:        os.Getenv("ELASTICSEARCH_API_KEY"),
		traceURL:      os.Getenv("SPANLOG_TRACE_URL"),
		kibana:        strings.TrimRight(os.Getenv("KIBANA_URL"), "/"),
		export:        anySet("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"),
		color:         os.Getenv("NO_COLOR") == "" && isTerminal(os.Stdout),
	}
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
