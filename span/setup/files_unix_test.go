//go:build unix

package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newWithin is New for a test that must not hang with it.
func newWithin(t *testing.T) error {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		sdk, err := New(context.Background())
		_ = sdk.Shutdown(context.Background())
		if len(sdk.processors) > 0 {
			err = nil // the exporter reads the file again
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		t.Fatal("New hangs")
		return nil
	}
}

// What is no regular file is not read: a pipe would be waited for, a device that has no end fill the memory.
func TestCertificatesThatAreNoFiles(t *testing.T) {
	dir := t.TempDir()
	fifo, large := filepath.Join(dir, "fifo"), filepath.Join(dir, "large")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxCertificates+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		fifo: "is not a regular file", os.DevNull: "is not a regular file", dir: "is not a regular file", large: "has more than",
		strings.Repeat("a", 120_000): "file name too long",
	} {
		for _, prefix := range []string{otlpPrefix, otlpTracesPrefix} {
			for name, pairs := range map[string][]string{
				"CERTIFICATE":        {prefix + "CERTIFICATE=" + path},
				"CLIENT_CERTIFICATE": {prefix + "CLIENT_CERTIFICATE=" + path, prefix + "CLIENT_KEY=" + path},
			} {
				environment(t, pairs...)
				err := newWithin(t)
				if err == nil || !strings.Contains(err.Error(), prefix+name) || !strings.Contains(err.Error(), leftOut) || len(err.Error()) > 1000 {
					t.Errorf("%s%s=%.50s: got %.1000v, and the exporter must be left out", prefix, name, path, err)
				}
				if err != nil && !strings.Contains(err.Error(), want) && len(path) < 1000 {
					t.Errorf("%s%s=%s: got %v, want that it %s", prefix, name, path, err, want)
				}
			}
		}
	}
}
