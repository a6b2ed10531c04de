package elk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// faultRow is one thing that a server does for a while, or that a program
// does to a shipper.
type faultRow struct {
	name  string
	times int32
	fault fault

	option    elktest.Option
	configure func(t *testing.T, c *Config)
	write     func(t *testing.T, s *Shipper) // instead of lines 0 to 99 in order
	check     func(t *testing.T, srv *elktest.Server, s *Shipper)

	duplicate bool // the server stored lines and hid it
	diverted  bool // all went into the failure store
	deadLines uint64
}

// TestFaults: whatever the server does for a while, each of 100 lines is
// found in it afterwards, once, whole and unaltered. But for the rows with a
// write of their own, they leave in one request.
//
// The rows that begin with 1.3 and 5.6 are those of the tables in which other
// shippers were measured; the others are ours. What 5.6 asks of a spool has no
// row here.
func TestFaults(t *testing.T) {
	for _, rows := range [][]faultRow{peerRows(), scriptedRows(), ownRows()} {
		for _, row := range rows {
			t.Run(row.name, row.run)
		}
	}
}

func (row faultRow) run(t *testing.T) {
	var options []elktest.Option
	if row.option != nil {
		options = append(options, row.option)
	}
	srv := startServer(t, options...)
	if row.fault != nil {
		srv.Intercept(first(row.times, row.fault))
	}
	c := quick(srv.URL())
	c.BatchWait = time.Hour
	if row.configure != nil {
		row.configure(t, &c)
	}
	s := openShipper(t, c)
	if row.write != nil {
		row.write(t, s)
	} else {
		writeLines(t, s, 0, 100)
	}
	stats := closeWell(t, s)
	checkStored(t, srv, 100)
	row.checkStats(t, stats)
	if row.check != nil {
		row.check(t, srv, s)
	}
}

func (row faultRow) checkStats(t *testing.T, stats Stats) {
	t.Helper()
	if got := stats.Delivered + stats.Duplicate + stats.Diverted; got != 100 || stats.DeadLettered.Total() != row.deadLines {
		t.Errorf("want 100 stored and %d dead letters: %+v", row.deadLines, stats)
	}
	if got := stats.Duplicate > 0; got != row.duplicate {
		t.Errorf("Duplicate = %d, want above 0: %t", stats.Duplicate, row.duplicate)
	}
	if want := map[bool]uint64{true: 100}[row.diverted]; stats.Diverted != want {
		t.Errorf("Diverted = %d, want %d", stats.Diverted, want)
	}
}

const always = 1 << 30

// peerRows are the rows on which the other shippers lost lines or the process.
func peerRows() []faultRow {
	return []faultRow{
		{name: "1.3 429 on all items once", times: 1, fault: refuse(all, item429, true)},
		{name: "1.3 whole 429 with Retry-After 1, once", times: 1, fault: instead(429, map[string]string{"Retry-After": "1"}, busy)},
		{name: "1.3 503 five times", times: 5, fault: instead(503, nil, "")},
		{name: "1.3 413 over 2 kB", option: elktest.WithMaxContentLength(2000)},
		{name: "1.3 failure_store used on all", times: always, fault: withItems(toFailureStore), diverted: true},
		{name: "1.3 answer has 40 of 100 items", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage { return i[:len(i)*4/10] }), duplicate: true},
		{name: "1.3 answer has 101 items", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage { return append(i, i[0]) }), duplicate: true},
		{name: "1.3 answer without items, filtered away", times: 1, fault: rewrite(errorsOnly), duplicate: true},
		{name: "1.3 one unreadable body among them", configure: deadLines, write: withUnreadable, deadLines: 1},
		{name: "1.3 _id with control characters", check: plainIDs},
		{name: "1.3 Write after Close, Close twice", write: afterClose},
		{name: "1.3 16 workers, no item", configure: sixteenWorkers},
		{name: "1.3 server without X-Elastic-Product", times: always, fault: rewrite(withoutProduct)},
		{name: "1.3 400 once, then 429 on the items, then Close", times: 2, fault: inTurn(
			instead(400, nil, `{"error":{"type":"x_content_parse_exception","reason":"r"},"status":400}`), refuse(all, item429, true))},
	}
}

// TestLateFaults are the rows whose server gives no answer in time. In the
// others the shipper waits as long as a busy machine takes.
func TestLateFaults(t *testing.T) {
	t.Parallel()
	for _, row := range []faultRow{
		{name: "1.3 late answer, twice", times: 2, fault: late, duplicate: true, configure: impatient},
		{name: "1.3 server hangs", times: 1, fault: hang, write: withoutWaiting, configure: impatient},
	} {
		t.Run(row.name, row.run)
	}
}

