package server

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// graceful is how long a process may take to end by itself once asked.
const graceful = 20 * time.Second

// command is what startProcess runs.
type command struct {
	path string
	args []string
	env  []string
	dir  string
	log  string // receives both output streams
	as   *account
}

// process is a child in a process group of its own.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when the child has ended
	err  error         // how it ended; to be read after done
}

// startProcess starts c. One goroutine starts the child and waits for it on one locked thread, because on Linux
// the signal that ends the child with its parent is sent when the starting thread ends, not the process.
func startProcess(c command) (*process, error) {
	log, err := os.Create(c.log)
	if err != nil {
		return nil, fmt.Errorf("server: no log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(c.path, c.args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = c.env, c.dir, log, log
	cmd.SysProcAttr = procAttr(c.as)
	p := &process{cmd: cmd, log: c.log, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("server: cannot start %s: %w", c.path, err)
	}
	return p, nil
}

// stop asks the process to end, waits, and then kills its whole group. It returns when the process has ended.
func (p *process) stop() {
	askToEnd(p.cmd.Process)
	select {
	case <-p.done:
	case <-time.After(graceful):
	}
	killGroup(p.cmd.Process)
	<-p.done
}

// logTail returns the last lines of what the process printed.
func (p *process) logTail() []byte {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return []byte(err.Error())
	}
	return tail(data)
}

// tail returns the last 30 lines.
func tail(text []byte) []byte {
	text = bytes.TrimRight(text, "\n")
	at := len(text)
	for range 30 {
		if at = bytes.LastIndexByte(text[:at], '\n'); at < 0 {
			return text
		}
	}
	return text[at+1:]
}
