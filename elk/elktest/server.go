package elktest

import (
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// defaultMaxContentLength is Elasticsearch's own default, 100 MB.
const defaultMaxContentLength = 100 << 20

// defaultStreamedPart is 5 % of the heap of the server that was recorded, 512 MB: of 45 MB it stored 26 before it refused the rest.
const defaultStreamedPart = 26843545

// Option changes what New starts.
type Option func(*Server)

// WithLogsTemplate installs a logs-*-* data stream template of priority 100, as a full Elasticsearch has it: @timestamp is a
// date, strings are keywords (the ids above all), message is text, and a malformed number is ignored instead of refused.
func WithLogsTemplate() Option {
	return func(s *Server) { s.store.templates["logs"] = logsTemplate() }
}

// WithMaxContentLength sets http.max_content_length in decompressed bytes; the limit itself is allowed.
// Zero and less mean the default of 100 MB.
func WithMaxContentLength(bytes int) Option {
	return func(s *Server) {
		if bytes > 0 {
			s.maxContentLength = int64(bytes)
		}
	}
}

// WithStreamedPart sets after how many decompressed bytes of a bulk Elasticsearch9 stores what it has read so far, also when
// it refuses the request later: for a malformed line, for its size, or because the client hangs up. Zero and less mean the
// default of 26,843,545. The other profiles read everything first.
func WithStreamedPart(bytes int) Option {
	return func(s *Server) {
		if bytes > 0 {
			s.streamedPart = bytes
		}
	}
}

// Server is a running in-process Elasticsearch. Its methods are safe for concurrent use.
type Server struct {
	profile          Profile
	store            *store
	maxContentLength int64
	streamedPart     int
	listener         net.Listener
	http             *http.Server
	intercepted      atomic.Pointer[http.Handler]
	bulks            atomic.Int64
	closing          chan struct{}
	close            sync.Once
	done             sync.WaitGroup // the accepting goroutine and every connection's
}

// Document is one stored document. Source is the exact line that was received, without its line end; it is the caller's copy.
type Document struct {
	Stream, Index, ID string
	Source            json.RawMessage
}

// New starts a server on a free port of 127.0.0.1. The caller closes it.
func New(options ...Option) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{store: newStore(), maxContentLength: defaultMaxContentLength, streamedPart: defaultStreamedPart, listener: listener, closing: make(chan struct{})}
	for _, o := range options {
		o(s)
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ConnState: s.track}
	s.done.Go(func() { _ = s.http.Serve(listener) })
	return s, nil
}

// URL is the server's address without a trailing slash. It stays the same after Close.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops the server, breaks its connections and waits for its requests to end. Documents can still be read.
// A second Close returns nil. An interceptor that blocks must watch its request's context, which Close ends.
func (s *Server) Close() error {
	var err error
	s.close.Do(func() {
		close(s.closing)
		err = s.http.Close()
		s.done.Wait()
	})
	return err
}

// Intercept wraps the handling of every request from the next one on; nil removes the wrapping. Only one is in place at a time.
// Faults that it injects are the test's own: nothing checks that they are what Elasticsearch would do.
func (s *Server) Intercept(h func(next http.Handler) http.Handler) {
	if h == nil {
		s.intercepted.Store(nil)
		return
	}
	wrapped := h(http.HandlerFunc(s.handle))
	s.intercepted.Store(&wrapped)
}

// Documents returns what the data stream holds in order of arrival; "" is every stream. An unknown name gives none.
func (s *Server) Documents(stream string) []Document { return s.store.documents(stream) }

// Requests is how many bulk requests came in, including refused and intercepted ones.
func (s *Server) Requests() int { return int(s.bulks.Load()) }

// track counts connections, so that Close can wait for their goroutines. A new one is announced by the accepting goroutine,
// which is itself counted: the count cannot rise from zero while Close waits.
func (s *Server) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.done.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.done.Done()
	}
}

// serve counts and passes on to the interceptor, if there is one.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if isBulk(r) {
		s.bulks.Add(1)
	}
	if h := s.intercepted.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	s.handle(w, r)
}
