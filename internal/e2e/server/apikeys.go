package server

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed apikeys/EmailAnalysis.java
var emailAnalysis []byte

// descriptor of the plugin, for the server's version.
const descriptor = `name=api-keys
description=what the reduced server lacks to keep API keys
version=1
elasticsearch.version=%s
java.version=17
classname=spanlog.EmailAnalysis
`

// withAPIKeys returns a folder of the server at home that can make API keys, made in the cache on first use: everything
// in it is that of home, but for one plugin.
func withAPIKeys(ctx context.Context, cache, home, java, version string) (string, error) {
	plus := fmt.Sprintf("%s-apikeys-%.6x", home, sha256.Sum256(emailAnalysis))
	if isDir(plus) {
		return plus, nil
	}
	work, err := os.MkdirTemp(cache, "unpack-")
	if err != nil {
		return "", fmt.Errorf("server: no folder for a plugin: %w", err)
	}
	defer os.RemoveAll(work)
	fresh := filepath.Join(work, "home")
	if err := addPlugin(ctx, work, fresh, home, java, version); err != nil {
		return "", fmt.Errorf("server: no plugin for API keys: %w", err)
	}
	return plus, moveInto(fresh, plus)
}

// addPlugin makes fresh from home and the plugin, which it compiles in work.
func addPlugin(ctx context.Context, work, fresh, home, java, version string) error {
	plugin := filepath.Join(fresh, "plugins", "api-keys")
	source, classes := filepath.Join(work, "EmailAnalysis.java"), filepath.Join(work, "classes")
	err := errors.Join(
		os.MkdirAll(plugin, 0o755),
		os.WriteFile(source, emailAnalysis, 0o644),
		os.WriteFile(filepath.Join(plugin, "plugin-descriptor.properties"), fmt.Appendf(nil, descriptor, version), 0o644),
	)
	for _, name := range []string{"bin", "config", "lib", "modules"} {
		err = errors.Join(err, os.Symlink(filepath.Join(home, name), filepath.Join(fresh, name)))
	}
	if err != nil {
		return err
	}
	if err := jdkTool(ctx, java, "javac", "-proc:none", "-cp", filepath.Join(home, "lib", "*"), "-d", classes, source); err != nil {
		return err
	}
	return jdkTool(ctx, java, "jar", "--create", "--file", filepath.Join(plugin, "api-keys.jar"), "-C", classes, ".")
}

func jdkTool(ctx context.Context, java, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, filepath.Join(java, "bin", name), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, tail(out))
	}
	return nil
}
