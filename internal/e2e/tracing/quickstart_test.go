package tracing

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/internal/e2e/server"
)

// TestQuickstart holds what the quickstart printed to what Jaeger has.
func TestQuickstart(t *testing.T) {
	jaeger := server.RunJaeger(t)
	setEnvironment(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": jaeger.HTTP, "SPANLOG_TRACE_URL": jaeger.URL, "NO_COLOR": "1"})
	printed := quickstart(t)

	waterfalls := printedWaterfalls(printed)
	if len(waterfalls) != 2 {
		t.Fatalf("%d traces are printed, want 2:\n%s", len(waterfalls), printed)
	}
	links := linked.FindAllStringSubmatch(printed, -1)
	if len(links) != 2 {
		t.Fatalf("%d links are printed, want 2:\n%s", len(links), printed)
	}
	for i, w := range waterfalls {
		spans := readBack(t, jaeger.URL, w.id)
		if got := drawn(spans); !slices.Equal(got, w.rows) {
			t.Errorf("trace %s: Jaeger has\n%s\nprinted was\n%s", w.id, strings.Join(got, "\n"), strings.Join(w.rows, "\n"))
		}
		checkLink(t, jaeger.URL, links[i][1], w.id)
	}
	checkLines(t, printed, links[0][1], links[1][1])
}

// checkLines expects the link to its trace on every line.
func checkLines(t *testing.T, printed string, links ...string) {
	t.Helper()
	lines := strings.Count(printed, `"@timestamp":`)
	urls := lineURL.FindAllStringSubmatch(printed, -1)
	if lines == 0 || len(urls) != lines {
		t.Errorf("%d of %d lines have an event.url", len(urls), lines)
	}
	for _, url := range urls {
		if !slices.Contains(links, url[1]) {
			t.Errorf("event.url %s is not one of the links %v", url[1], links)
		}
	}
}

// quickstart builds the example from the checkout that this module stands in, runs it, and returns what it printed.
func quickstart(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "quickstart")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "./examples/quickstart")
	build.Dir = filepath.Join("..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, binary)
	var stdout, stderr bytes.Buffer
	run.Stdout, run.Stderr = &stdout, &stderr
	if err := run.Run(); err != nil || stderr.Len() > 0 {
		t.Fatalf("%v\n%s\n%s", err, &stderr, &stdout)
	}
	return stdout.String()
}

var (
	heading = regexp.MustCompile(`^trace ([0-9a-f]{32})$`)
	lineURL = regexp.MustCompile(`"event.url":"([^"]*)"`)
	linked  = regexp.MustCompile(`(?m)^trace view: (\S+)$`)
)

// waterfall is a trace as it was printed.
type waterfall struct {
	id   string
	rows []string // the line below the heading, then service, name and time of each row, without the bars
}

// The columns of a row: service, name, bar, time.
const (
	nameAt = 8 + 1
	barAt  = nameAt + 34 + 1
	timeAt = barAt + 45 + 1
)

func printedWaterfalls(text string) (all []waterfall) {
	within := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := heading.FindStringSubmatch(line); m != nil {
			all, within = append(all, waterfall{id: m[1]}), true
			continue
		}
		if within = within && !strings.HasPrefix(line, "widest bar: "); within {
			last := &all[len(all)-1]
			last.rows = append(last.rows, withoutBar(line))
		}
	}
	return all
}

func withoutBar(line string) string {
	r := []rune(line)
	if len(r) <= timeAt || line[0] != ' ' && len(r) > 100 {
		return line // the verdict
	}
	return string(r[:barAt]) + string(r[timeAt:])
}

// drawn makes the same rows of what Jaeger has.
func drawn(spans []found) (rows []string) {
	for _, s := range spans {
		if s.Parent == "" {
			return append([]string{verdict(s)}, branch(spans, s, s.Start, 0)...)
		}
	}
	return nil
}

func verdict(root found) string {
	if root.Status == 2 {
		return cut("failed: "+root.Message, 100)
	}
	return "ok"
}

// branch draws a span, its events in order of time, and what is below it.
func branch(spans []found, s found, start time.Time, depth int) (rows []string) {
	name := strings.Repeat("  ", depth) + s.Name
	if s.Kind == 3 {
		name += " (client)"
	}
	if s.Status == 2 {
		name += " ✗"
	}
	rows = append(rows, row(s.Resource["service.name"], name, milliseconds(s.End.Sub(s.Start))))
	for _, e := range slices.SortedStableFunc(slices.Values(s.Events), func(a, b foundEvent) int { return a.Time.Compare(b.Time) }) {
		text := strings.Repeat("  ", depth+1) + "· " + e.Name
		if reason, ok := e.Values["exception.message"]; ok {
			text += fmt.Sprintf(": %v", reason)
		}
		rows = append(rows, row("", text, "+"+milliseconds(e.Time.Sub(start))))
	}
	for _, below := range spans {
		if below.Parent == s.ID {
			rows = append(rows, branch(spans, below, start, depth+1)...)
		}
	}
	return rows
}

func row(service any, name, time string) string {
	return fmt.Sprintf("%-8s %-34s %10s", service, cut(name, 34), time)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// checkLink expects the link to be Jaeger's page of the trace, and the trace to be there.
func checkLink(t *testing.T, jaeger, link, id string) {
	t.Helper()
	if link != jaeger+"/trace/"+id {
		t.Errorf("the link is %s, want Jaeger's page of trace %s", link, id)
	}
	if status, _ := ask(t, link); status != http.StatusOK {
		t.Errorf("%s: status %d", link, status)
	}
	// What the page asks for.
	if status, body := ask(t, jaeger+"/api/traces/"+id); status != http.StatusOK || !bytes.Contains(body, []byte(`"traceID":"`+id+`"`)) {
		t.Errorf("%s leads nowhere: status %d", link, status)
	}
}