// impatient also lets a line leave that nothing follows.
func impatient(_ *testing.T, c *Config) { c.RequestTimeout, c.BatchWait = tooLate, time.Millisecond }

func deadLines(_ *testing.T, c *Config) { c.NotJSON, c.DeadLetter = NotJSONDeadLetter, io.Discard }

func withUnreadable(t *testing.T, s *Shipper) {
	writeLines(t, s, 0, 50)
	mustWrite(t, s, "{\"message\":\"un\xffreadable\"}\n")
	writeLines(t, s, 50, 100)
}

func plainIDs(t *testing.T, srv *elktest.Server, _ *Shipper) {
	plain := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	for _, d := range srv.Documents(stream) {
		if !plain.MatchString(d.ID) {
			t.Errorf("_id %q", d.ID)
		}
	}
}

// hang reads the body first, since only then does net/http notice that the
// client has gone.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// withoutWaiting writes while the server hangs: the lines are taken before
// the request has even timed out.
func withoutWaiting(t *testing.T, s *Shipper) {
	writeLines(t, s, 0, 1)
	waitUntil(t, "the first line has left", func() bool { return s.Stats().Requests > 0 })
	writeLines(t, s, 1, 100)
	if got := s.Stats(); got.Accepted != 100 || got.Dropped.Total() != 0 {
		t.Errorf("stats = %+v", got)
	}
}

func afterClose(t *testing.T, s *Shipper) {
	writeLines(t, s, 0, 100)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		if n, err := s.Write([]byte(lineNumber(100))); n != 0 || !errors.Is(err, ErrClosed) {
			t.Errorf("Write after Close = %d, %v", n, err)
		}
	}
}

func sixteenWorkers(t *testing.T, c *Config) {
	idle := *c
	idle.InFlight = 16
	before := heapInUse()
	s := openShipper(t, idle)
	time.Sleep(10 * time.Millisecond)
	if grown := heapInUse() - before; grown > 4<<20 {
		t.Errorf("an idle shipper takes %d bytes", grown)
	}
	closeWell(t, s)
	c.InFlight = 16
}

// heapInUse is what a collection leaves: not what others leave lying meanwhile.
func heapInUse() int64 {
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return int64(live[0].Value.Uint64())
}

// scriptedRows are what a scripted server should be able to do.
func scriptedRows() []faultRow {
	var told redirectLog
	return []faultRow{
		{name: "5.6 429 by queue depth", times: always, fault: oneAtATime(), configure: func(_ *testing.T, c *Config) { c.InFlight, c.BatchBytes = 4, 2000 }},
		{name: "5.6 slow", times: always, fault: rewrite(func(w http.ResponseWriter, answer []byte) { time.Sleep(50 * time.Millisecond); writeJSON(w, answer) })},
		{name: "5.6 half-closed", times: 2, fault: hijacked(true, halfClosed)},
		{name: "5.6 RST in mid-body", times: 2, fault: hijacked(false, reset)},
		{name: "5.6 early answer", times: 2, fault: early(429)},
		{name: "5.6 garbage", times: 2, fault: instead(200, nil, "\x00\x01garbage")},
		{name: "5.6 empty answer", times: 2, fault: instead(200, nil, "")},
		{name: "5.6 truncated answer", times: 1, fault: rewrite(cutAnswer), duplicate: true},
		{name: "5.6 gzipped answer", times: 1, fault: rewrite(packed)},
		{name: "5.6 wrong item count", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage { return i[1:] }), duplicate: true},
		{name: "5.6 redirect to another host", times: 2,
			fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				w.Header().Set("Location", "http://"+otherHost(r)+r.URL.Path)
				instead(307, nil, "")(w, r, next)
			},
			configure: func(_ *testing.T, c *Config) { c.OnAlarm = told.add },
			check: func(t *testing.T, srv *elktest.Server, _ *Shipper) {
				// The other host is the same server by another name, which
				// would have got more requests if it had been followed.
				if n := srv.Requests(); n != 3 {
					t.Errorf("%d requests, want 3", n)
				}
				waitUntil(t, "an alarm names the host", func() bool { return told.elsewhere.Load() > 0 })
			}},
		{name: "5.6 401, then the key is rotated", times: always, fault: wantsKey("ApiKey b"),
			configure: func(_ *testing.T, c *Config) {
				keys := make(chan string, 2)
				keys <- "ApiKey a"
				keys <- "ApiKey b"
				c.Credentials = func(context.Context) (string, error) { return <-keys, nil }
			}},
	}
}

// redirectLog counts the alarms of a redirect to another host.
type redirectLog struct{ elsewhere atomic.Int32 }

