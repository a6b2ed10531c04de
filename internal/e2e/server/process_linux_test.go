package server

import (
	"bufio"
	"context"
	"fmt"
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
	p := script(t, "sleep 600 & echo $!; wait")
	var child string
	await(t, "no child starts", func() bool {
		child = strings.TrimSpace(string(p.logTail()))
		return sleeps(child)
	})
	p.stop()
	await(t, "process "+child+" is alive", func() bool { return !sleeps(child) })
}

// The helper below starts a process and is then killed, as a test binary is by the kernel or by a user.
func TestKilledParentTakesTheProcessAlong(t *testing.T) {
	if dir := os.Getenv("SPANLOG_E2E_DOOMED"); dir != "" {
		p, err := startProcess(command{path: "/bin/sleep", args: []string{"600"}, dir: dir, log: filepath.Join(dir, "log")})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(p.cmd.Process.Pid)
		time.Sleep(10 * time.Minute)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledParentTakesTheProcessAlong$")
	cmd.Env = append(os.Environ(), "SPANLOG_E2E_DOOMED="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	child := strings.TrimSpace(line)
	await(t, "process "+child+" does not start", func() bool { return sleeps(child) })
	cmd.Process.Kill()
	cmd.Wait()
	await(t, "process "+child+" is alive", func() bool { return !sleeps(child) })
}

// await waits for what another process does; those here sleep for twice as long.
func await(t *testing.T, otherwise string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}

// sleeps reports whether the process of that id is one of ours: other runs of this test have theirs. One that waits to be
// reaped has no command line any more.
func sleeps(pid string) bool {
	line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
	return pid != "" && strings.Contains(string(line), "\x00600\x00")
}

func TestTail(t *testing.T) {
	if got, want := string(tail([]byte(strings.Repeat("x\n", 40)+"end\n"))), strings.Repeat("x\n", 29)+"end"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := string(tail([]byte("only\n"))); got != "only" {
		t.Errorf("got %q, want only", got)
	}
}
