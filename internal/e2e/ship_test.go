package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk"
)

// shipping is one shipper to a real server with what a test needs to look behind it.
type shipping struct {
	*elk.Shipper
	url    string // of the server, with the user of whoever looks at it
	stream string
}

// ship opens a shipper into the data stream logs-<dataset>-default. Config says how it reaches the server; url, which
// may hold a user and a password, is for reading back.
func ship(t *testing.T, url, dataset string, config elk.Config) *shipping {
	t.Helper()
	return shipInBatches(t, url, dataset, 16<<10, config)
}

func shipInBatches(t *testing.T, url, dataset string, batch int, config elk.Config) *shipping {
	t.Helper()
	putLogsTemplate(t, url)
	config.Dataset = dataset
	config.BatchWait, config.BatchBytes = 20*time.Millisecond, batch
	config.BackoffMin, config.BackoffMax = 50*time.Millisecond, time.Second
	shipper, err := elk.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shipper.Close() })
	return &shipping{shipper, url, "logs-" + dataset + "-default"}
}

// lines writes the lines of those numbers.
func (s *shipping) lines(t *testing.T, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if _, err := io.WriteString(s, lineOf(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// settle waits until nothing is pending.
func (s *shipping) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	if err := s.Flush(ctx); err != nil {
		t.Fatalf("Flush: %v (%+v)", err, s.Stats())
	}
}

// check settles and reads back: the lines 0 to n-1 are stored, each once and unchanged.
func (s *shipping) check(t *testing.T, n int) {
	t.Helper()
	s.settle(t)
	if stats := s.Stats(); !stats.Balanced() || stats.Delivered+stats.Duplicate != uint64(n) {
		t.Errorf("got %+v, want %d delivered or stored before, and a balance", stats, n)
	}
	checkStored(t, s.url, s.stream, n)
}

// checkStored reads a stream back: the lines 0 to n-1, each once and unchanged.
func checkStored(t *testing.T, url, stream string, n int) {
	t.Helper()
	copies := map[int]int{}
	for _, doc := range readBack(t, url, stream, `[{"number":{"order":"asc","unmapped_type":"long"}}]`) {
		var source struct{ Number int }
		if err := json.Unmarshal(doc.Source, &source); err != nil {
			t.Fatal(err)
		}
		copies[source.Number]++
		got, _ := fingerprint(t, doc.Source, source.Number)
		if want, _ := fingerprint(t, []byte(lineOf(source.Number)), source.Number); got != want {
			t.Errorf("document %d differs from its line:\n got  %s\n line %s", source.Number, doc.Source, lineOf(source.Number))
		}
	}
	for number := range n {
		if copies[number] != 1 {
			t.Errorf("line %d is stored %d times, want once", number, copies[number])
		}
		delete(copies, number)
	}
	if len(copies) > 0 {
		t.Errorf("stored beyond the lines: %v", copies)
	}
}

// plainly reaches a server without security.
func plainly(url string) elk.Config { return elk.Config{Addresses: []string{url}} }

// await waits until done, or fails the test.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 600 {
		if done() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("not within 30 s: %s", what)
}

// blockStream sets or removes the block on writing.
func blockStream(t *testing.T, url, stream string, on bool) {
	t.Helper()
	call(t, http.MethodPut, url+"/"+stream+"/_settings", fmt.Sprintf(`{"index.blocks.write":%v}`, on), nil)
}

// checkMixed ships 1,000 lines of all kinds.
func checkMixed(t *testing.T, url string) {
	s := ship(t, url, "kinds", plainly(url))
	s.lines(t, 0, 1000)
	s.check(t, 1000)
}

// checkRollover rolls the stream over between lines and while they are on their way.
func checkRollover(t *testing.T, url string) {
	s := ship(t, url, "rolled", plainly(url))
	s.lines(t, 0, 100)
	s.settle(t)
	for n := 100; n < 400; n += 100 {
		s.lines(t, n, n+50)
		call(t, http.MethodPost, url+"/"+s.stream+"/_rollover", "", nil)
		s.lines(t, n+50, n+100)
	}
	s.check(t, 400)
}

// checkBlock blocks the write index while lines arrive: they wait, and are stored once it is open again.
func checkBlock(t *testing.T, url string) {
	s := ship(t, url, "blocked", plainly(url))
	s.lines(t, 0, 100)
	s.settle(t)
	blockStream(t, url, s.stream, true)
	s.lines(t, 100, 300)
	await(t, "a refused document is tried again", func() bool { return s.Stats().Retries > 0 })
	if stats := s.Stats(); stats.Delivered != 100 || stats.Pending != 200 {
		t.Errorf("while the index is blocked: got %+v, want 100 delivered and 200 pending", stats)
	}
	blockStream(t, url, s.stream, false)
	s.check(t, 300)
}

// checkShardLimit: a stream that would be a shard too many waits, and is stored once there may be more.
func checkShardLimit(t *testing.T, url string) {
	limit := func(n string) {
		call(t, http.MethodPut, url+"/_cluster/settings", `{"persistent":{"cluster.max_shards_per_node":`+n+`}}`, nil)
	}
	var alarms heard
	config := plainly(url)
	config.OnAlarm = alarms.note
	s := ship(t, url, "shards", config)
	limit("1")
	defer limit("null")
	s.lines(t, 0, 100)
	await(t, "the alarm", func() bool { return strings.Contains(alarms.message("documents_waiting"), "this action would add [") })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := s.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Flush = %v, want that its time is over", err)
	}
	if h, stats := s.Health(), s.Stats(); h.Reason != "documents_waiting" || stats.Pending != 100 {
		t.Errorf("got %+v, %+v, want 100 that wait", h, stats)
	}
	limit("null")
	s.check(t, 100)
}

// withUser puts a user into the URL of a server.
func withUser(url, user, password string) string {
	return strings.Replace(url, "http://", "http://"+user+":"+password+"@", 1)
}
