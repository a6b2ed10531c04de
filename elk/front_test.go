package elk

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// The states of a front.
const (
	alive       = iota
	deadClosed  // it closes connections
	deadProxy   // 502
	deadCluster // 503
	deadHTML    // what a load balancer says with status 200
	deadHalfway // it dies once the server has done its work
	states      // their number
)

// nobody is an address where none of our servers can ever be: a port that was
// free a moment ago might be that of another test's.
const nobody = "http://127.0.0.1:1"

// front is a node before the one server of a test, so that all nodes hold the
// same documents.
type front struct {
	state   atomic.Int32
	lookups bool // get through in any state
	proxy   http.Handler
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	state := f.state.Load()
	if f.lookups && isLookup(r) {
		state = alive
	}
	switch state {
	case alive:
		f.proxy.ServeHTTP(w, r)
	case deadClosed:
		hijacked(true, func(c *net.TCPConn) { _ = c.Close() })(w, r, nil)
	case deadProxy:
		instead(http.StatusBadGateway, nil, "")(w, r, nil)
	case deadCluster:
		instead(http.StatusServiceUnavailable, nil, down)(w, r, nil)
	case deadHTML:
		instead(http.StatusOK, nil, html)(w, r, nil)
	case deadHalfway:
		f.proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

// newFront runs a front before the server at address.
func newFront(t *testing.T, address string, lookups bool) (f *front, url string) {
	t.Helper()
	to := mustParse(t, address)
	own := &http.Transport{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = own
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	f = &front{lookups: lookups, proxy: proxy}
	srv := httptest.NewUnstartedServer(f)
	srv.Config.ErrorLog = proxy.ErrorLog
	srv.Start()
	t.Cleanup(func() { srv.Close(); own.CloseIdleConnections() })
	return f, srv.URL
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// startNodes starts some fronts, and adds an address where nobody is.
func (run *schedule) startNodes(t *testing.T, n int) (addresses []string) {
	t.Helper()
	for range n {
		f, address := newFront(t, run.srv.URL(), run.rolls)
		run.fronts, addresses = append(run.fronts, f), append(addresses, address)
	}
	return append(addresses, nobody)
}
