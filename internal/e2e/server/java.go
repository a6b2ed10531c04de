package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// jdk is an installed JDK.
type jdk struct {
	home  string
	major int
}

// findOrInstallJDK returns the home of a JDK that the recipe can run on.
func findOrInstallJDK(ctx context.Context, r recipe) (string, error) {
	home, err := findJDK(os.Getenv(r.variable), jdkFolders(), r.lowestJDK, r.highestJDK)
	if !errors.Is(err, ErrMissing) {
		return home, err
	}
	if installErr := install(ctx, err, r.jdkPackage); errors.Is(installErr, ErrMissing) {
		return "", installErr
	} else if installErr != nil { // a distribution need not have that version
		return "", fmt.Errorf("%w; not installed: %w", err, installErr)
	}
	home, err = findJDK("", jdkFolders(), r.lowestJDK, r.highestJDK)
	if err != nil {
		return "", fmt.Errorf("server: no JDK even after installing one: %v", err) // not ErrMissing: nothing to skip for
	}
	return home, nil
}

// findJDK returns given if it is set, else the lowest version in the range among folders.
func findJDK(given string, folders []string, lowest, highest int) (string, error) {
	if given != "" {
		if _, err := os.Stat(filepath.Join(given, "bin", "java")); err != nil {
			return "", fmt.Errorf("server: %s, which the environment names, is no JDK: %w", given, err)
		}
		return given, nil
	}
	var found []jdk
	for _, home := range folders {
		if major := majorOf(home); lowest <= major && major <= highest {
			found = append(found, jdk{home, major})
		}
	}
	if len(found) == 0 {
		return "", fmt.Errorf("%w: a JDK from %d to %d", ErrMissing, lowest, highest)
	}
	slices.SortStableFunc(found, func(a, b jdk) int { return a.major - b.major })
	return found[0].home, nil
}

// jdkFolders are the places where a JDK may be: JAVA_HOME, the usual folders, PATH.
func jdkFolders() []string {
	folders := []string{os.Getenv("JAVA_HOME")}
	for _, pattern := range []string{"/usr/lib/jvm/*", "/opt/java/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home"} {
		matches, _ := filepath.Glob(pattern) // the patterns are well formed
		folders = append(folders, matches...)
	}
	if java, err := exec.LookPath("java"); err == nil {
		if java, err = filepath.EvalSymlinks(java); err == nil {
			folders = append(folders, filepath.Dir(filepath.Dir(java)))
		}
	}
	return folders
}

var javaVersion = regexp.MustCompile(`(?m)^JAVA_VERSION="(\d+)`)

// majorOf reads the major version from the release file of a JDK; 0 when home holds none.
func majorOf(home string) int {
	if _, err := os.Stat(filepath.Join(home, "bin", "java")); home == "" || err != nil {
		return 0
	}
	release, err := os.ReadFile(filepath.Join(home, "release"))
	if err != nil {
		return 0
	}
	match := javaVersion.FindSubmatch(release)
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(match[1])) // digits; out of range is no version of ours either
	return major
}
