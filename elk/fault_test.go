package elk

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// fault handles one request; next is the server.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// first applies a fault to the first n requests.
func first(n int32, f fault) func(http.Handler) http.Handler {
	var seen atomic.Int32
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if seen.Add(1) <= n {
				f(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// instead answers without asking the server.
func instead(status int, header map[string]string, body string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// rewrite lets the server do its work and changes its answer.
func rewrite(change func(w http.ResponseWriter, answer []byte)) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		change(w, plainBody(rec.Header(), rec.Body.Bytes()))
	}
}

func plainBody(header http.Header, body []byte) []byte {
	if header.Get("Content-Encoding") != "gzip" {
		return body
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return plain
}

func writeJSON(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// withItems rewrites the list of items.
func withItems(change func([]json.RawMessage) []json.RawMessage) fault {
	return rewrite(func(w http.ResponseWriter, answer []byte) {
		items := change(itemsOf(answer))
		body, _ := json.Marshal(map[string]any{"errors": false, "took": 0, "items": items})
		writeJSON(w, body)
	})
}

func itemsOf(answer []byte) []json.RawMessage {
	var a struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		panic(fmt.Sprintf("%v: %s", err, answer))
	}
	return a.Items
}

// refuse lets the server see all documents but those that pick names, and
// gives these an item of their own.
func refuse(pick func(i int) bool, item string, errorsFlag bool) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		raw, _ := io.ReadAll(r.Body)
		rows := strings.SplitAfter(strings.TrimSuffix(string(plainBody(r.Header, raw)), "\n"), "\n")
		var pass strings.Builder
		var picked []bool
		for i := 0; i+1 < len(rows); i += 2 {
			picked = append(picked, pick(i/2))
			if !picked[i/2] {
				pass.WriteString(rows[i] + strings.TrimSuffix(rows[i+1], "\n") + "\n")
			}
		}
		stored := passOn(r, next, pass.String())
		items := make([]json.RawMessage, len(picked))
		for i := range items {
			if picked[i] {
				items[i] = json.RawMessage(item)
				continue
			}
			items[i], stored = stored[0], stored[1:]
		}
		body, _ := json.Marshal(map[string]any{"errors": errorsFlag, "took": 0, "items": items})
		writeJSON(w, body)
	}
}

func passOn(r *http.Request, next http.Handler, body string) []json.RawMessage {
	if body == "" {
		return nil
	}
	req := r.Clone(r.Context())
	req.Header.Del("Content-Encoding")
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, req)
	return itemsOf(plainBody(rec.Header(), rec.Body.Bytes()))
}

func all(int) bool          { return true }
func everyThird(i int) bool { return i%3 == 0 }

const (
	item429 = `{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue full"}}}`
	item503 = `{"create":{"status":503,"error":{"type":"unavailable_shards_exception","reason":"primary shard is not active"}}}`
	item403 = `{"create":{"status":403,"error":{"type":"security_exception","reason":"unauthorized"}}}`
	item404 = `{"create":{"status":404,"error":{"type":"index_not_found_exception","reason":"no such index"}}}`
	busy    = `{"error":{"type":"es_rejected_execution_exception","reason":"rejected execution"},"status":429}`
	denied  = `{"error":{"type":"security_exception","reason":"missing authentication credentials"},"status":401}`
	noParam = `{"error":{"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [require_data_stream]"},"status":400}`
)

func hangUp(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	panic(http.ErrAbortHandler)
}

