package elk

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

var windowRounds = flag.Int("elk.windows", 3, "number of ends for which the window of loss is measured")

// childTell makes a child tell each line that it wrote, without Sync.
const childTell = "ELK_CHILD_TELL"

// tellEach writes a line every 100 µs and tells it.
func tellEach(s *Shipper, n int) {
	for ; ; n++ {
		_, _ = s.Write([]byte(lineNumber(n) + "\n"))
		fmt.Println(n, time.Now().UnixNano())
		time.Sleep(100 * time.Microsecond)
	}
}

// TestWindowOfKill: without Sync, a process that is killed loses the newest
// lines and no others; how many is logged.
func TestWindowOfKill(t *testing.T) {
	for _, policy := range []SpoolSync{SpoolSyncInterval, SpoolSyncNone, SpoolSyncBatch} {
		var windows []time.Duration
		for range *windowRounds {
			dir := t.TempDir()
			times := tellUntilKilled(t, dir, policy)
			kept := readSpool(t, dir, len(times))
			lost := time.Duration(0)
			if kept < len(times) {
				lost = times[len(times)-1].Sub(times[kept])
			}
			windows = append(windows, lost)
		}
		logWindows(t, fmt.Sprintf("killed, SpoolSync %d", policy), windows)
	}
}

func logWindows(t *testing.T, what string, windows []time.Duration) {
	t.Helper()
	slices.Sort(windows)
	t.Logf("%s: window of loss p50 %v, max %v of %d", what, windows[len(windows)/2].Round(time.Millisecond), windows[len(windows)-1].Round(time.Millisecond), len(windows))
}

// tellUntilKilled returns when each line was written.
func tellUntilKilled(t *testing.T, dir string, policy SpoolSync) (times []time.Time) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childURL+"="+nobody, childDir+"="+dir, childFirst+"=0", fmt.Sprint(childSync, "=", int(policy)), childTell+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, at, _ := strings.Cut(lines.Text(), " ")
		if n != strconv.Itoa(len(times)) {
			t.Errorf("the process says %q", lines.Text())
			break
		}
		nanos, _ := strconv.ParseInt(at, 10, 64)
		if times = append(times, time.Unix(0, nanos)); len(times) == 300 {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return times
}

// readSpool returns how many lines are in a folder, of n that were told, and
// checks that they are the first.
func readSpool(t *testing.T, dir string, n int) (kept int) {
	t.Helper()
	s, err := spool.Open(dir, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	c := s.Cursor(0)
	defer c.Close()
	var r spool.Record
	for ; ; kept++ {
		ok, err := c.Next(&r)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return kept
		}
		if string(r.Line) != lineNumber(kept) {
			t.Fatalf("line %d is %s", kept, r.Line)
		}
	}
}

// TestWindowOfPower: what is durable at any moment are the oldest lines, and
// how old the oldest of the others is, is logged.
func TestWindowOfPower(t *testing.T) {
	for _, policy := range []SpoolSync{SpoolSyncInterval, SpoolSyncBatch} {
		disk := newTrickyDisk()
		c := quick(nobody)
		c.SpoolDir, c.SpoolSync, c.spoolFS, c.BatchWait = t.TempDir(), policy, disk, time.Second
		s := openShipper(t, c)
		var times []time.Time
		var windows []time.Duration
		for len(windows) < *windowRounds {
			for end := time.Now().Add(377 * time.Millisecond); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
				mustWrite(t, s, lineNumber(len(times))+"\n")
				times = append(times, time.Now())
			}
			now := time.Now()
			if kept := readSpool(t, disk.powerCut(t, c.SpoolDir), len(times)); kept < len(times) {
				windows = append(windows, now.Sub(times[kept]))
			}
		}
		quit(t, s)
		logWindows(t, fmt.Sprintf("power cut, SpoolSync %d", policy), windows)
	}
}

// powerCut returns a copy of the folder with what was made durable.
func (d *trickyDisk) powerCut(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	for name, size := range d.durable() {
		rel, err := filepath.Rel(dir, name)
		if err != nil || !strings.HasSuffix(name, ".seg") {
			continue
		}
		in, err := os.Open(name)
		if err != nil {
			continue // done meanwhile
		}
		text, err := io.ReadAll(io.LimitReader(in, size))
		_ = in.Close()
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, rel), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}
