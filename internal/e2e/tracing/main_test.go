package tracing

import (
	"os"
	"strings"
	"testing"
)

// TestMain lets the test binary be the child process of TestTerminated.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	os.Exit(m.Run())
}

// setEnvironment empties the OTEL_* variables of the machine, where empty counts as not set, and then sets its own.
func setEnvironment(t *testing.T, own map[string]string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); isTracing(name) {
			t.Setenv(name, "")
		}
	}
	for name, value := range own {
		t.Setenv(name, value)
	}
}

func isTracing(name string) bool {
	return strings.HasPrefix(name, "OTEL_") || strings.HasPrefix(name, "SPANLOG_TRACE") || strings.HasPrefix(name, "ELASTICSEARCH_")
}
