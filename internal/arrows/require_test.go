package arrows

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"
)

// allowed are the modules that the root go.mod may require directly: each is a lower bound on every user.
var allowed = []string{
	// tracing
	"go.opentelemetry.io/otel", "go.opentelemetry.io/otel/trace", "go.opentelemetry.io/otel/log", "go.opentelemetry.io/otel/metric",
	"go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/sdk/log",
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace",
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc", "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp",
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace",
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
	// loggers
	"go.uber.org/zap", "github.com/rs/zerolog",
	// Elasticsearch
	"github.com/elastic/go-elasticsearch/v8", "github.com/elastic/elastic-transport-go/v8",
	// gzip, back-off, rate limits, file lock, response-writer wrapping
	"github.com/klauspost/compress", "github.com/cenkalti/backoff/v5", "golang.org/x/time", "github.com/gofrs/flock", "github.com/felixge/httpsnoop",
	// is standard output a terminal (examples/quickstart)
	"golang.org/x/term",
}

// testOnly are patterns of what only tests may reach; their modules may be required too.
var testOnly = []string{"testing", "go.uber.org/goleak/...", "pgregory.net/rapid/...", "github.com/google/go-cmp/..."}

func TestRequires(t *testing.T) {
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []any
	}
	if err := json.Unmarshal([]byte(output(t, cmd)), &mod); err != nil {
		t.Fatal(err)
	}
	if len(mod.Require) == 0 {
		t.Fatal("go.mod requires nothing: it was not read")
	}
	for _, r := range mod.Require {
		if !r.Indirect && !slices.Contains(allowed, r.Path) && !matchesAny(r.Path, testOnly) {
			t.Errorf("go.mod requires %s, which the root module must not", r.Path)
		}
	}
	if len(mod.Replace) > 0 {
		t.Error("go.mod has a replace: users of the module would not get it")
	}
}
