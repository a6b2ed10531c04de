package elk

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// waitUntil waits as long as it takes, up to what no machine needs.
func waitUntil(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: still not", what)
		}
	}
}

// tooLate is the RequestTimeout of tests in which the server lets a request
// wait until it is given up. A good answer must not be too late for it, however
// busy the machine, so it is long, and such tests run beside others.
const tooLate = 5 * time.Second

// alarmLog collects the reasons of alarms.
type alarmLog struct {
	mu      sync.Mutex
	reasons []string
}

func (l *alarmLog) add(a Alarm) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reasons = append(l.reasons, a.Reason)
}

func (l *alarmLog) has(reason string) bool { return l.count(reason) > 0 }

func (l *alarmLog) count(reason string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.reasons {
		if r == reason {
			n++
		}
	}
	return n
}

// await waits for an alarm: it is told from a goroutine of its own, also after
// what it is about, and Close waits for that no longer than it says.
func (l *alarmLog) await(t testing.TB, reason string) {
	t.Helper()
	waitUntil(t, "the alarm "+reason, func() bool { return l.has(reason) })
}

// idsOf returns the ids of documents, in order of their sequences.
func idsOf(docs []elktest.Document) (ids []string) {
	for _, doc := range docs {
		ids = append(ids, doc.ID)
	}
	return ids
}

// laterVersion makes a segment file one of format version 2.
func laterVersion(t testing.TB, name string) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	content[8] = 2
	head := content[:binary.LittleEndian.Uint32(content[12:])]
	binary.LittleEndian.PutUint32(head[len(head)-4:], crc32.Checksum(head[:len(head)-4], crc32.MakeTable(crc32.Castagnoli)))
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
