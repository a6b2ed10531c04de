// Command mutants shows that the tests of package spool can fail: it breaks
// the package on purpose, in one way after the other, and runs them.
//
//	go run ./elk/internal/spool/mutants
//
// It prints a line per mutant, with the tests that went red; the exit status
// is 1 unless each mutant has one.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const target = "github.com/spanlog/spanlog/elk/internal/spool"

// mutant replaces one text of a file.
type mutant struct{ name, file, old, new string }

var mutants = []mutant{
	{"no CRC check", "scan.go", "whole == nil || sum(s.seed, whole) != binary.LittleEndian.Uint32(whole)", "whole == nil"},
	{"CRC without the seed", "frame.go", "crc32.Update(seed, castagnoli, b[4:])", "crc32.Update(0, castagnoli, b[4:])"},
	{"checkpoint before fsync", "checkpoint.go", "err = file.Sync()", "err = nil"},
	{"checkpoint without fsync of the folder", "checkpoint.go", "return f.fs.SyncDir(f.dir)", "return nil"},
	{"segment deleted one line too early", "segment.go", "s.sealed && s.live == 0", "s.sealed && s.live <= 1"},
	{"removal forgotten before it is durable", "folder.go", "err := f.fs.SyncDir(f.dir); err != nil && !absent(err)", "err := error(nil); err != nil"},
	{"written on behind a torn frame", "write.go", "\t\tw.give(s)\n", "\t\ts.end += int64(len(text)) / 2\n"},
	{"a failed fsync believed", "sync.go", "w.doubt(s, true)", "w.doubt(s, false)"},
	{"a new file's name believed", "sync.go", "f.doubt(s, err != nil)", "f.doubt(s, false)"},
	{"a line passed over for a read that failed", "scan.go", "if !ok && s.broken == nil {", "if !ok {"},
	{"the end of a file forgotten", "checkpoint.go", "&& !behind[0].done()", ""},
	{"segment's name not durable", "sync.go", "if !u.listed {", "if false {"},
	{"files that are gone not looked for", "spool.go", "errors.Join(s.look(), s.writer.sync())", "s.writer.sync()"},
	{"a folder that cannot be read taken for gone", "gone.go", "err != nil && !absent(err)", "false"},
	{"a cursor passes lines not yet public", "cursor.go", "return one.seq <= f.public", "return true"},
	{"a cursor begins too late", "segment.go", "return s.marks[behind-1]", "return s.marks[min(behind, len(s.marks)-1)]"},
	{"marks of a file that was made anew", "sync.go", "\ts.marks = nil\n", ""},
	{"verdicts on two folders noted in one", "spool.go", "n < len(orders) && s.folder(orders[n]) == f", "n < len(orders)"},
	{"lock not taken", "spool.go", "case err == nil:\n\t\t\tf.unlock", "case err == nil || errors.Is(err, ErrLocked):\n\t\t\tf.unlock"},
}

func main() {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", target).Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	red := 0
	for _, m := range mutants {
		verdict, tests, err := m.try(strings.TrimSpace(string(dir)))
		if err != nil {
			tests = err.Error()
		}
		if verdict == "red" {
			red++
		}
		fmt.Printf("%-6s %-45s %s\n", verdict, m.name, tests)
	}
	fmt.Printf("%d of %d mutants red\n", red, len(mutants))
	if red < len(mutants) {
		os.Exit(1)
	}
}

// try runs the tests with the mutant in the place of its file.
func (m mutant) try(dir string) (verdict, tests string, err error) {
	temp, err := os.MkdirTemp("", "spool-mutant-")
	if err != nil {
		return "BROKEN", "", err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	overlay, err := m.overlay(dir, temp)
	if err != nil {
		return "BROKEN", "", err
	}
	run := exec.Command("go", "test", "-count=1", "-timeout=5m", "-overlay="+overlay, target, "-rapid.nofailfile")
	run.Dir = dir
	out, err := run.CombinedOutput()
	switch failed := failures(out); {
	case err == nil:
		return "GREEN", "", nil
	case failed == "":
		return "BROKEN", "", errors.New(string(bytes.TrimSpace(out[:min(len(out), 500)])))
	default:
		return "red", failed, nil
	}
}

func (m mutant) overlay(dir, temp string) (name string, err error) {
	path := filepath.Join(dir, m.file)
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.old); n != 1 {
		return "", fmt.Errorf("%q stands %d times in %s, want once", m.old, n, m.file)
	}
	changed := filepath.Join(temp, m.file)
	text, _ := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	name = filepath.Join(temp, "overlay.json")
	return name, errors.Join(
		os.WriteFile(changed, []byte(strings.Replace(string(source), m.old, m.new, 1)), 0o600),
		os.WriteFile(name, text, 0o600))
}

var failure = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// failures lists the tests that failed.
func failures(out []byte) string {
	var names []string
	for _, m := range failure.FindAllSubmatch(out, -1) {
		names = append(names, string(m[1]))
	}
	return strings.Join(names, " ")
}
