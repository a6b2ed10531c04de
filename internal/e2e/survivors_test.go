package e2e

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// The environment of a process that is to be killed.
const (
	childURL   = "SPANLOG_CHILD_URL"
	childDir   = "SPANLOG_CHILD_DIR"
	childFirst = "SPANLOG_CHILD_FIRST" // number of its first line
)

const (
	killedRounds = 30
	killedServer = 3   // in every such round the server is killed, too
	childLines   = 200 // what a process writes before it only waits
)

// child writes numbered lines, and tells the last number whenever Sync has returned nil, until it is killed.
func child(url string) {
	s, err := elk.Open(elk.Config{Addresses: []string{url}, Dataset: "survivors", SpoolDir: os.Getenv(childDir), BatchWait: 5 * time.Millisecond})
	if err != nil {
		fmt.Println("Open:", err)
		os.Exit(1)
	}
	first, _ := strconv.Atoi(os.Getenv(childFirst))
	for n := first; n < first+childLines; {
		for range 1 + rand.IntN(10) {
			_, _ = s.Write([]byte(hashedLine(n)))
			n++
		}
		if s.Sync() == nil {
			fmt.Println(n - 1)
		}
	}
	time.Sleep(time.Hour)
}

func hashedLine(n int) string {
	text := fmt.Sprintf("line %d of many, Größe 東京 %s", n, strings.Repeat("x", n%300))
	return fmt.Sprintf(`{"message":%q,"number":%d,"hash":"%x"}`+"\n", text, n, sha256.Sum256([]byte(text)))
}

// TestProcessesKilled: processes are killed one after the other, and now and then the server, too. Every line for which
// Sync had returned nil is stored once and unaltered, every other at most once.
func TestProcessesKilled(t *testing.T) {
	srv := server.Run(t, server.Elasticsearch8, server.Options{})
	putLogsTemplate(t, srv.URL)
	dir := t.TempDir()
	makeStream(t, srv.URL)
	var promised []int
	for round := range killedRounds {
		first := round * 1000
		last := killChild(t, srv, dir, first, round%killedServer == killedServer-1)
		for n := first; n <= last; n++ {
			promised = append(promised, n)
		}
	}
	before := len(readBack(t, srv.URL, "logs-survivors-default", `[{"number":"asc"}]`))
	if before < len(promised)/10 {
		t.Errorf("the processes have stored %d lines and promised %d: this says little of what they sent", before, len(promised))
	}
	s, err := elk.Open(elk.Config{Addresses: []string{srv.URL}, Dataset: "survivors", SpoolDir: dir, CloseTimeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Close()
	stats := s.Stats()
	if lost := stats.Dropped.Total(); !stats.Balanced() || stats.Pending > 0 || lost != stats.Dropped.Corrupt || (err == nil) != (lost == 0) {
		t.Errorf("Close = %v, stats %+v", err, stats)
	}
	checkSurvivors(t, srv.URL, promised)
	t.Logf("%d lines promised, %d of them stored by the processes themselves; of the last process %+v", len(promised), before, stats)
}

// makeStream stores a line, so that the processes do not wait for their stream to be made.
func makeStream(t *testing.T, url string) {
	t.Helper()
	s, err := elk.Open(elk.Config{Addresses: []string{url}, Dataset: "survivors", CloseTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = s.Write([]byte(hashedLine(1_000_000)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// killChild starts a process, kills it and perhaps the server at a random moment, and returns the number of the last line
// that the process promised.
func killChild(t *testing.T, srv *server.Server, dir string, first int, both bool) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childURL+"="+srv.URL, childDir+"="+dir, childFirst+"="+strconv.Itoa(first))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(time.Duration(50+rand.IntN(1500))*time.Millisecond, func() {
		if both {
			srv.Kill()
			time.Sleep(time.Duration(rand.IntN(50)) * time.Millisecond)
		}
		_ = cmd.Process.Kill()
	})
	last = first - 1
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("the process says %q", lines.Text())
		}
	}
	_ = cmd.Wait()
	if !both {
		return last
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := srv.Restart(ctx, nil); err != nil {
		t.Fatal(err)
	}
	return last
}

func checkSurvivors(t *testing.T, url string, promised []int) {
	t.Helper()
	seen := map[int]int{}
	for _, doc := range readBack(t, url, "logs-survivors-default", `[{"number":"asc"}]`) {
		var d struct {
			Message, Hash string
			Number        int
			Dropped       int `json:"spanlog.elk.dropped"`
		}
		if err := json.Unmarshal(doc.Source, &d); err != nil {
			t.Fatal(err)
		}
		if d.Dropped > 0 {
			continue // about lines, and none itself
		}
		if seen[d.Number]++; seen[d.Number] > 1 {
			t.Errorf("line %d is stored again", d.Number)
		}
		if hash := fmt.Sprintf("%x", sha256.Sum256([]byte(d.Message))); hash != d.Hash {
			t.Errorf("line %d is altered: %s", d.Number, doc.Source)
		}
	}
	for _, n := range promised {
		if seen[n] == 0 {
			t.Errorf("line %d was promised and is not stored", n)
		}
	}
}
