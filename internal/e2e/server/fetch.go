package server

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
	artifact         = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:" + Version + ":zip"
	archive          = "elasticsearch-" + Version
)

// fetch returns the folder of the unpacked server, made on first use. Each step works in a folder of its own and
// renames at the end: what is there is whole, and two test binaries do not disturb each other.
func fetch(ctx context.Context, cache string) (string, error) {
	home := filepath.Join(cache, archive)
	if isDir(home) {
		return home, nil
	}
	zip, err := download(ctx, cache)
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
	fresh := filepath.Join(work, archive)
	if err := os.MkdirAll(filepath.Join(fresh, "plugins"), 0o755); err != nil { // must be there, even empty
		return "", fmt.Errorf("server: cannot unpack: %w", err)
	}
	if err := os.Rename(fresh, home); err != nil && !isDir(home) {
		return "", fmt.Errorf("server: cannot unpack: %w", err)
	}
	return home, nil
}

// download returns the archive, fetched by Maven on first use (100 MB).
func download(ctx context.Context, cache string) (string, error) {
	zip := filepath.Join(cache, "dl", archive+".zip")
	if _, err := os.Stat(zip); err == nil {
		return zip, nil
	}
	mvn, err := findOrInstallMaven(ctx)
	if err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(cache, "download-")
	if err != nil {
		return "", fmt.Errorf("server: no folder to download into: %w", err)
	}
	defer os.RemoveAll(work)
	cmd := exec.CommandContext(ctx, mvn, "-B", "-ntp", "-q", dependencyPlugin, "-Dartifact="+artifact, "-DoutputDirectory="+work)
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("server: Maven cannot fetch %s: %w\n%s", artifact, err, tail(out))
	}
	if err := os.MkdirAll(filepath.Dir(zip), 0o755); err != nil {
		return "", fmt.Errorf("server: cannot keep the archive: %w", err)
	}
	if err := os.Rename(filepath.Join(work, archive+".zip"), zip); err != nil {
		return "", fmt.Errorf("server: cannot keep the archive: %w", err)
	}
	return zip, nil
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
