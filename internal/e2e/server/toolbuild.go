package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// ErrNotBuilt is the reason to skip: the time for building a server was used up.
var ErrNotBuilt = errors.New("server: not built")

// defaultBuildLimit is for what SPANLOG_E2E_BUILD does not say: three times what doc.go tells of cold builds.
const defaultBuildLimit = 15 * time.Minute

// buildDeadline is when the builds of this process, all together, must have ended: a limit after the first began.
var buildDeadline = sync.OnceValues(func() (time.Time, error) {
	limit, err := buildLimit(os.Getenv("SPANLOG_E2E_BUILD"))
	return time.Now().Add(limit), err
})

func buildLimit(text string) (time.Duration, error) {
	if text == "" {
		return defaultBuildLimit, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit < 0 {
		return 0, fmt.Errorf("server: SPANLOG_E2E_BUILD is %q: a duration like 15m is needed, 0s for no build", text)
	}
	return limit, nil
}

// folder finds the tool's module in the checkout that we run in.
func (t tool) folder() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		folder := filepath.Join(dir, "internal", "tools", t.name)
		if isDir(folder) {
			return folder, nil
		}
		if dir == filepath.Dir(dir) {
			err = errors.New("not in a folder of the checkout")
		}
		dir = filepath.Dir(dir)
	}
	return "", fmt.Errorf("server: no internal/tools/%s: %w", t.name, err)
}

// sources are the module's files for the build, and a name that changes with them.
func (t tool) sources() (files map[string][]byte, version string, err error) {
	folder, err := t.folder()
	if err != nil {
		return nil, "", err
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, "", fmt.Errorf("server: no sources of %s: %w", t.name, err)
	}
	files = map[string][]byte{}
	hash := sha256.New()
	for _, path := range append(paths, filepath.Join(folder, "go.mod"), filepath.Join(folder, "go.sum")) {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, "", fmt.Errorf("server: no sources of %s: %w", t.name, err)
		}
		files[filepath.Base(path)] = content
		hash.Write(content)
	}
	return files, fmt.Sprintf("%s-%x", t.name, hash.Sum(nil)[:6]), nil
}

// build returns the binary, made on first use. It is built in a copy, so that -mod=mod never rewrites the tracked go.mod,
// and renamed at the end: what is there is whole, and two test binaries do not disturb each other.
func (t tool) build(ctx context.Context, cache string) (string, error) {
	files, version, err := t.sources()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(cache, "bin", version)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	work, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return "", fmt.Errorf("server: no folder to build in: %w", err)
	}
	defer os.RemoveAll(work)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(work, name), content, 0o600); err != nil {
			return "", fmt.Errorf("server: cannot copy the sources: %w", err)
		}
	}
	if err := t.compile(ctx, work, version); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return "", fmt.Errorf("server: cannot keep %s: %w", t.name, err)
	}
	if err := os.Rename(filepath.Join(work, version), binary); err != nil {
		return "", fmt.Errorf("server: cannot keep %s: %w", t.name, err)
	}
	return binary, nil
}

// compile runs go build in work. -mod=mod: the go.mod does not list what Jaeger needs in turn. GOWORK=off: a workspace
// above would take the module's place.
func (t tool) compile(ctx context.Context, work, output string) error {
	deadline, err := buildDeadline()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	if ctx.Err() != nil {
		return t.notBuilt()
	}
	compiler, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("server: cannot build %s: %w", t.name, err)
	}
	began := time.Now()
	p, err := startProcess(command{
		path: compiler,
		args: []string{"build", "-mod=mod", "-ldflags=-s -w", "-o", output, t.pkg},
		env:  append(os.Environ(), "GOWORK=off"),
		dir:  work,
		log:  filepath.Join(work, "build.log"),
	})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		p.stop()
		return t.notBuilt()
	case <-p.done:
	}
	if p.err != nil {
		return fmt.Errorf("server: cannot build %s: %w\n%s", t.name, p.err, p.logTail())
	}
	fmt.Fprintf(os.Stderr, "server: %s built in %.0f s\n", t.name, time.Since(began).Seconds())
	return nil
}

func (t tool) notBuilt() error {
	limit, _ := buildLimit(os.Getenv("SPANLOG_E2E_BUILD")) // buildDeadline has checked it
	return fmt.Errorf("%w: %s needs more time than is left of %s (SPANLOG_E2E_BUILD) or of go test's -timeout", ErrNotBuilt, t.name, limit)
}
