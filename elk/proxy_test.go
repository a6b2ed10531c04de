package elk

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// proxyChild names the variable that makes TestShipThroughProxy ship: the
// proxy's variables are read once in the life of a process.
const proxyChild = "SPANLOG_TEST_SHIP_TO"

// TestShipThroughProxy is the other half of TestProxyFromEnvironment.
func TestShipThroughProxy(t *testing.T) {
	address := os.Getenv(proxyChild)
	if address == "" {
		return
	}
	c := quick(address)
	c.CertificateFingerprint = os.Getenv(proxyChild + "_FINGERPRINT")
	told := make(chan Alarm, 100)
	c.OnAlarm = func(a Alarm) { told <- a }
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	if os.Getenv(proxyChild+"_FAILS") != "" {
		t.Log((<-told).Message)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = s.Shutdown(ctx)
		return
	}
	closeWell(t, s)
}

// startProxy starts a proxy that wants credentials and sends all requests to
// plain, and all tunnels to secure, whatever host they ask for.
func startProxy(t *testing.T, plain *url.URL, secure string, asked *atomic.Int32) *httptest.Server {
	transport := &http.Transport{}
	forward := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(plain) }}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjpwcm94eXBhc3M=" || !strings.HasPrefix(r.Host, "example.com:9200") {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		asked.Add(1)
		if r.Method != http.MethodConnect {
			forward.ServeHTTP(w, r)
			return
		}
		tunnel(t, w, secure)
	}))
	t.Cleanup(func() { proxy.Close(); transport.CloseIdleConnections() })
	return proxy
}

func tunnel(t *testing.T, w http.ResponseWriter, to string) {
	out, err := net.Dial("tcp", to)
	if err != nil {
		t.Error(err)
		return
	}
	in, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
	back := make(chan struct{})
	go func() {
		defer close(back)
		_, _ = io.Copy(in, out)
		_ = in.Close()
	}()
	_, _ = io.Copy(out, in)
	_ = out.Close()
	<-back
}

func TestProxyFromEnvironment(t *testing.T) {
	srv := startServer(t)
	plain, err := url.Parse(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	authority := newAuthority(t, "ca")
	front := startFront(t, srv.URL(), &tls.Config{Certificates: []tls.Certificate{authority.issue(t, "example.com").chain(authority)}})
	var asked atomic.Int32
	proxy := startProxy(t, plain, front.Listener.Addr().String(), &asked)
	withUser := strings.Replace(proxy.URL, "//", "//user:proxypass@", 1)

	for _, tt := range []struct {
		name string
		env  []string
	}{
		{"http", []string{proxyChild + "=http://example.com:9200", "HTTP_PROXY=" + withUser}},
		{"https", []string{proxyChild + "=https://example.com:9200", proxyChild + "_FINGERPRINT=" + authority.fingerprint(), "HTTPS_PROXY=" + withUser}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, stored := asked.Load(), len(srv.Documents(stream))
			ship(t, tt.env...)
			if asked.Load() == before {
				t.Error("the proxy was not asked")
			}
			if n := len(srv.Documents(stream)) - stored; n != 10 {
				t.Errorf("%d lines stored, want 10", n)
			}
		})
	}
	t.Run("dead", func(t *testing.T) {
		out := ship(t, proxyChild+"=http://example.com:9200", proxyChild+"_FAILS=1", "HTTP_PROXY=http://user:proxypass@127.0.0.1:1")
		if !strings.Contains(out, "proxyconnect") || strings.Contains(out, "proxypass") {
			t.Errorf("want an alarm that tells of the proxy and not its password, got\n%s", out)
		}
	})
}

// ship runs TestShipThroughProxy in a process of its own.
func ship(t *testing.T, env ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestShipThroughProxy$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), append([]string{"HTTP_PROXY=", "http_proxy=", "HTTPS_PROXY=", "https_proxy=", "NO_PROXY=", "no_proxy="}, env...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}
