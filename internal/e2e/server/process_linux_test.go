package server

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// script starts a shell script as a process of ours.
func script(t *testing.T, text string) *process {
	t.Helper()
	dir := t.TempDir()
	p, err := startProcess(command{path: "/bin/sh", args: []string{"-c", text}, dir: dir, log: filepath.Join(dir, "log")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return p
}

func TestDeadProcessEndsTheWait(t *testing.T) {
	p := script(t, "echo no heap for you; exit 3")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := awaitReady(ctx, p, func() string { return "" }, "")
	if err == nil || !strings.Contains(err.Error(), "no heap for you") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v, want an error with the exit status and the end of the log", err)
	}
	if ctx.Err() != nil {
		t.Error("the wait lasted until its limit")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	p := script(t, "echo still starting; exec sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := awaitReady(ctx, p, func() string { return "" }, "")
	if err == nil || !strings.Contains(err.Error(), "not ready") {
		t.Errorf("got %v, want an error that says not ready", err)
	}
}

// A child of the child belongs to the group: it must not outlive stop.
func TestStopEndsTheWholeGroup(t *testing.T) {
	p := script(t, "sleep 61.5 & echo $!; wait")
	var child string
	for child == "" {
		child = strings.TrimSpace(string(p.logTail()))
		time.Sleep(10 * time.Millisecond)
	}
	p.stop()
	for range 100 {
		if line, _ := os.ReadFile("/proc/" + child + "/cmdline"); !strings.Contains(string(line), "61.5") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %s is alive after stop", child)
}

// The helper below starts a process and is then killed, as a test binary is by the kernel or by a user.
func TestKilledParentTakesTheProcessAlong(t *testing.T) {
	if dir := os.Getenv("SPANLOG_E2E_DOOMED"); dir != "" {
		startProcess(command{path: "/bin/sleep", args: []string{"62.5"}, dir: dir, log: filepath.Join(dir, "log")})
		os.WriteFile(filepath.Join(dir, "started"), nil, 0o644)
		time.Sleep(time.Minute)
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledParentTakesTheProcessAlong$")
	cmd.Env = append(os.Environ(), "SPANLOG_E2E_DOOMED="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(dir, "started")) {
		time.Sleep(10 * time.Millisecond)
	}
	if !running("62.5") {
		t.Error("the process did not start")
	}
	cmd.Process.Kill()
	cmd.Wait()
	for range 100 {
		if !running("62.5") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the process outlived its killed parent")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// running reports whether a process has arg as an argument.
func running(arg string) bool {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		if line, _ := os.ReadFile(path); strings.Contains(string(line), "\x00"+arg+"\x00") {
			return true
		}
	}
	return false
}

func TestTail(t *testing.T) {
	if got, want := string(tail([]byte(strings.Repeat("x\n", 40)+"end\n"))), strings.Repeat("x\n", 29)+"end"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := string(tail([]byte("only\n"))); got != "only" {
		t.Errorf("got %q, want only", got)
	}
}
