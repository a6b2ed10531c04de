package elk

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		child(url)
	}
	goleak.VerifyTestMain(patientRun{m})
}

// patientRun gives goroutines that are about to end the time that a busy
// machine takes for it: goleak waits for less than half a second.
type patientRun struct{ *testing.M }

func (p patientRun) Run() int {
	code := p.M.Run()
	for range 100 {
		if code != 0 || goleak.Find() == nil {
			break
		}
	}
	return code
}

const stream = "logs-generic-default"

func startServer(t testing.TB, options ...elktest.Option) *elktest.Server {
	t.Helper()
	srv, err := elktest.New(append([]elktest.Option{elktest.WithLogsTemplate()}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	return srv
}

// quick is a configuration with waits that suit a test, and limits that suit a
// machine that is busy with others.
func quick(url string) Config {
	return Config{
		Addresses:    []string{url},
		BatchWait:    2 * time.Millisecond,
		BackoffMin:   time.Millisecond,
		BackoffMax:   20 * time.Millisecond,
		FlushTimeout: time.Minute,
		CloseTimeout: time.Minute,
	}
}

// patient is a configuration with a client and the defaults, but for limits
// that a machine that is busy with others may be too slow for.
func patient(client clientFunc) Config {
	return Config{Client: client, RequestTimeout: time.Hour, FlushTimeout: time.Minute, CloseTimeout: time.Minute}
}

func openShipper(t testing.TB, c Config) *Shipper {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if s.keeper != nil {
		s.keeper.grace = time.Minute // no disk is too slow
	}
	return s
}

// lineNumber holds its number twice and the hash of its text, which has what
// other shippers stumble over.
func lineNumber(n int) string {
	text := textNumber(n)
	return fmt.Sprintf(`{"message":%s,"number":%d,"hash":"%s"}`, quoted(text), n, hashOf(text))
}

func textNumber(n int) string { return fmt.Sprintf("line %d \a \u2028 \U000e0001 \"\\", n) }

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func hashOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func writeLines(t testing.TB, s *Shipper, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		mustWrite(t, s, lineNumber(n)+"\n")
	}
}

func mustWrite(t testing.TB, w io.Writer, p string) {
	t.Helper()
	if n, err := io.WriteString(w, p); n != len(p) || err != nil {
		t.Fatalf("Write = %d, %v; want %d, nil", n, err, len(p))
	}
}

// closeWell closes the shipper and checks that nothing was lost.
func closeWell(t testing.TB, s *Shipper) Stats {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return checkBalance(t, s)
}

func checkBalance(t testing.TB, s *Shipper) Stats {
	t.Helper()
	stats := s.Stats()
	if !stats.Balanced() {
		t.Errorf("counts do not balance: %+v", stats)
	}
	return stats
}

// checkStored reads the documents back: lines 0 to n-1, once each, with what
// was spliced in.
func checkStored(t testing.TB, srv *elktest.Server, n int) {
	t.Helper()
	checkStoredIn(t, srv, stream, n)
}

func checkStoredIn(t testing.TB, srv *elktest.Server, stream string, n int) {
	t.Helper()
	seen := storedLines(t, srv, stream)
	for i := range n {
		if seen[i] != 1 {
			t.Errorf("line %d is stored %d times, want once", i, seen[i])
		}
		delete(seen, i)
	}
	if len(seen) > 0 {
		t.Errorf("stored beyond the lines written: %v", seen)
	}
}

// storedLines counts the documents of each numbered line, and checks that they
// are unaltered.
func storedLines(t testing.TB, srv *elktest.Server, stream string) map[int]int {
	t.Helper()
	seen := map[int]int{}
	sequences := map[string]bool{} // of one shipper
	for _, doc := range srv.Documents(stream) {
		if bytes.Contains(doc.Source, []byte(`"spanlog.elk.dropped"`)) {
			continue // about lines, and none itself
		}
		var d struct {
			Time     time.Time `json:"@timestamp"`
			Message  string    `json:"message"`
			Number   int       `json:"number"`
			Sequence uint64    `json:"event.sequence"`
			Hash     string    `json:"hash"`
		}
		if err := json.Unmarshal(doc.Source, &d); err != nil {
			t.Fatalf("document %s: %v: %s", doc.ID, err, doc.Source)
		}
		sequence := fmt.Sprint(doc.ID[:len(newID())], d.Sequence)
		if d.Message != textNumber(d.Number) || d.Hash != hashOf(d.Message) || d.Time.IsZero() || d.Sequence == 0 || sequences[sequence] {
			t.Errorf("document altered: %s", doc.Source)
		}
		seen[d.Number]++
		sequences[sequence] = true
	}
	return seen
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// letters decodes dead letters.
func letters(t testing.TB, b *buffer) []deadLetter {
	t.Helper()
	var out []deadLetter
	for dec := json.NewDecoder(bytes.NewReader([]byte(b.String()))); ; {
		var d deadLetter
		if err := dec.Decode(&d); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatalf("dead letters: %v in %s", err, b)
		}
		out = append(out, d)
	}
}

// clientFunc is a Client made of a function.
type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Perform(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(body)))}
}

// created is the answer to a request all of whose documents are new.
func created(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	return respond(http.StatusOK, nil, answerOf(bytes.Count(body, []byte{'\n'})/2)), nil
}

// answerOf is what Elasticsearch says of n new documents.
func answerOf(n int) string {
	var b bytes.Buffer
	b.WriteString(`{"errors":false,"took":0,"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"create":{"status":201}}`)
	}
	b.WriteString(`]}`)
	return b.String()
}

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// readBody returns what a request says, and closes it.
func readBody(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	_ = r.Body.Close()
	return string(body)
}

// checkRefused checks that Open refuses a configuration for that reason, and that
// the error does not tell the secret.
func checkRefused(t *testing.T, c Config, reason, secret string) {
	t.Helper()
	s, err := Open(c)
	if err == nil {
		_ = s.Close()
		t.Fatal("Open accepts it")
	}
	if text := err.Error(); !strings.Contains(text, reason) || !strings.HasPrefix(text, "elk: ") || strings.Contains(text, secret) {
		t.Errorf("error %q does not say %q, or tells %q", text, reason, secret)
	}
}
