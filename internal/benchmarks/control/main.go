package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// documents is how many each run hands over.
const documents = 100

// runLimit ends a run that hangs.
const runLimit = 30 * time.Second

// result is what one run reports to the process that started it.
type result struct {
	Stored     int    // different documents found in the server; -1: none were sent
	Duplicates int    // further copies of those
	Says       string // what the client reports of them
	Died       string // how the process ended, if not well
}

func main() {
	if len(os.Args) == 3 {
		child(os.Args[1], os.Args[2])
		return
	}
	if err := parent(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child performs one run and prints its result.
func child(client, row string) {
	for _, r := range rows() {
		if r.name != row {
			continue
		}
		got, err := r.run(client)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		_ = json.NewEncoder(os.Stdout).Encode(got)
	}
}

func parent() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var table strings.Builder
	heading(&table)
	for _, r := range rows() {
		ours, err := start(self, "elk", r.name)
		if err != nil {
			return err
		}
		theirs, err := start(self, "esutil", r.name)
		if err != nil {
			return err
		}
		line(&table, r.name, ours, theirs)
		if ours.Died != "" || r.stored && (ours.Stored != documents || ours.Duplicates != 0) {
			err = errors.Join(err, fmt.Errorf("control: %s: elk stored %+v, want %d without duplicates", r.name, ours, documents))
		}
		if err != nil {
			return err
		}
	}
	fmt.Print(table.String())
	return os.WriteFile("control/table.md", []byte(table.String()), 0o644)
}

// start performs one run in a process of its own. A process that dies is a result too.
func start(self, client, row string) (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	defer cancel()
	var complaints strings.Builder
	cmd := exec.CommandContext(ctx, self, client, row)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	var r result
	switch {
	case err != nil && strings.Contains(complaints.String(), "panic:"):
		return result{Died: "panic, the process ends: " + panicText(complaints.String())}, nil
	case err != nil:
		return r, fmt.Errorf("control: %s, %s: %w\n%s", client, row, err, complaints.String())
	}
	return r, json.Unmarshal(out, &r)
}

// panicText is the first line of a panic.
func panicText(stderr string) string {
	_, text, _ := strings.Cut(stderr, "panic: ")
	text, _, _ = strings.Cut(text, "\n")
	return text
}
