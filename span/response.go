package span

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/felixge/httpsnoop"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// hijacked stands for the status code of a connection that the handler has taken over.
const hijacked = -1

// head is what Handler does to the head of a response, and knows of it. A handler may write from several goroutines.
type head struct {
	id, trace string   // what X-Request-ID and traceresponse tell; trace may be empty
	encoding  []string // the Content-Encoding that a handler outside has promised
	header    http.Header

	code atomic.Int32 // the status code once the head is gone, 0 before
}

func newHead(header http.Header, id string, sc trace.SpanContext) *head {
	h := &head{id: id, encoding: header.Values("Content-Encoding"), header: header}
	if sc.IsValid() && !sc.IsRemote() {
		h.trace = "00-" + sc.TraceID().String() + "-" + sc.SpanID().String() + "-" + spanstate.Flags(sc)
	}
	h.put()
	return h
}

// put sets our headers, in place of those in any spelling. It is done at the beginning, for a handler that looks, and at
// the end, because a proxy adds those of the service behind it to ours.
func (h *head) put() {
	Header(h.header).Set(requestIDHeader, h.id)
	if h.trace != "" {
		Header(h.header).Set("Traceresponse", h.trace)
	}
}

// leaves notes that the head goes now.
func (h *head) leaves(code int) {
	if h.code.CompareAndSwap(0, int32(code)) {
		h.put()
	}
}

// isFinal reports whether WriteHeader ends the head with this code: others are informational, or make net/http panic.
func isFinal(code int) bool {
	return code >= http.StatusOK && code <= 999 || code == http.StatusSwitchingProtocols
}

// reset removes what described the answer that does not come. The rest stays: a browser, for one, shows no answer
// without what CORS asks for.
func (h *head) reset() {
	for _, name := range []string{"Content-Encoding", "Content-Length", "Content-Range", "Content-Disposition",
		"Accept-Ranges", "Cache-Control", "Etag", "Expires", "Last-Modified", "Trailer"} {
		h.header.Del(name)
	}
	if h.encoding != nil {
		h.header["Content-Encoding"] = h.encoding
	}
	h.put()
}

// watch returns w with every call noted in h that makes the head go. It has exactly the optional interfaces of w.
func (h *head) watch(w http.ResponseWriter) http.ResponseWriter {
	return httpsnoop.Wrap(w, httpsnoop.Hooks{
		// Who has taken the connection over and then writes the head by himself, from here, is httputil.ReverseProxy
		// with an upgrade: it adds what the service behind it has sent, and asks once more for the whole.
		Header: func(next httpsnoop.HeaderFunc) httpsnoop.HeaderFunc {
			return func() http.Header {
				if h.code.Load() == hijacked {
					h.put()
				}
				return next()
			}
		},
		WriteHeader: func(next httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
			return func(code int) {
				if isFinal(code) {
					h.leaves(code)
				}
				next(code)
			}
		},
		Write: func(next httpsnoop.WriteFunc) httpsnoop.WriteFunc {
			return func(b []byte) (int, error) {
				h.leaves(http.StatusOK)
				return next(b)
			}
		},
		WriteString: func(next httpsnoop.WriteStringFunc) httpsnoop.WriteStringFunc {
			return func(s string) (int, error) {
				h.leaves(http.StatusOK)
				return next(s)
			}
		},
		ReadFrom: func(next httpsnoop.ReadFromFunc) httpsnoop.ReadFromFunc {
			return func(src io.Reader) (int64, error) {
				h.leaves(http.StatusOK)
				return next(src)
			}
		},
		Flush: func(next httpsnoop.FlushFunc) httpsnoop.FlushFunc {
			return func() {
				h.leaves(http.StatusOK)
				next()
			}
		},
		FlushError: func(next httpsnoop.FlushErrorFunc) httpsnoop.FlushErrorFunc {
			return func() error {
				h.leaves(http.StatusOK)
				return next()
			}
		},
		Hijack: func(next httpsnoop.HijackFunc) httpsnoop.HijackFunc {
			return func() (net.Conn, *bufio.ReadWriter, error) {
				conn, rw, err := next()
				if err == nil {
					h.code.Store(hijacked)
				}
				return conn, rw, err
			}
		},
	})
}
