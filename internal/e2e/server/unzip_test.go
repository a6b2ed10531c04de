package server

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
)

// archiveOf writes a zip with the given entries, all executable.
func archiveOf(t *testing.T, entries map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z := zip.NewWriter(file)
	for name, text := range entries {
		header := &zip.FileHeader{Name: name}
		header.SetMode(0o755)
		w, err := z.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUnzip(t *testing.T) {
	dir := t.TempDir()
	if err := unzip(archiveOf(t, map[string]string{"es/bin/run": "#!/bin/sh\n", "es/lib/x.jar": "jar"}), dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "es", "bin", "run"))
	if err != nil || string(got) != "#!/bin/sh\n" {
		t.Errorf("got %q, %v", got, err)
	}
	info, err := os.Stat(filepath.Join(dir, "es", "bin", "run"))
	if err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("mode %v, %v: want it executable", info.Mode(), err)
	}
}

func TestUnzipStaysInItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "in")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unzip(archiveOf(t, map[string]string{"../out": "x"}), dir); err == nil {
		t.Error("got no error for an entry above the folder")
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "out")); err == nil {
		t.Error("an entry was written above the folder")
	}
}
