package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the folder of the module.
const root = "../.."

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks returns the fenced blocks of README.md in a language.
func blocks(t *testing.T, language string) (found []string) {
	t.Helper()
	fence := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$")
	for _, m := range fence.FindAllStringSubmatch(readme(t), -1) {
		found = append(found, m[1])
	}
	if len(found) == 0 {
		t.Fatalf("README.md has no block of %s", language)
	}
	return found
}

func TestSnippets(t *testing.T) {
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	flat := trimmed(string(source))
	for _, block := range blocks(t, "go") {
		if !strings.Contains(flat, trimmed(block)) {
			t.Errorf("no example of this package has the snippet\n%s", block)
		}
	}
}

func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// output returns the block of README.md that follows the command.
func output(t *testing.T, command string) string {
	t.Helper()
	for _, block := range blocks(t, "console") {
		if rest, ok := strings.CutPrefix(block, "$ "+command+"\n"); ok {
			return rest
		}
	}
	t.Fatalf("README.md does not show %q", command)
	return ""
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...) // it may have all packages to compile first
	cmd.Dir = root
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "OTEL_") && !strings.HasPrefix(v, "ELASTICSEARCH_") && !strings.HasPrefix(v, "SPANLOG_") && !strings.HasPrefix(v, "KIBANA_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, stderr.String())
	}
	return string(out)
}

// varying is what differs from run to run: ids, times and durations, and the bars, which are durations drawn.
var varying = []struct {
	pattern *regexp.Regexp
	stand   string
}{
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "<trace id>"},
	{regexp.MustCompile(`\b[0-9a-f]{16}\b`), "<span id>"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT[0-9:.]+Z`), "<time>"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\.\d+\b`), "<time>"},
	{regexp.MustCompile(` +\+?\d+\.\d ms`), " <duration>"},
	{regexp.MustCompile(` +[█◆]+`), " <bar>"},
	{regexp.MustCompile(`\t(\(cached\)|\d+\.\d+s)`), "\t<duration>"},
}

func normal(text string) string {
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.stand)
	}
	return text
}

// README.md shows the output of the quickstart from the trace of the failed request to the end, without a gap.
func TestQuickstartOutput(t *testing.T) {
	want := normal(output(t, "go run ./examples/quickstart"))
	got := normal(run(t, "go", "run", "./examples/quickstart"))
	mark := "trace <trace id>\nfailed: "
	_, end, found := strings.Cut(got, mark)
	if !found {
		t.Fatalf("the output has no failed trace:\n%s", got)
	}
	got = mark + end
	if want = strings.TrimPrefix(want, "…\n"); got != want {
		t.Errorf("README.md shows\n%s\nand the command prints\n%s", want, got)
	}
}

// The other command cannot be run in itself: what it prints is one line for each package, of which README.md shows the
// first and the last.
func TestTestOutput(t *testing.T) {
	var want strings.Builder
	for line := range strings.Lines(run(t, "go", "list", "-f", "{{.ImportPath}} {{len .TestGoFiles}} {{len .XTestGoFiles}}", "./...")) {
		path, tests, _ := strings.Cut(strings.TrimSpace(line), " ")
		if tests == "0 0" {
			want.WriteString("?   \t" + path + "\t[no test files]\n")
		} else {
			want.WriteString("ok  \t" + path + "\t<duration>\n")
		}
	}
	begin, end, gap := strings.Cut(normal(output(t, "go test ./...")), "…\n")
	if !gap || begin == "" || end == "" || !strings.HasPrefix(want.String(), begin) || !strings.HasSuffix(want.String(), end) {
		t.Errorf("README.md shows\n%s…\n%s\nand the command prints\n%s", begin, end, want.String())
	}
}

func TestLength(t *testing.T) {
	if n := strings.Count(readme(t), "\n"); n > 150 {
		t.Errorf("README.md has %d lines, want at most 150", n)
	}
}

func TestLinksOfTheReadme(t *testing.T) {
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(readme(t), -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("README.md leads to %s: %v", m[1], err)
		}
	}
}
