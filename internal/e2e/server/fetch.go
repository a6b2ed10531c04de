package server

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:"

// fetcher returns the folder of a server of that version, made in the cache on first use. Each step works in a folder
// of its own and renames at the end: what is there is whole, and two test binaries do not disturb each other.
type fetcher func(ctx context.Context, cache, version string) (string, error)

// fetchElasticsearch unpacks the archive that Elastic publishes for integration tests.
func fetchElasticsearch(ctx context.Context, cache, version string) (string, error) {
	name := "elasticsearch-" + version
	home := filepath.Join(cache, name)
	if isDir(home) {
		return home, nil
	}
	zip, err := download(ctx, cache, version)
	if err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(cache, "unpack-")
	if err != nil {
		return "", fmt.Errorf("server: no folder to unpack into: %w", err)
	}
	defer os.RemoveAll(work)
	if err := unzip(zip, work); err != nil {
		return "", err
	}
	fresh := filepath.Join(work, name)
	if err := os.MkdirAll(filepath.Join(fresh, "plugins"), 0o755); err != nil { // must be there, even empty
		return "", fmt.Errorf("server: cannot unpack: %w", err)
	}
	return home, moveInto(fresh, home)
}

// moveInto renames, unless another test binary was faster.
func moveInto(fresh, home string) error {
	if err := os.Rename(fresh, home); err != nil && !isDir(home) {
		return fmt.Errorf("server: cannot keep %s: %w", filepath.Base(home), err)
	}
	return nil
}

// download returns the archive, fetched by Maven on first use (100 MB).
func download(ctx context.Context, cache, version string) (string, error) {
	name := "elasticsearch-" + version + ".zip"
	zip := filepath.Join(cache, "dl", name)
	if _, err := os.Stat(zip); err == nil {
		return zip, nil
	}
	work, err := os.MkdirTemp(cache, "download-")
	if err != nil {
		return "", fmt.Errorf("server: no folder to download into: %w", err)
	}
	defer os.RemoveAll(work)
	artifact := "org.elasticsearch.distribution.integ-test-zip:elasticsearch:" + version + ":zip"
	if err := maven(ctx, work, dependencyPlugin+"copy", "-Dartifact="+artifact, "-DoutputDirectory="+work); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(zip), 0o755); err != nil {
		return "", fmt.Errorf("server: cannot keep the archive: %w", err)
	}
	if err := os.Rename(filepath.Join(work, name), zip); err != nil {
		return "", fmt.Errorf("server: cannot keep the archive: %w", err)
	}
	return zip, nil
}

// maven runs Maven in dir.
func maven(ctx context.Context, dir string, args ...string) error {
	mvn, err := findOrInstallMaven(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, mvn, append([]string{"-B", "-ntp", "-q"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("server: mvn %v: %w\n%s", args, err, tail(out))
	}
	return nil
}

func findOrInstallMaven(ctx context.Context) (string, error) {
	if mvn, err := exec.LookPath("mvn"); err == nil {
		return mvn, nil
	}
	if err := install(ctx, fmt.Errorf("%w: mvn (Maven)", ErrMissing), "maven"); err != nil {
		return "", err
	}
	return exec.LookPath("mvn")
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