func cutAnswer(w http.ResponseWriter, answer []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
	_, _ = w.Write(answer[:len(answer)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func cutJSON(w http.ResponseWriter, answer []byte) { writeJSON(w, answer[:len(answer)-2]) }

func noAnswer(w http.ResponseWriter, _ []byte) { w.WriteHeader(http.StatusOK) }

func packed(w http.ResponseWriter, answer []byte) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(answer)
	_ = z.Close()
}

func packedUnmarked(w http.ResponseWriter, answer []byte) {
	z := gzip.NewWriter(w)
	_, _ = z.Write(answer)
	_ = z.Close()
}

func late(w http.ResponseWriter, answer []byte) {
	time.Sleep(150 * time.Millisecond)
	writeJSON(w, answer)
}

// TestFaults: whatever the server does for a while, each of 100 lines is
// found in it once afterwards.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name      string
		times     int32
		fault     fault
		duplicate bool // the server stored lines and hid it
	}{
		{name: "none", times: 0},
		{name: "429 on the items, once", times: 1, fault: refuse(all, item429, true)},
		{name: "429 on every third item, three times", times: 3, fault: refuse(everyThird, item429, true)},
		{name: "503 on the items", times: 2, fault: refuse(all, item503, true)},
		{name: "errors false beside refused items", times: 1, fault: refuse(everyThird, item429, false)},
		{name: "errors true beside created items", times: 1, fault: refuse(func(int) bool { return false }, "", true)},
		{name: "403 on the items", times: 2, fault: refuse(all, item403, true)},
		{name: "404 on the items, no template yet", times: 2, fault: refuse(all, item404, true)},
		{name: "429 on the request", times: 1, fault: instead(429, map[string]string{"Retry-After": "1"}, busy)},
		{name: "429 on the request, often", times: 8, fault: instead(429, nil, busy)},
		{name: "503 five times", times: 5, fault: instead(503, nil, "")},
		{name: "500 from a proxy", times: 1, fault: instead(500, nil, "<html>oops</html>")},
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
		{name: "late answer, twice", times: 2, fault: rewrite(late), duplicate: true},
		{name: "40 of 100 items", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage { return i[:len(i)*4/10] }), duplicate: true},
		{name: "one item too many", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage { return append(i, i[0]) }), duplicate: true},
		{name: "items of another action", times: 1, fault: withItems(func(i []json.RawMessage) []json.RawMessage {
			for k := range i {
				i[k] = json.RawMessage(`{"index":{"status":201}}`)
			}
			return i
		}), duplicate: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			srv.Intercept(first(tt.times, tt.fault))
			c := quick(srv.URL())
			c.RequestTimeout = 100 * time.Millisecond
			c.BatchWait = 20 * time.Millisecond
			s := openShipper(t, c)
			writeLines(t, s, 0, 100)
			stats := closeWell(t, s)
			checkStored(t, srv, 100)
			if got := stats.Delivered + stats.Duplicate; got != 100 {
				t.Errorf("delivered or duplicate: %d, want 100: %+v", got, stats)
			}
			if got := stats.Duplicate > 0; got != tt.duplicate {
				t.Errorf("Duplicate = %d, want above 0: %t", stats.Duplicate, tt.duplicate)
			}
		})
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(1, instead(429, map[string]string{"Retry-After": "1"}, busy)))
	s := openShipper(t, quick(srv.URL()))
	begin := time.Now()
	writeLines(t, s, 0, 10)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took < time.Second {
		t.Errorf("sent again after %s, want at least the second asked for", took)
	}
	closeWell(t, s)
	checkStored(t, srv, 10)
}

func TestTooLargeIsSplit(t *testing.T) {
	srv := startServer(t, elktest.WithMaxContentLength(2000))
	dead := &buffer{}
	c := quick(srv.URL())
	c.DeadLetter = dead
	s := openShipper(t, c)
	writeLines(t, s, 0, 50)
	guilty := `{"message":"` + strings.Repeat("x", 2000) + `"}`
	mustWrite(t, s, guilty+"\n")
	writeLines(t, s, 50, 100)
	stats := closeWell(t, s)
	checkStored(t, srv, 100)
	got := letters(t, dead)
	if len(got) != 1 || got[0].Document != guilty || got[0].Status != 413 || got[0].Target != stream {
		t.Errorf("dead letters = %+v, want the one large line with status 413", got)
	}
	if stats.DeadLettered.Refused != 1 || stats.Delivered != 100 {
		t.Errorf("stats = %+v", stats)
	}
}

// TestBadRequestIsHalved: 9.2 may have stored a part of what it then refuses.
func TestBadRequestIsHalved(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			if strings.Contains(string(plainBody(r.Header, raw)), "poison") {
				instead(400, nil, `{"error":{"type":"x_content_parse_exception","reason":"poisoned"},"status":400}`)(w, r, next)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(raw))
			next.ServeHTTP(w, r)
		})
	})
	dead := &buffer{}
	c := quick(srv.URL())
	c.DeadLetter = dead
	s := openShipper(t, c)
	writeLines(t, s, 0, 33)
	mustWrite(t, s, `{"poison":1}`+"\n")
	writeLines(t, s, 33, 100)
	closeWell(t, s)
	checkStored(t, srv, 100)
	if got := letters(t, dead); len(got) != 1 || got[0].Document != `{"poison":1}` || got[0].ErrorType != "x_content_parse_exception" {
		t.Errorf("dead letters = %+v", got)
	}
}

func TestRefusedDocumentIsADeadLetter(t *testing.T) {
	srv := startServer(t)
	dead := &buffer{}
	c := quick(srv.URL())
	c.DeadLetter = dead
	s := openShipper(t, c)
	writeLines(t, s, 0, 5)
	twice := `{"a":1,"a":2}`
	mustWrite(t, s, twice+"\n")
	writeLines(t, s, 5, 10)
	stats := closeWell(t, s)
	checkStored(t, srv, 10)
	got := letters(t, dead)
	if len(got) != 1 || got[0].Document != twice || got[0].Status != 400 || got[0].Reason != "refused" ||
		got[0].ErrorType != "document_parsing_exception" || got[0].Time.IsZero() {
		t.Errorf("dead letters = %+v", got)
	}
	if stats.DeadLettered.Refused != 1 {
		t.Errorf("stats = %+v", stats)
	}
}

