//go:build unix

package elk

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"syscall"
	"testing"
)

// reservePort takes a port of loopback on which connections are refused until
// listen is called, so that nobody else gets it meanwhile.
func reservePort(t *testing.T) (address string, listen func() net.Listener) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	must(err)
	syscall.CloseOnExec(fd)
	socket := os.NewFile(uintptr(fd), "socket")
	t.Cleanup(func() { _ = socket.Close() })
	must(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	name, err := syscall.Getsockname(fd)
	must(err)
	return fmt.Sprint("127.0.0.1:", name.(*syscall.SockaddrInet4).Port), func() net.Listener {
		t.Helper()
		must(syscall.Listen(fd, 16))
		listener, err := net.FileListener(socket)
		must(err)
		return listener
	}
}

// TestServerComesUpLate: connections are refused at first.
func TestServerComesUpLate(t *testing.T) {
	srv := startServer(t)
	address, listen := reservePort(t)
	s := openShipper(t, quick("http://"+address))
	writeLines(t, s, 0, 100)
	waitUntil(t, "a request has failed", func() bool { return s.Stats().Retries > 0 })
	listener := listen()
	target, _ := url.Parse(srv.URL())
	transport := &http.Transport{}
	proxy := &http.Server{Handler: &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}}
	go func() { _ = proxy.Serve(listener) }()
	closeWell(t, s)
	_ = proxy.Close()
	transport.CloseIdleConnections()
	checkStored(t, srv, 100)
}
