//go:build unix

package elk

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestLetterFilePipe: a pipe under the name of the file is left alone; nobody
// may ever read it.
func TestLetterFilePipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, letterName), 0o600); err != nil {
		t.Fatal(err)
	}
	l := newLetterFile(dir, letterBytes, nil)
	if n, err := l.Write([]byte("letter\n")); n != 0 || err == nil {
		t.Errorf("Write = %d, %v", n, err)
	}
	_ = l.Close()
}
