package elk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestReplay: documents that were refused come back, each into its own data
// stream and byte for byte.
func TestReplay(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(2, refuse(all, `{"create":{"status":400,"error":{"type":"t","reason":"r"}}}`, true)))
	dead := &buffer{}
	c := quick(srv.URL())
	c.DeadLetter, c.InFlight, c.HostName = dead, 1, NoHostName
	c.BatchWait = time.Hour // so that the two lines are in one request
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	lines := `{ "odd" : "spacing <&> \u2028 é", "n":1e3 }` + "\n" + `{"@timestamp":"2020-01-01T00:00:00Z","a":"` + "\u2028" + `"}`
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, s.Dataset("shop"), lines)
	closeWell(t, s)

	again := openShipper(t, c)
	n, err := Replay(context.Background(), strings.NewReader(dead.String()), again)
	if n != 3 || err != nil {
		t.Errorf("Replay = %d, %v, want 3 documents", n, err)
	}
	stats := closeWell(t, again)
	checkStored(t, srv, 1)
	if stats.Accepted != 3 || stats.Delivered != 3 {
		t.Errorf("stats = %+v", stats)
	}
	docs := srv.Documents("logs-shop-default")
	if len(docs) != 2 {
		t.Fatalf("%d documents in the dataset", len(docs))
	}
	for i, line := range strings.Split(lines, "\n") {
		if !strings.HasSuffix(string(docs[i].Source), line[1:]) {
			t.Errorf("%s is stored as %s", line, docs[i].Source)
		}
	}
}

const letterA = `{"reason":"refused","target":"logs-a-default","document":"{\"a\":1}"}`

// TestReplayIntoAWriter: any writer will do, with lines that are no dead letters.
func TestReplayIntoAWriter(t *testing.T) {
	in := strings.Join([]string{
		letterA, "", "garbage", `{"document":""}`, `{"document":"a\nb"}`, `{"document":"{\"b\":1}"}`,
		`{"document":"?","document_base64":"/w=="}`, `[1]`, strings.Replace(letterA, "a\\\"", "c\\\"", 1),
	}, "\n")
	var out bytes.Buffer
	n, err := Replay(context.Background(), strings.NewReader(in), &out)
	if want := "{\"a\":1}\n{\"b\":1}\n\xff\n{\"c\":1}\n"; n != 4 || out.String() != want {
		t.Errorf("Replay wrote %d: %q, want %q", n, out.String(), want)
	}
	if !errors.Is(err, ErrReplay) {
		t.Fatalf("error = %v, want ErrReplay", err)
	}
	for _, line := range []int{3, 4, 5, 8} {
		if !strings.Contains(err.Error(), fmt.Sprintf("line %d: elk: not a dead letter", line)) {
			t.Errorf("error %q does not name line %d", err, line)
		}
	}
	if got := strings.Count(err.Error(), "\n"); got != 3 {
		t.Errorf("%d errors, want 4", got+1)
	}
}

func TestReplayBoundsItsErrors(t *testing.T) {
	_, err := Replay(context.Background(), strings.NewReader(strings.Repeat("x\n", 1000)), io.Discard)
	if err == nil || !strings.HasSuffix(err.Error(), "900 more lines") || strings.Count(err.Error(), "\n") != 100 {
		t.Errorf("error = %v", err)
	}
}

// TestReplayStops when there is no going on, and says where.
func TestReplayStops(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	full := errors.New("full")
	in := func() io.Reader { return strings.NewReader(letterA + "\n" + letterA + "\n") }
	for name, tt := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		w    io.Writer
		n    int
		want error
		line string
	}{
		"context":  {ended, in(), io.Discard, 0, context.Canceled, "line 1"},
		"writer":   {context.Background(), in(), failing(func([]byte) (int, error) { return 0, full }), 0, full, "line 1"},
		"short":    {context.Background(), in(), failing(func(p []byte) (int, error) { return 1, nil }), 0, io.ErrShortWrite, "line 1"},
		"reader":   {context.Background(), io.MultiReader(in(), iotest.ErrReader(full)), io.Discard, 2, full, "line 4"},
		"closed":   {context.Background(), in(), &Shipper{}, 0, ErrClosed, "line 1"},
		"nil":      {context.Background(), in(), (*Shipper)(nil), 0, ErrClosed, "line 1"},
		"bad name": {context.Background(), strings.NewReader(`{"target":"metrics-a-b","document":"{}"}`), openShipper(t, Config{Client: hanging, CloseTimeout: 1}), 0, ErrReplay, "line 1"},
	} {
		n, err := Replay(tt.ctx, tt.r, tt.w)
		if n != tt.n || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.line) {
			t.Errorf("%s: Replay = %d, %v, want %d, %v at %s", name, n, err, tt.n, tt.want, tt.line)
		}
	}
}

