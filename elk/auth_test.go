package elk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// guard lets through only requests with the header; others get the answer of a
// server with security on.
func guard(want string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != want {
				instead(http.StatusUnauthorized, nil, denied)(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestEachKindOfCredentials(t *testing.T) {
	const key = "aWQ6c2VjcmV0" // id:secret
	for _, tt := range []struct {
		name string
		set  func(*Config)
		want string
	}{
		{"API key", func(c *Config) { c.APIKey = key }, "ApiKey " + key},
		{"basic", func(c *Config) { c.Username, c.Password = "u", "pa:ss" }, "Basic dTpwYTpzcw=="},
		{"basic, empty password", func(c *Config) { c.Username = "u" }, "Basic dTo="},
		{"service token", func(c *Config) { c.ServiceToken = "AAEAAWVsYXN0aWM" }, "Bearer AAEAAWVsYXN0aWM"},
		{"callback", func(c *Config) {
			c.Credentials = func(context.Context) (string, error) { return "Bearer eyJ", nil }
		}, "Bearer eyJ"},
		{"in the address", func(c *Config) {
			c.Addresses[0] = strings.Replace(c.Addresses[0], "//", "//u:p%40ss@", 1)
		}, "Basic dTpwQHNz"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			srv.Intercept(guard(tt.want))
			c := quick(srv.URL())
			tt.set(&c)
			s := openShipper(t, c)
			writeLines(t, s, 0, 10)
			if stats := closeWell(t, s); stats.Retries != 0 {
				t.Errorf("stats = %+v, want every request let through", stats)
			}
			checkStored(t, srv, 10)
		})
	}
}

// TestAddressesKeepTheirUsers: what is written in one address goes to no
// other.
func TestAddressesKeepTheirUsers(t *testing.T) {
	one, two := startServer(t), startServer(t)
	one.Intercept(guard("Basic b25lOnBhc3MxMTE="))
	two.Intercept(guard("Basic dHdvOnBhc3MyMjI="))
	c := quick(strings.Replace(one.URL(), "//", "//one:pass111@", 1))
	c.Addresses = append(c.Addresses, strings.Replace(two.URL(), "//", "//two:pass222@", 1))
	s := openShipper(t, c)
	for n := range 6 {
		writeLines(t, s, n, n+1)
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if stats := closeWell(t, s); stats.Retries != 0 {
		t.Errorf("stats = %+v, want no request refused", stats)
	}
	if a, b := len(one.Documents(stream)), len(two.Documents(stream)); a == 0 || b == 0 || a+b != 6 {
		t.Errorf("%d and %d documents, want 6 on both together", a, b)
	}
}

func TestWrongCombinations(t *testing.T) {
	t.Setenv("ELASTICSEARCH_URL", "")
	const plain, secure = "http://127.0.0.1:9", "https://127.0.0.1:9"
	withUser := "http://elastic:sesame@127.0.0.1:9"
	authority := newAuthority(t, "ca")
	client := authority.issue(t, "client")
	stranger := authority.issue(t, "stranger")
	sum := authority.fingerprint()
	for _, tt := range []struct {
		name string
		c    Config
		want string
	}{
		{"key and token", Config{Addresses: []string{plain}, APIKey: "sesame", ServiceToken: "sesame"}, "more than one kind of credentials is set: APIKey, ServiceToken"},
		{"user twice", Config{Addresses: []string{withUser}, Username: "u", Password: "sesame"}, "Username, a user in Addresses"},
		{"token and user in an address", Config{Addresses: []string{plain, withUser}, ServiceToken: "sesame"}, "ServiceToken, a user in Addresses"},
		{"colon in the user", Config{Addresses: []string{plain}, Username: "a:b", Password: "sesame"}, "colon"},
		{"key not encoded", Config{Addresses: []string{plain}, APIKey: "id:sesame"}, "base64 of id:key"},
		{"key with scheme", Config{Addresses: []string{plain}, APIKey: "ApiKey sesame"}, "white space"},
		{"token with scheme", Config{Addresses: []string{plain}, ServiceToken: "Bearer sesame"}, "white space"},
		{"token with newline", Config{Addresses: []string{plain}, ServiceToken: "sesame\n"}, "white space"},
		{"client and token", Config{Client: clientFunc(created), ServiceToken: "sesame"}, "either Client"},
		{"client and fingerprint", Config{Client: clientFunc(created), CertificateFingerprint: sum}, "either Client"},
		{"client and certificate", Config{Client: clientFunc(created), ClientCert: client.cert, ClientKey: client.key}, "either Client"},
		{"CA and fingerprint", Config{Addresses: []string{secure}, CACert: authority.cert, CertificateFingerprint: sum}, "set one"},
		{"certificate without key", Config{Addresses: []string{secure}, ClientCert: client.cert}, "set both"},
		{"key without certificate", Config{Addresses: []string{secure}, ClientKey: client.key}, "set both"},
		{"key of another certificate", Config{Addresses: []string{secure}, ClientCert: client.cert, ClientKey: stranger.key}, "ClientCert and ClientKey"},
		{"certificate is no PEM", Config{Addresses: []string{secure}, ClientCert: []byte("sesame"), ClientKey: []byte("sesame")}, "ClientCert and ClientKey"},
		{"fingerprint is no hex", Config{Addresses: []string{secure}, CertificateFingerprint: strings.Repeat("x", 64)}, "not a SHA-256"},
		{"fingerprint is a SHA-1", Config{Addresses: []string{secure}, CertificateFingerprint: sum[:40]}, "not a SHA-256"},
		{"CA without https", Config{Addresses: []string{plain}, CACert: authority.cert}, "no address begins with https"},
		{"fingerprint without https", Config{Addresses: []string{plain}, CertificateFingerprint: sum}, "no address begins with https"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkRefused(t, tt.c, tt.want, "sesame")
		})
	}
}

// TestLateDenial: two requests carry the old credentials, one is denied late,
// when the new ones are in use already. They are not asked for once more.
func TestLateDenial(t *testing.T) {
	srv := startServer(t)
	var asked, old atomic.Int32
	both, renewed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer number-1" {
				once.Do(func() { close(renewed) })
				next.ServeHTTP(w, r)
				return
			}
			_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the client has gone
			if old.Add(1) == 1 {
				await(r.Context(), both)
			} else {
				close(both)
				await(r.Context(), renewed)
			}
			instead(401, nil, denied)(w, r, next)
		})
	})
	c := quick(srv.URL())
	c.Credentials = func(context.Context) (string, error) {
		return fmt.Sprint("Bearer number-", asked.Add(1)), nil
	}
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	mustWrite(t, s.Dataset("other"), lineNumber(0))
	closeWell(t, s)
	checkStored(t, srv, 1)
	checkStoredIn(t, srv, "logs-other-default", 1)
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times, want twice", n)
	}
}

func await(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// TestDoubt: of credentials that are no longer in use it asks for none.
func TestDoubt(t *testing.T) {
	asked := 0
	p := newPeer(Config{Credentials: func(context.Context) (string, error) {
		asked++
		return fmt.Sprint("Bearer number-", asked), nil
	}})
	authorize := func() string { a, _ := p.authorize(context.Background()); return a }
	first := authorize()
	p.doubt(first)
	second := authorize()
	p.doubt(first)
	if got := authorize(); got != second || asked != 2 {
		t.Errorf("%q after %d calls, want %q after 2", got, asked, second)
	}
	if p.doubt(second); authorize() == second {
		t.Error("the credentials that were denied are used again")
	}
}
