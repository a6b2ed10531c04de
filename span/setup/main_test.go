package setup

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.uber.org/goleak"

	"github.com/spanlog/spanlog/internal/testenv"
)

// The examples run under no variable of the machine either.
func TestMain(m *testing.M) {
	testenv.Clear()
	otel.SetErrorHandler(&handled)
	goleak.VerifyTestMain(m)
}

// handled stands for OpenTelemetry's global error handler, which nothing of ours
// sets. It keeps the errors of failed exports.
var handled exportErrors

type exportErrors struct {
	mu   sync.Mutex
	seen []string
}

func (h *exportErrors) Handle(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if text := err.Error(); strings.Contains(text, "export") || errors.Is(err, errRefused) {
		h.seen = append(h.seen, text)
	}
}

// wantNoneHandled asserts that no failed export has come to the global handler.
func wantNoneHandled(t *testing.T) {
	t.Helper()
	handled.mu.Lock()
	defer handled.mu.Unlock()
	if len(handled.seen) > 0 {
		t.Errorf("OpenTelemetry's global error handler got %q", handled.seen)
	}
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
