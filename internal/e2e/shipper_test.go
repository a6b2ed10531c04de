package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// open starts a shipper to the real server, into the data stream logs-<dataset>-default.
func open(t *testing.T, dataset string, deadLetters *bytes.Buffer) *elk.Shipper {
	t.Helper()
	url := server.Shared(t).URL
	putLogsTemplate(t, url)
	config := elk.Config{Addresses: []string{url}, Dataset: dataset, BatchWait: 20 * time.Millisecond, BatchBytes: 64 << 10}
	if deadLetters != nil {
		config.DeadLetter = deadLetters
	}
	shipper, err := elk.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shipper.Close() })
	return shipper
}

// kinds are the lines that are shipped, in turn. Each is a JSON object without its closing brace.
var kinds = []string{
	`{"@timestamp":"2026-11-22T10:00:00.123456789Z","message":"plain"`,
	`{"message":"no time stamp"`,
	`{"@timestamp":"2026-11-22T10:00:00Z","message":"Größe 東京 🚀 \u00e9 \"quoted\" \\ \n"`,
	`{"@timestamp":"2026-11-22T10:00:00Z","message":"nested","http":{"request":{"method":"POST","headers":["a","b"]},"status":200}`,
	`{"@timestamp":"2026-11-22T10:00:00Z","message":"dotted","http.request.method":"GET","trace.id":"4bf92f3577b34da6a3ce929d0e0e4736"`,
	`{"message":"event object","event":{"kind":"metric","duration":12345678901}`,
	`{ "message" : "spaces" , "amount" : 12.50 , "ok" : true , "none" : null , "list" : [ 1, 2 ]`,
	`{"@timestamp":"2026-11-22T10:00:00Z","message":"long","text":"` + strings.Repeat("0123456789", 400) + `"`,
	`{"\u0040timestamp":"2026-11-22T10:00:00Z","message":"escaped key"`,
	`{"message":"a brace in a string }{ \"@timestamp\":1"`,
}

// lineOf is the line of that number, with its newline.
func lineOf(number int) string {
	return fmt.Sprintf(`%s,"number":%d}`, kinds[number%len(kinds)], number) + "\n"
}

func TestShipper(t *testing.T) {
	const lines = 1000
	shipper := open(t, "mixed", nil)
	for n := 0; n < lines; n += 4 {
		write(t, shipper, n)
	}
	flush(t, shipper)
	if s := shipper.Stats(); s.Delivered != lines || !s.Balanced() {
		t.Errorf("got %+v, want %d delivered and a balance", s, lines)
	}

	stored := readBack(t, server.Shared(t).URL, "logs-mixed-default", `[{"number":"asc"}]`)
	if len(stored) != lines {
		t.Fatalf("got %d documents, want %d", len(stored), lines)
	}
	last := json.Number("")
	for n, doc := range stored {
		got, sequence := fingerprint(t, doc.Source, n)
		if want, _ := fingerprint(t, []byte(lineOf(n)), n); got != want {
			t.Errorf("document %d differs from its line:\n got  %s\n line %s", n, doc.Source, lineOf(n))
		}
		if !after(t, last, sequence) {
			t.Errorf("document %d: event.sequence %s after %s, want it to rise in the order of the lines", n, sequence, last)
		}
		last = sequence
	}
}

// write gives the shipper four lines: one alone, two in one Write, one with a level.
func write(t *testing.T, shipper *elk.Shipper, n int) {
	t.Helper()
	for _, text := range []string{lineOf(n), lineOf(n+1) + lineOf(n+2)} {
		if got, err := shipper.Write([]byte(text)); got != len(text) || err != nil {
			t.Fatalf("Write: got %d, %v, want %d", got, err, len(text))
		}
	}
	text := lineOf(n + 3)
	if got, err := shipper.WriteLine(slog.LevelWarn, []byte(text)); got != len(text) || err != nil {
		t.Fatalf("WriteLine: got %d, %v, want %d", got, err, len(text))
	}
}

func flush(t *testing.T, shipper *elk.Shipper) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := shipper.Flush(ctx); err != nil {
		t.Fatalf("Flush: %v (%+v)", err, shipper.Stats())
	}
}

// ofShipper are the fields that the shipper adds to a line that lacks them.
func ofShipper() []string {
	return []string{"event.sequence", "data_stream.type", "data_stream.dataset", "data_stream.namespace", "host.name"}
}

// fingerprint is a hash of a document without what the shipper adds, and the event.sequence that it has added.
// A time stamp is taken away only where the line of that number has none.
func fingerprint(t *testing.T, source []byte, number int) (string, json.Number) {
	t.Helper()
	var doc map[string]any
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber()
	if err := decoder.Decode(&doc); err != nil {
		t.Fatalf("document %d: %v", number, err)
	}
	sequence, _ := doc["event.sequence"].(json.Number)
	for _, added := range ofShipper() {
		delete(doc, added)
	}
	if !strings.Contains(kinds[number%len(kinds)], `timestamp":"2026`) {
		delete(doc, "@timestamp")
	}
	canonical, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), sequence
}

// after reports whether next is a number above last; any number is above the empty one.
func after(t *testing.T, last, next json.Number) bool {
	t.Helper()
	b, err := next.Int64()
	if err != nil {
		return false
	}
	if last == "" {
		return true
	}
	a, err := last.Int64()
	return err == nil && b > a
}

func TestRefusedDocument(t *testing.T) {
	var dead bytes.Buffer
	shipper := open(t, "refused", &dead)
	for n := range 5 {
		line := fmt.Sprintf(`{"message":"m","number":%d}`+"\n", n)
		if n == 2 {
			line = `{"message":"m","number":2,"trace.id":{"not":"a keyword"}}` + "\n"
		}
		if _, err := shipper.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	flush(t, shipper)

	if s := shipper.Stats(); s.Delivered != 4 || s.DeadLettered.Refused != 1 || !s.Balanced() {
		t.Errorf("got %+v, want 4 delivered, 1 refused and a balance", s)
	}
	numbers := map[string]bool{}
	for _, doc := range readBack(t, server.Shared(t).URL, "logs-refused-default", `[{"number":"asc"}]`) {
		var source struct{ Number json.Number }
		if err := json.Unmarshal(doc.Source, &source); err != nil {
			t.Fatal(err)
		}
		numbers[source.Number.String()] = true
	}
	if want := map[string]bool{"0": true, "1": true, "3": true, "4": true}; !maps.Equal(numbers, want) {
		t.Errorf("stored: got %v, want %v", numbers, want)
	}
	if err := shipper.Close(); err != nil { // from here on nobody writes to dead
		t.Fatal(err)
	}
	checkDeadLetter(t, dead.Bytes())
}

func checkDeadLetter(t *testing.T, data []byte) {
	t.Helper()
	var letter struct {
		Reason   string
		Status   int
		Type     string `json:"error.type"`
		Document string
	}
	if err := json.Unmarshal(data, &letter); err != nil {
		t.Fatalf("dead letters: %v, want one JSON line: %s", err, data)
	}
	if letter.Reason != "refused" || letter.Status != 400 || letter.Type != "document_parsing_exception" || !strings.Contains(letter.Document, `"number":2`) {
		t.Errorf("got dead letter %+v, want document 2, refused with 400 document_parsing_exception", letter)
	}
}