func TestFailureStoreIsCountedAsDiverted(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(1, refuse(everyThird, `{"create":{"status":201,"failure_store":"used"}}`, false)))
	c := quick(srv.URL())
	c.BatchWait = 50 * time.Millisecond
	s := openShipper(t, c)
	writeLines(t, s, 0, 9)
	if stats := closeWell(t, s); stats.Diverted != 3 || stats.Delivered != 6 {
		t.Errorf("stats = %+v, want 3 diverted, 6 delivered", stats)
	}
}

func TestCredentialsAreAskedAgain(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "ApiKey new" {
				instead(401, nil, denied)(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	var asked atomic.Int32
	told := make(chan Alarm, 16)
	c := quick(srv.URL())
	c.OnAlarm = func(a Alarm) { told <- a }
	c.Credentials = func(context.Context) (string, error) {
		switch asked.Add(1) {
		case 1:
			return "ApiKey old", nil
		case 2:
			return "", fmt.Errorf("the vault is sealed")
		case 3:
			panic("the vault is broken")
		}
		return "ApiKey new", nil
	}
	s := openShipper(t, c)
	writeLines(t, s, 0, 20)
	closeWell(t, s)
	checkStored(t, srv, 20)
	if a := <-told; a.Reason != "unauthorized" || !strings.Contains(a.Message, "401") {
		t.Errorf("alarm = %+v", a)
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("credentials asked %d times, want 4", n)
	}
}

func TestAuthorizationHeader(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*Config)
		want string
	}{
		{"none", func(*Config) {}, ""},
		{"API key", func(c *Config) { c.APIKey = "a2V5" }, "ApiKey a2V5"},
		{"basic", func(c *Config) { c.Username, c.Password = "u", "p" }, "Basic dTpw"},
		{"in the address", func(c *Config) { c.Addresses[0] = strings.Replace(c.Addresses[0], "//", "//u:p@", 1) }, "Basic dTpw"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			got := make(chan string, 1)
			srv.Intercept(first(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				got <- r.Header.Get("Authorization")
				next.ServeHTTP(w, r)
			}))
			c := quick(srv.URL())
			tt.set(&c)
			s := openShipper(t, c)
			writeLines(t, s, 0, 1)
			closeWell(t, s)
			if h := <-got; h != tt.want {
				t.Errorf("Authorization = %q, want %q", h, tt.want)
			}
		})
	}
}

// TestServerComesUpLate: connections are refused at first.
func TestServerComesUpLate(t *testing.T) {
	srv := startServer(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	s := openShipper(t, quick("http://"+address))
	writeLines(t, s, 0, 100)
	for s.Stats().Retries == 0 {
		time.Sleep(time.Millisecond)
	}
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Fatal(err)
	}
	target, _ := url.Parse(srv.URL())
	transport := &http.Transport{}
	proxy := &http.Server{Handler: &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}}
	go func() { _ = proxy.Serve(listener) }()
	closeWell(t, s)
	_ = proxy.Close()
	transport.CloseIdleConnections()
	checkStored(t, srv, 100)
}

// TestOneOfTwoNodesIsDown: the pool moves on.
func TestOneOfTwoNodesIsDown(t *testing.T) {
	srv := startServer(t)
	dead := startServer(t)
	_ = dead.Close()
	c := quick(dead.URL())
	c.Addresses = append(c.Addresses, srv.URL())
	s := openShipper(t, c)
	writeLines(t, s, 0, 50)
	closeWell(t, s)
	checkStored(t, srv, 50)
}

// TestServerHangs: nothing that the caller does waits for the server.
func TestServerHangs(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(1000, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	s := openShipper(t, quick(srv.URL()))
	writeLines(t, s, 0, 1000)
	if err := s.Sync(); err == nil || !strings.Contains(err.Error(), "1000 pending") {
		t.Errorf("Sync = %v, want an error with the count", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := s.Flush(ctx); err == nil || !strings.Contains(err.Error(), "1000 pending") {
		t.Errorf("Flush = %v, want an error with the count", err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := s.Shutdown(ctx)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("Shutdown took %s", took)
	}
	if err == nil || !strings.Contains(err.Error(), "1000 of 1000") {
		t.Errorf("Shutdown = %v, want an error with the counts", err)
	}
	if stats := checkBalance(t, s); stats.Dropped.Close != 1000 {
		t.Errorf("stats = %+v, want 1000 dropped at close", stats)
	}
}
