package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spanlog/spanlog/internal/bridgetest"
)

const suite = "./internal/bridgetest"

// module is a copy of the module in a temporary folder, so that the files may change under us while we run.
type module struct{ root, temp string }

// copyModule copies the Go files and go.mod of the module around the working folder; nested modules stay out.
func copyModule() (module, error) {
	gomod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return module{}, fmt.Errorf("go env GOMOD: %w", err)
	}
	from := filepath.Dir(strings.TrimSpace(string(gomod)))
	temp, err := os.MkdirTemp("", "spanlog-mutants-")
	if err != nil {
		return module{}, err
	}
	c := module{root: filepath.Join(temp, "module"), temp: temp}
	if err := copyTree(from, c.root); err != nil {
		c.remove()
		return module{}, err
	}
	return c, nil
}

func (c module) remove() { _ = os.RemoveAll(c.temp) }

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if rel != "." && foreign(name) {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !d.Type().IsRegular() || !strings.HasSuffix(rel, ".go") && rel != "go.mod" && rel != "go.sum" {
			return nil
		}
		return copyFile(name, filepath.Join(to, rel))
	})
}

// foreign reports whether the folder is hidden or a module of its own.
func foreign(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil || strings.HasPrefix(filepath.Base(folder), ".")
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// overlay writes the mutated file beside the copy and returns the name of a file for go's -overlay flag, so that
// several mutants can be tried on one copy at a time.
func (c module) overlay(m bridgetest.Mutant) (string, error) {
	name := filepath.Join(c.root, filepath.FromSlash(m.File))
	source, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.Old); n != 1 {
		return "", fmt.Errorf("%q stands %d times in %s, want once", m.Old, n, m.File)
	}
	folder, err := os.MkdirTemp(c.temp, "mutant-")
	if err != nil {
		return "", err
	}
	mutated := filepath.Join(folder, "mutated.go")
	if err := os.WriteFile(mutated, []byte(strings.Replace(string(source), m.Old, m.New, 1)), 0o644); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {name: mutated}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(folder, "overlay.json")
	return list, os.WriteFile(list, text, 0o644)
}

// failing runs the rows of the pattern and returns those that fail. It is an error if they could not be run at all.
func (c module) failing(ctx context.Context, overlay, pattern string) (failures, error) {
	args := []string{"test", "-count=1", "-vet=off", "-timeout=60s", "-v", "-run", pattern}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, suite)...)
	cmd.Dir = c.root
	out, err := cmd.CombinedOutput()
	failing := parse(string(out))
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return nil, err
	case strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]"):
		return nil, fmt.Errorf("does not compile: %s", out)
	case !strings.Contains(string(out), "=== RUN   TestContract/"):
		return nil, fmt.Errorf("no row was run: %s", out)
	case err != nil && len(failing) == 0:
		return nil, fmt.Errorf("the run ended without a verdict: %s", out)
	}
	return failing, nil
}

// failures are the rows that failed, each as flavour/row.
type failures map[string]bool

var failed = regexp.MustCompile(`--- FAIL: TestContract/([^/\s]+/[^/\s]+) `)

func parse(output string) failures {
	f := failures{}
	for _, match := range failed.FindAllStringSubmatch(output, -1) {
		f[match[1]] = true
	}
	return f
}

func (f failures) names() (all []string) {
	for name := range f {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// newIn reports whether the row fails in a flavour of the bridge where it did not fail before.
func (f failures) newIn(before failures, bridge, row string) bool {
	for name := range f {
		if strings.HasPrefix(name, bridge+"-") && strings.HasSuffix(name, "/"+row) && !before[name] {
			return true
		}
	}
	return false
}
