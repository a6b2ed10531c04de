package server

import (
	"fmt"
	"os"
	"path/filepath"
)

// cacheFolder returns the folder for downloads, unpacked servers and their data, and makes it. A home folder is
// often closed to other users: when as could not read it, a folder under TMPDIR takes its place.
func cacheFolder(as *account) (string, error) {
	fallback := filepath.Join(os.TempDir(), "spanlog-e2e")
	first := os.Getenv("SPANLOG_CACHE")
	if first == "" {
		first = userCache(fallback)
	}
	if usable(first, as) {
		return filepath.Abs(first)
	}
	if as == nil || !usable(fallback, as) {
		return "", fmt.Errorf("server: cannot use %s as the cache folder: set SPANLOG_CACHE to one that an ordinary user can read", first)
	}
	fmt.Fprintf(os.Stderr, "server: user %s cannot read %s: using %s\n", as.name, first, fallback)
	return filepath.Abs(fallback)
}

func userCache(fallback string) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return fallback
	}
	return filepath.Join(dir, "spanlog-e2e")
}

// usable makes dir and reports whether it is ours and as can read it. A folder that this call made and that turns
// out unusable is removed again. What another user put into a shared TMPDIR is never executed.
func usable(dir string, as *account) bool {
	_, err := os.Stat(dir)
	isNew := os.IsNotExist(err)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false
	}
	if ownedByUs(dir) && as.canRead(dir) {
		return true
	}
	if isNew {
		os.Remove(dir)
	}
	return false
}
