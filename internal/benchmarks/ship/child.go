package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// serveArgument makes this program the server.
const serveArgument = "serve"

// target is the server's process, as the parent sees it.
type target struct {
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
}

// startServer runs this program again as the server: its CPU time is then not ours.
func startServer() (*target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, serveArgument)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &target{cmd: cmd, stdin: stdin}
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("ship: the server does not say where it is: %w", err)
	}
	s.url = strings.TrimSpace(url)
	return s, nil
}

func (s *target) stop() {
	_ = s.stdin.Close()
	_ = s.cmd.Wait()
}

// behave tells the server how to answer from now on.
func (s *target) behave(b behaviour) error {
	return s.ask("/-/behave", b, nil)
}

// take returns what the server got since it was last asked.
func (s *target) take() (got total, err error) {
	return got, s.ask("/-/take", nil, &got)
}

func (s *target) ask(path string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	res, err := http.Post(s.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("ship: %s: status %d", path, res.StatusCode)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(answer)
}
