package elk

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

var (
	killRounds = flag.Int("elk.kills", 100, "number of processes to be killed; a tenth with -short")
	killSeed   = flag.Uint64("elk.killseed", 0, "seed of the moments, 0 for a new one")
)

// The environment of a process that is to be killed.
const (
	childURL   = "ELK_CHILD_URL"
	childDir   = "ELK_CHILD_DIR"
	childFirst = "ELK_CHILD_FIRST" // number of its first line
	childSync  = "ELK_CHILD_SYNC"  // Config.SpoolSync
)

// child writes numbered lines for ever, and tells the last number whenever
// Sync has returned nil.
func child(url string) {
	c := quick(url)
	c.BatchWait = time.Second // so that lines wait for the spool as long as they do by default
	c.SpoolDir = os.Getenv(childDir)
	c.RingBytes = 256 << 10
	policy, _ := strconv.Atoi(os.Getenv(childSync))
	c.SpoolSync = SpoolSync(policy)
	s, err := Open(c)
	if err != nil {
		fmt.Println("Open:", err)
		os.Exit(1)
	}
	first, _ := strconv.Atoi(os.Getenv(childFirst))
	if os.Getenv(childTell) != "" {
		tellEach(s, first)
	}
	for n := first; ; {
		for range 1 + rand.IntN(10) {
			_, _ = s.Write([]byte(lineNumber(n) + "\n"))
			n++
		}
		if err := s.Sync(); err == nil {
			fmt.Println(n - 1)
		}
	}
}

// TestKilled: processes are killed one after the other, at any moment. Every
// line for which Sync had returned nil is stored once and unaltered, every
// other at most once.
func TestKilled(t *testing.T) {
	seed, rounds := *killSeed, *killRounds
	if seed == 0 {
		seed = rand.Uint64()
	}
	if testing.Short() {
		rounds = (rounds + 9) / 10
	}
	t.Logf("%d processes, -elk.killseed=%d", rounds, seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	srv := startServer(t)
	dir := t.TempDir()
	promised := map[int]bool{}
	for round := range rounds {
		url := srv.URL()
		if rng.IntN(3) == 0 {
			url = nobody
		}
		first := round * 1_000_000
		last := killOne(t, rng, dir, url, first)
		for n := first; n <= last; n++ {
			promised[n] = true
		}
	}
	c := quick(srv.URL())
	c.SpoolDir, c.CloseTimeout = dir, 5*time.Minute
	s := openShipper(t, c)
	// A write during which a process was killed may be there in part: that is
	// the one line of it which is known and lost, and it was not promised.
	err := s.Close()
	stats := checkBalance(t, s)
	if lost := stats.Dropped.Total(); lost != stats.Dropped.Corrupt || lost > uint64(rounds) || (err == nil) != (lost == 0) {
		t.Errorf("Close = %v, stats %+v", err, stats)
	}
	checkPromised(t, srv, promised)
	t.Logf("%d lines promised, %d documents; of the last process %+v", len(promised), len(srv.Documents(stream)), stats)
	if left := leftOnDisk(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// killOne starts a process, kills it at a random moment after its first
// promise, and returns the number of the last line that it promised.
func killOne(t *testing.T, rng *rand.Rand, dir, url string, first int) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childURL+"="+url, childDir+"="+dir, fmt.Sprint(childFirst, "=", first), fmt.Sprint(childSync, "=", rng.IntN(3)))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, last := bufio.NewScanner(out), first-1
	for promises := 0; lines.Scan(); promises++ {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Errorf("the process says %q", lines.Text())
			break
		}
		if last = n; promises == 0 {
			time.AfterFunc(time.Duration(rng.IntN(8_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return last
}

// checkPromised reads the documents back.
func checkPromised(t *testing.T, srv *elktest.Server, promised map[int]bool) {
	t.Helper()
	seen := storedLines(t, srv, stream)
	for n, times := range seen {
		if times > 1 {
			t.Errorf("line %d is stored again", n)
		}
	}
	missing := 0
	for n := range promised {
		if seen[n] == 0 {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d promised lines are not stored", missing, len(promised))
	}
}
