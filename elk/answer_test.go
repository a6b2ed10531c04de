package elk

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// endless is an answer with n items that comes into being while it is read.
type endless struct {
	n, at  int
	item   string
	rest   strings.Reader
	closed func()      // at the end, with everything read
	often  func()      // now and then
	lock   sync.Locker // held in Read; nil for none
}

func (e *endless) Read(p []byte) (int, error) {
	if e.lock != nil {
		e.lock.Lock()
		defer e.lock.Unlock()
	}
	for e.rest.Len() == 0 {
		switch {
		case e.at == 0:
			e.rest.Reset(`{"took":1,"errors":true,"items":[` + e.item)
		case e.at < e.n:
			e.rest.Reset("," + e.item)
		case e.at == e.n:
			e.rest.Reset("]}")
		default:
			if e.closed != nil {
				e.closed()
			}
			return 0, io.EOF
		}
		if e.at++; e.at%5000 == 0 && e.often != nil {
			e.often()
		}
	}
	return e.rest.Read(p)
}

func (e *endless) Close() error { return nil }

// TestMemoryOfAnswers: everything is full, and each document is refused with
// a long reason, in answers of about 100 MiB.
func TestMemoryOfAnswers(t *testing.T) {
	reason := strings.Repeat("r", 2000)
	entry := `{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"` + reason + `","caused_by":{"type":"t","reason":"` + reason + `"}}}}`
	var mu sync.Mutex // nobody goes on reading while it is measured
	var most int64
	before := heapInUse()
	measure := func() { most = max(most, heapInUse()-before) }
	c := Config{CloseTimeout: 1, BackoffMin: time.Hour, BackoffMax: time.Hour, RequestTimeout: time.Hour, Client: clientFunc(func(r *http.Request) (*http.Response, error) {
		n := strings.Count(readBody(r), "\n") / 2
		res := respond(http.StatusOK, nil, "")
		res.Body = &endless{n: n, item: entry, often: measure, closed: measure, lock: &mu}
		return res, nil
	})}
	s := openShipper(t, c)
	for range 100_000 {
		_, _ = s.Write([]byte(`{"message":"a short line"}`))
	}
	for s.Stats().Retries < 20_000 {
		time.Sleep(time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	t.Logf("%d MiB at most, %d documents", most>>20, s.Stats().Retries)
	if most > 64<<20 {
		t.Errorf("the shipper held %d MiB, want less than 64", most>>20)
	}
}

// TestLongReasons: a reason that quotes a whole document is cut, and the
// document has its verdict.
func TestLongReasons(t *testing.T) {
	dead := &buffer{}
	reason := strings.Repeat(`\u00e9\"`, 1<<20)
	c := patient(func(r *http.Request) (*http.Response, error) {
		_ = readBody(r)
		return respond(200, nil, `{"items":[{"create":{"status":400,"error":{"type":"t","reason":"`+reason+`"}}}]}`), nil
	})
	c.DeadLetter = dead
	s := openShipper(t, c)
	mustWrite(t, s, "{}")
	if stats := closeWell(t, s); stats.DeadLettered.Refused != 1 {
		t.Errorf("stats = %+v, want one refused", stats)
	}
	var letter deadLetter
	if err := json.Unmarshal([]byte(dead.String()), &letter); err != nil || !strings.HasPrefix(letter.ErrorReason, `é"é"`) || len(letter.ErrorReason) > maxTextBytes {
		t.Errorf("%v, a reason of %d bytes: %.20s", err, len(letter.ErrorReason), letter.ErrorReason)
	}
}

// TestCutter: what is valid stays so, wherever the pieces end, and what is
// short stays as it is.
func TestCutter(t *testing.T) {
	for _, text := range []string{"", `\"`, `\\`, `\u00e9`, `\ud83d\ude00`, "é", "x"} {
		for offset := range 8 {
			long := `{"a":"` + strings.Repeat("x", maxTextBytes-offset) + strings.Repeat(text, 20) + `","b":["c\\",1,{"d\"":"` + text + `"}]}`
			for _, piece := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
				from, err := openAnswer(http.Header{}, piece(strings.NewReader(long)))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(&cutReader{from: from})
				if err != nil || !json.Valid(got) || len(got) > maxTextBytes+70 {
					t.Errorf("%q at %d: %v, %d bytes: %s", text, offset, err, len(got), got[max(0, len(got)-60):])
				}
				if _, end, _ := strings.Cut(long, `","b"`); !strings.HasSuffix(string(got), end) {
					t.Errorf("%q: ends in %s, want %s", text, got[max(0, len(got)-60):], end)
				}
			}
		}
	}
}

// TestReadItems: what is not an answer to a bulk is not believed.
func TestReadItems(t *testing.T) {
	const one = `{"create":{"status":201}}`
	for body, want := range map[string]int{
		`{"items":[` + one + `,` + one + `]}`:              2,
		` { "x" : { "y" : [ 1 , {} ] } , "items" : [ ] } `: 0,
		`{"items":[` + one + `],"errors":false,"took":1}`:  1,
		`{}`:                                       0,
		`{"items":[` + one + `]`:                   -1,
		`{"items":[` + one + `,]}`:                 -1,
		`{"items":[` + one + `]}x`:                 -1,
		`{"items":[` + one + `]}{}`:                -1,
		`{"items":[` + one + ` ` + one + `]}`:      -1,
		`{"items":[],"items":[` + one + `]}`:       -1,
		`{"items":{}}`:                             -1,
		`{"items":[{"index":{"status":201}}]}`:     -1,
		`{"items":[{"create":{}}]}`:                -1,
		`{"items":[null]}`:                         -1,
		`[]`:                                       -1,
		``:                                         -1,
		`<html>`:                                   -1,
		`{"items":[` + one + `],"x":nothing}`:      -1,
		`{"items":[` + one + `],"x":[1,2}`:         -1,
		`{"items":["` + strings.Repeat("x", 9<<20): -1,
		`{"items":[{"a":[` + strings.Repeat("1,", maxItemBytes) + `1],"create":{"status":201}}]}`: -1,
	} {
		items, count, err := readItems(strings.NewReader(body), 5)
		if (err == nil) != (want >= 0) || err == nil && (count != want || len(items) != want) {
			t.Errorf("%.60s: %d items, %v, want %d", body, count, err, want)
		}
	}
	items, count, err := readItems(strings.NewReader(`{"items":[`+strings.Repeat(one+",", 9)+one+`]}`), 3)
	if len(items) != 3 || count != 10 || err != nil {
		t.Errorf("%d items of %d, %v, want 3 of 10", len(items), count, err)
	}
}

// TestItemsKeepLittle: the reasons of one answer, all together.
func TestItemsKeepLittle(t *testing.T) {
	const n = 20_000
	entry := fmt.Sprintf(`{"create":{"status":400,"_index":".ds-x","error":{"type":"t","reason":"%s","caused_by":{"reason":"Duplicate field"}}}}`, strings.Repeat("é", 300))
	items, _, err := readItems(&endless{n: n, item: entry}, n)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, it := range items {
		if sum += len(it.cause.Reason) + len(it.index); it.mend != flawDuplicateKey || it.cause.Inner != nil {
			t.Fatalf("%+v", it)
		}
	}
	if limit := fullReasons + maxTextBytes + n*shortReason; sum > limit || sum < fullReasons {
		t.Errorf("%d bytes of reasons, want at most %d", sum, limit)
	}
	if last := items[n-1].cause.Reason; last == "" || strings.Trim(last, "é") != "" {
		t.Errorf("the last reason is %q", last)
	}
}

// TestOpenAnswer: the limit counts what is unpacked, and a broken gzip stream
// is an error of reading.
func TestOpenAnswer(t *testing.T) {
	var part bytes.Buffer
	z := gzip.NewWriter(&part)
	_, _ = z.Write(bytes.Repeat([]byte{' '}, 1<<20))
	_ = z.Close()
	bomb := bytes.Repeat(part.Bytes(), maxAnswerBytes>>20+1)
	for name, tt := range map[string]struct {
		header http.Header
		body   []byte
		ok     bool
	}{
		"bomb":                   {body: bomb},
		"cut gzip":               {body: part.Bytes()[:part.Len()/2]},
		"not gzip":               {header: http.Header{"Content-Encoding": {"gzip"}}, body: []byte("{}")},
		"empty, says it is gzip": {header: http.Header{"Content-Encoding": {"gzip"}}, ok: true},
		"plain":                  {body: []byte("{}"), ok: true},
	} {
		from, err := openAnswer(tt.header, bytes.NewReader(tt.body))
		if err == nil {
			_, err = io.Copy(io.Discard, from)
		}
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v, want an error: %t", name, err, !tt.ok)
		}
	}
}
