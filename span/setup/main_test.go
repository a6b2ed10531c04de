package setup

import (
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// The examples run under no variable of the machine either.
func TestMain(m *testing.M) {
	for _, name := range names() {
		_ = os.Unsetenv(name)
	}
	goleak.VerifyTestMain(m)
}

// environment sets the given variables and no other OTEL_ variable. An empty
// one counts as not set.
func environment(t *testing.T, pairs ...string) {
	t.Helper()
	for _, name := range names() {
		t.Setenv(name, "")
	}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
}

// names returns the OTEL_ variables that are set.
func names() (found []string) {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "OTEL_") {
			found = append(found, name)
		}
	}
	return found
}
