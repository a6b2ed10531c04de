package server

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeJDK makes a folder that looks like a JDK with that release file.
func fakeJDK(t *testing.T, release string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"bin/java": "", "release": release} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func TestFindJDK(t *testing.T) {
	jdk8 := fakeJDK(t, "JAVA_VERSION=\"1.8.0_402\"\n")
	jdk17 := fakeJDK(t, "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.15\"\n")
	jdk21 := fakeJDK(t, "JAVA_VERSION=\"21\"\n")
	jdk25 := fakeJDK(t, "JAVA_VERSION=\"25.0.1\"\n")
	empty := t.TempDir()
	for _, tt := range []struct {
		name    string
		given   string
		folders []string
		want    string
	}{
		{"lowest in the range", "", []string{"", empty, jdk25, jdk21, jdk8, jdk17}, jdk17},
		{"given wins", jdk25, []string{jdk17}, jdk25},
		{"none in the range", "", []string{jdk8, jdk25}, ""},
		{"none at all", "", nil, ""},
		{"given is none", empty, []string{jdk17}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := findJDK(tt.given, tt.folders, 17, 21)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if err != nil && errors.Is(err, ErrMissing) != (tt.given == "") {
				t.Errorf("%v: only a missing JDK is ErrMissing, a wrong JDK variable is not", err)
			}
		})
	}
}

func TestInstallForbidden(t *testing.T) {
	for _, tt := range []struct {
		name string
		uid  int
		env  map[string]string
		want string
	}{
		{"nothing allows it", 0, nil, "neither CI=true"},
		{"not root", 1000, map[string]string{"CI": "true"}, "not root"},
		{"not root, asked for", 1000, map[string]string{"SPANLOG_E2E_INSTALL": "1"}, "not root"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := installForbidden(tt.uid, func(key string) string { return tt.env[key] }); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMissingToolSaysWhyItIsNotInstalled(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("SPANLOG_E2E_INSTALL", "")
	_, missing := findJDK("", nil, 17, 21)
	err := install(t.Context(), missing, "no-such-package")
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "not installed: neither CI=true") {
		t.Errorf("got %v, want ErrMissing with the reason", err)
	}
}
