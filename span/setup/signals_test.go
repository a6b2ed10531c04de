package setup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// listens makes this test binary a program that shows TestNotifyContext how it ends.
const listens = "SPANLOG_TEST_LISTENS"

// The first signal ends the context, the second the program.
func TestNotifyContext(t *testing.T) {
	if os.Getenv(listens) != "" {
		ctx, stop := NotifyContext(context.Background())
		defer stop()
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println(context.Cause(ctx))
		time.Sleep(time.Minute) // a shutdown that takes too long
		return
	}
	for name, first := range map[string]syscall.Signal{"terminated": syscall.SIGTERM, "interrupt": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNotifyContext$")
			child.Env = append(os.Environ(), listens+"=1")
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(out)
			if line, _ := lines.ReadString('\n'); line != "ready\n" {
				t.Fatalf("the child says %q", line)
			}
			signalTo(t, child, first)
			if line, _ := lines.ReadString('\n'); line != name+" signal received\n" {
				t.Errorf("the child says %q", line)
			}
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				_, _ = io.Copy(io.Discard, lines)
			}()
			for open := true; open; { // the signals are given back soon, not at once
				signalTo(t, child, syscall.SIGTERM)
				select {
				case <-gone:
					open = false
				case <-time.After(10 * time.Millisecond):
				}
			}
			_ = child.Wait()
			if status := child.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
				t.Errorf("the child ended with %v, want the second signal", child.ProcessState)
			}
		})
	}
}

func signalTo(t *testing.T, child *exec.Cmd, s syscall.Signal) {
	t.Helper()
	if err := child.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
}

func TestNotifyContextOfNil(t *testing.T) {
	var none context.Context
	ctx, stop := NotifyContext(none)
	stop()
	<-ctx.Done()
}
