package bridgetest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var quoted = regexp.MustCompile("`([^`]+)`")

// TestReadme fails when a table of the README names a row or a test that there is no more.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(text), "## The peers' bugs")
	known, n := map[string]bool{}, 0
	for _, r := range rows() {
		known[r.name] = true
	}
	for line := range strings.Lines(tables) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		for _, match := range quoted.FindAllStringSubmatch(line, -1) {
			n++
			if name := match[1]; !known[name] && !isTest(t, name) {
				t.Errorf("%s is neither a row nor a test: %s", name, strings.TrimSpace(line))
			}
		}
	}
	if n < 100 {
		t.Errorf("got %d names, want a table of them", n)
	}
}

// isTest reports whether name is a test of a package, with the package's folder before it.
func isTest(t *testing.T, name string) bool {
	folder, test, ok := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*_test.go"))
	if !ok || err != nil {
		return false
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+test+"(") {
			return true
		}
	}
	return false
}
