package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/internal/e2e/server"
)

const quickstartStream = "logs-quickstart-default"

// buildQuickstart builds the example from the checkout that this module stands in.
func buildQuickstart(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "quickstart")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "./examples/quickstart")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// runQuickstart runs the binary against the server at url.
func runQuickstart(t *testing.T, binary, url string, args ...string) (stdout, stderr string, exit int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "ELASTICSEARCH_URL="+url, "NO_COLOR=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

var lastLine = regexp.MustCompile(`(?m)^lines=(\d+) events=(\d+) spans=(\d+) documents=(\d+) services=3 traces=2 missing=0\n\z`)

func TestQuickstart(t *testing.T) {
	url := server.Shared(t).URL
	putLogsTemplate(t, url)
	stdout, stderr, exit := runQuickstart(t, buildQuickstart(t), url)
	last := lastLine.FindStringSubmatch(stdout)
	if exit != 0 || last == nil {
		t.Fatalf("exit status %d, last line matches %v:\n%s\n%s", exit, last != nil, stdout, stderr)
	}
	t.Logf("%s", strings.TrimSpace(last[0]))

	stored := readBack(t, url, quickstartStream, inOrder)
	if got := fmt.Sprint(len(stored)); got != last[4] || got == "0" {
		t.Errorf("the server holds %s documents, the quickstart counted %s", got, last[4])
	}
	checkDocuments(t, stored, stdout)
	again := readBack(t, url, quickstartStream, inOrder)
	if !slices.EqualFunc(stored, again, func(a, b document) bool { return a.ID == b.ID }) {
		t.Error("a second search returns another order")
	}
}

const inOrder = `[{"@timestamp":"asc"},{"event.sequence":"asc"}]`

// checkDocuments holds the documents to what the quickstart printed: its traces, its three services, a total order.
func checkDocuments(t *testing.T, stored []document, printed string) {
	t.Helper()
	traces, services, places := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, doc := range stored {
		var source map[string]any
		if err := json.Unmarshal(doc.Source, &source); err != nil {
			t.Fatal(err)
		}
		trace := field(source, "trace.id")
		if len(trace) != 32 || !strings.Contains(printed, trace) {
			t.Errorf("trace.id %q is not one of the printed: %s", trace, doc.Source)
		}
		if span := field(source, "span.id"); len(span) != 16 {
			t.Errorf("span.id %q: %s", span, doc.Source)
		}
		traces[trace]++
		services[field(source, "service.name")]++
		place := field(source, "@timestamp") + " " + field(source, "event.sequence")
		if places[place] {
			t.Errorf("two documents at %s: their order is chance", place)
		}
		places[place] = true
	}
	if len(traces) != 2 {
		t.Errorf("documents of %d traces, want 2: %v", len(traces), traces)
	}
	if len(services) != 3 || services["shop"] == 0 || services["payment"] == 0 || services["mail"] == 0 {
		t.Errorf("documents of services %v, want shop, payment and mail", services)
	}
}

// field reads a value by its path, whether its keys are dotted or nested; "" when it is not there.
func field(source map[string]any, path string) string {
	if value, ok := source[path]; ok {
		return fmt.Sprint(value)
	}
	for at := range len(path) {
		if path[at] != '.' {
			continue
		}
		if inner, ok := source[path[:at]].(map[string]any); ok {
			if value := field(inner, path[at+1:]); value != "" {
				return value
			}
		}
	}
	return ""
}

func TestQuickstartWithoutServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close() // now nobody listens there

	stdout, stderr, exit := runQuickstart(t, buildQuickstart(t), "http://"+address)
	if exit != 1 {
		t.Errorf("exit status %d, want 1", exit)
	}
	said := strings.TrimSpace(stderr)
	if said == "" || strings.Contains(said, "\n") || !strings.Contains(said, address) {
		t.Errorf("got %q on standard error, want one sentence with %s\n%s", said, address, stdout)
	}
}
