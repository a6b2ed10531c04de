// Package testenv gives the tests of this repository the environment of a machine on which nothing is set.
package testenv

import (
	"os"
	"strings"
)

// Clear unsets the variables that OpenTelemetry, this project and its examples read, for this process and its children:
// OTEL_*, ELASTICSEARCH_*, SPANLOG_TRACE_URL and KIBANA_URL. A TestMain calls it before anything reads them.
func Clear() {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); isRead(name) {
			_ = os.Unsetenv(name)
		}
	}
}

func isRead(name string) bool {
	switch name {
	case "SPANLOG_TRACE_URL", "KIBANA_URL":
		return true
	}
	return strings.HasPrefix(name, "OTEL_") || strings.HasPrefix(name, "ELASTICSEARCH_")
}
