package setup

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// request is what a receiver saw.
type request struct {
	path   string
	header http.Header
	body   string
}

// receiver is an OTLP/HTTP server that keeps what it was sent.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body := io.Reader(req.Body)
	if req.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(req.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = z
	}
	text, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.requests = append(r.requests, request{req.URL.Path, req.Header.Clone(), string(text)})
	r.mu.Unlock()
}

func (r *receiver) seen() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

// one returns the only request.
func (r *receiver) one(t *testing.T) request {
	t.Helper()
	seen := r.seen()
	if len(seen) != 1 {
		t.Fatalf("got %d requests, want 1", len(seen))
	}
	return seen[0]
}

// silent is a server that accepts connections and never answers. Its second
// result receives the first bytes of each connection.
func silent(t *testing.T) (address string, first <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	bytes := make(chan string, 16)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				<-done
				_ = c.Close()
			})
			wg.Go(func() { swallow(c, bytes) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		close(done)
		wg.Wait()
	})
	return l.Addr().String(), bytes
}

// swallow reads until either side closes the connection.
func swallow(c net.Conn, first chan<- string) {
	buf := make([]byte, 4096)
	if n, err := io.ReadAtLeast(c, buf, 4); err == nil {
		select {
		case first <- string(buf[:n]):
		default:
		}
	}
	_, _ = io.Copy(io.Discard, c)
}

// firstBytes shuts sdk down while its span is on the way to a silent server,
// and returns how the connection began.
func firstBytes(t *testing.T, sdk *SDK, first <-chan string) string {
	t.Helper()
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := make(chan string, 1)
	go func() {
		defer cancel()
		select {
		case text := <-first:
			got <- text
		case <-ctx.Done():
			got <- ""
		}
	}()
	if err := sdk.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: got %v, want context.Canceled", err)
	}
	return <-got
}
