package elk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

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
	faulty := `{"a":tru}`
	mustWrite(t, s, faulty+"\n")
	writeLines(t, s, 5, 10)
	stats := closeWell(t, s)
	checkStored(t, srv, 10)
	got := letters(t, dead)
	if len(got) != 1 || got[0].Document != faulty || got[0].Status != 400 || got[0].Reason != "refused" ||
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
	c.BatchWait = time.Hour // so that the nine are in one request
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

// TestOneOfTwoNodesIsDown: the pool moves on.
func TestOneOfTwoNodesIsDown(t *testing.T) {
	srv := startServer(t)
	c := quick(nobody)
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
	c := quick(srv.URL())
	c.RequestTimeout = time.Hour
	s := openShipper(t, c)
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
	err := s.Shutdown(ctx) // else for an hour
	if err == nil || !strings.Contains(err.Error(), "1000 of 1000") {
		t.Errorf("Shutdown = %v, want an error with the counts", err)
	}
	if stats := checkBalance(t, s); stats.Dropped.Close != 1000 {
		t.Errorf("stats = %+v, want 1000 dropped at close", stats)
	}
}