func (l *redirectLog) add(a Alarm) {
	if a.Reason == alarmUnexpected && regexp.MustCompile(`status 307: a redirect to localhost:\d+, which is not followed`).MatchString(a.Message) {
		l.elsewhere.Add(1)
	}
}

func otherHost(r *http.Request) string {
	return regexp.MustCompile(`^[^:]*`).ReplaceAllString(r.Host, "localhost")
}

func wantsKey(key string) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Header.Get("Authorization") != key {
			instead(401, nil, denied)(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func ownRows() []faultRow {
	return []faultRow{
		{name: "none", times: 0},
		{name: "429 on every third item, three times", times: 3, fault: refuse(everyThird, item429, true)},
		{name: "503 on the items", times: 2, fault: refuse(all, item503, true)},
		{name: "errors false beside refused items", times: 1, fault: refuse(everyThird, item429, false)},
		{name: "errors true beside created items", times: 1, fault: refuse(func(int) bool { return false }, "", true)},
		{name: "403 on the items", times: 2, fault: refuse(all, item403, true)},
		{name: "404 on the items, no template yet", times: 2, fault: refuse(all, item404, true)},
		{name: "400 on the items, their index is closed", times: 2, fault: refuse(all, itemClosed, true)},
		{name: "400 on the items, a shard too many", times: 2, fault: refuse(all, itemShards, true)},
		{name: "400 on the items, no such pipeline yet", times: 2, fault: refuse(all, itemNoPipeline, true)},
		{name: "429 on the request, often", times: 8, fault: instead(429, nil, busy)},
		{name: "500 from a proxy", times: 1, fault: instead(500, nil, "<html>oops</html>")},
		{name: "503 from a proxy, after it stored them", times: 1, fault: rewrite(func(w http.ResponseWriter, _ []byte) { w.WriteHeader(503) }), duplicate: true},
		{name: "408 from a proxy, after it stored them", times: 1, fault: rewrite(func(w http.ResponseWriter, _ []byte) { w.WriteHeader(408) }), duplicate: true},
		{name: "408 on the items", times: 1, fault: refuse(all, `{"create":{"status":408}}`, true)},
		{name: "HTML with status 200", times: 2, fault: instead(200, map[string]string{"Content-Type": "text/html"}, "<html>sign in</html>")},
		{name: "HTML with status 400", times: 2, fault: instead(400, nil, "<html>plain HTTP request sent to HTTPS port</html>")},
		{name: "an unknown parameter, until the server is updated", times: 2, fault: instead(400, nil, noParam)},
		{name: "empty object", times: 1, fault: instead(200, nil, "{}")},
		{name: "redirect", times: 1, fault: instead(302, map[string]string{"Location": "/elsewhere"}, "")},
		{name: "404 on the request", times: 1, fault: instead(404, nil, "")},
		{name: "403 on the request", times: 1, fault: instead(403, nil, denied)},
		{name: "hangs up before the answer", times: 2, fault: hangUp},
		{name: "closed in mid-answer", times: 1, fault: rewrite(cutAnswer), duplicate: true},
		{name: "cut JSON", times: 1, fault: rewrite(cutJSON), duplicate: true},
		{name: "nothing with status 200", times: 1, fault: rewrite(noAnswer), duplicate: true},
		{name: "gzip answer", times: 1, fault: rewrite(packed)},
		{name: "gzip answer not marked", times: 1, fault: rewrite(packedUnmarked)},
		{name: "items of another action", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage {
			for k := range i {
				i[k] = json.RawMessage(`{"index":{"status":201}}`)
			}
			return i
		}), duplicate: true},
		{name: "Retry-After as a date", times: 1, fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			date := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
			instead(503, map[string]string{"Retry-After": date}, "")(w, r, next)
		}},
		{name: "a parameter is refused for good", times: always, fault: withoutParameters},
		{name: "500, after it stored them", times: 2, fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewrite(func(w http.ResponseWriter, _ []byte) { w.WriteHeader(500) })(w, r, next)
		}, duplicate: true},
		{name: "one request at a time", times: 1, fault: hangUp, configure: func(_ *testing.T, c *Config) { c.InFlight = 1 }},
	}
}

// withoutParameters is a server that knows neither parameter, and names one
// at a time.
func withoutParameters(w http.ResponseWriter, r *http.Request, next http.Handler) {
	for _, name := range []string{"include_source_on_error", "require_data_stream"} {
		if r.URL.Query().Has(name) {
			instead(400, nil, fmt.Sprintf(`{"error":{"root_cause":[],"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [%s] -> did you mean [x]?"},"status":400}`, name))(w, r, next)
			return
		}
	}
	next.ServeHTTP(w, r)
}
