package arrows

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/spanlog/spanlog"
	root   = "../.."
)

// graph maps an import path to what it imports, tests left out.
type graph map[string][]string

// packages returns the packages of the root module, as paths within it, sorted.
func (g graph) packages() []string {
	var paths []string
	for path := range g {
		if rel, ok := strings.CutPrefix(path, module+"/"); ok {
			paths = append(paths, rel)
		}
	}
	slices.Sort(paths)
	return paths
}

// chain returns the shortest import chain that starts at from and ends at a package that bad accepts, or nil.
// It does not go on below a package that stop accepts.
func (g graph) chain(from string, bad, stop func(string) bool) []string {
	queue, seen := [][]string{{from}}, map[string]bool{from: true}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		for _, next := range g[path[len(path)-1]] {
			if seen[next] {
				continue
			}
			seen[next] = true
			longer := append(slices.Clip(path), next)
			if bad(next) {
				return longer
			}
			if !stop(next) {
				queue = append(queue, longer)
			}
		}
	}
	return nil
}

// load asks go list for the imports of everything that the root module's packages are built from.
func load(t *testing.T) graph {
	t.Helper()
	touchSources(t)
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out := output(t, cmd)
	g := graph{}
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return g
		} else if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p.Imports
	}
}

// touchSources lists every folder of the module. go test then knows that the result depends on their files, which
// only go list reads, and does not answer from its cache after a change.
func touchSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// output runs cmd and returns what it prints.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	return string(out)
}