// TestReplayWaitsForRoom: a file many times larger than the ring loses
// nothing.
func TestReplayWaitsForRoom(t *testing.T) {
	srv := startServer(t)
	var file bytes.Buffer
	box := letterWriter{to: &file}
	for n := range 2000 {
		if err := box.write(deadLetter{Target: stream}.withDocument([]byte(lineNumber(n)))); err != nil {
			t.Fatal(err)
		}
	}
	c := quick(srv.URL())
	c.RingBytes = 64 << 10
	s := openShipper(t, c)
	if n, err := Replay(context.Background(), &file, s); n != 2000 || err != nil {
		t.Errorf("Replay = %d, %v", n, err)
	}
	closeWell(t, s)
	checkStored(t, srv, 2000)
}

// TestReplayOfALineThatWasCut: the beginning of a line is no document.
func TestReplayOfALineThatWasCut(t *testing.T) {
	dead := &buffer{}
	srv := startServer(t)
	c := quick(srv.URL())
	c.DeadLetter, c.MaxLineBytes, c.NotJSON = dead, 512, NotJSONWrap
	s := openShipper(t, c)
	mustWrite(t, s, `{"a":"`+strings.Repeat("x", 1000)+`"}`)
	closeWell(t, s)
	c.MaxLineBytes = 0
	again := openShipper(t, c)
	n, err := Replay(t.Context(), strings.NewReader(letterA+"\n"+dead.String()), again)
	if n != 1 || !errors.Is(err, ErrReplay) || !strings.Contains(err.Error(), "line 2: ") {
		t.Errorf("Replay = %d, %v, want the second line skipped", n, err)
	}
	if stats := closeWell(t, again); stats.Accepted != 1 {
		t.Errorf("stats = %+v, want one document", stats)
	}
}

// TestReplayKeepsTheTime of the letter for a line that had none, unless it is
// no time that can have been.
func TestReplayKeepsTheTime(t *testing.T) {
	srv := startServer(t)
	c := quick(srv.URL())
	c.InFlight = 1 // so that they are stored in order
	s := openShipper(t, c)
	in := ""
	for _, stamp := range []string{"2020-02-03T04:05:06.789Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z"} {
		in += `{"@timestamp":"` + stamp + `","target":"` + stream + `","document":"{\"a\":1}"}` + "\n"
	}
	begin := time.Now()
	if n, err := Replay(t.Context(), strings.NewReader(in), s); n != 3 || err != nil {
		t.Fatalf("Replay = %d, %v", n, err)
	}
	closeWell(t, s)
	for i, doc := range srv.Documents(stream) {
		var got struct {
			Time time.Time `json:"@timestamp"`
		}
		_ = json.Unmarshal(doc.Source, &got)
		if want := time.Date(2020, 2, 3, 4, 5, 6, 789e6, time.UTC); i == 0 && !got.Time.Equal(want) {
			t.Errorf("@timestamp = %s, want the letter's", got.Time)
		}
		if i > 0 && (got.Time.Before(begin) || got.Time.After(time.Now())) {
			t.Errorf("@timestamp = %s, want now", got.Time)
		}
	}
}

// FuzzReplay: no file panics, and nothing but whole lines comes out.
func FuzzReplay(f *testing.F) {
	f.Add([]byte(letterA + "\n" + `{"document_base64":"AAE="}`))
	f.Add([]byte(`{"document_base64":"000K"}`)) // it ends in a newline
	f.Fuzz(func(t *testing.T, file []byte) {
		var out bytes.Buffer
		n, _ := Replay(context.Background(), bytes.NewReader(file), &out)
		if got := bytes.Count(out.Bytes(), []byte{'\n'}); got != n {
			t.Fatalf("%d documents in %d lines", n, got)
		}
	})
}
