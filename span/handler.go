package span

import (
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// A HandlerOption changes what [Handler] does. A nil one does nothing.
type HandlerOption func(*handler)

// WithLogger names the logger of panics in place of slog.Default. Nil stands for that.
func WithLogger(logger *slog.Logger) HandlerOption {
	return func(h *handler) { h.logger = logger }
}

// Handler belongs inside otelhttp's handler, which makes the span, and around the routes:
//
//	http.ListenAndServe(address, otelhttp.NewHandler(span.Handler(mux), "shop"))
//
// It gives every request an id: the X-Request-ID that it came with, if that is a single one of up to 128 letters, digits
// and . _ ~ + / = - else the trace id. The id is in the request's and the response's header, in
// [RequestID], and as http.request.id on the span and on every line that a bridge writes with the request's context.
// The response also tells the trace, in the header traceresponse.
// https://w3c.github.io/trace-context/#traceresponse-header
//
// A panic in next sets status Error, and is logged as an error with its stack. If nothing has been written, the client
// gets a plain 500. Otherwise the span is ended with the status code that was sent, and the connection, or the stream
// of HTTP/2, is broken off by panic(http.ErrAbortHandler), so that the client does not take half an answer for a whole
// one. The value of the panic is not raised again. http.ErrAbortHandler itself passes untouched.
//
// The ResponseWriter has the optional interfaces of the one that Handler was given, such as http.Flusher, http.Hijacker
// and io.ReaderFrom, and works with http.ResponseController. A nil next is http.DefaultServeMux.
func Handler(next http.Handler, options ...HandlerOption) http.Handler {
	if next == nil {
		next = http.DefaultServeMux
	}
	h := &handler{next: next}
	for _, option := range options {
		if option != nil {
			option(h)
		}
	}
	return h
}

type handler struct {
	next   http.Handler
	logger *slog.Logger // nil: slog.Default at the time of the panic
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sc := trace.SpanContextFromContext(r.Context())
	id := requestID(r.Header, sc)
	head := newHead(w.Header(), id, sc)
	inner := withID(r, id)
	defer func() {
		handBack(r, inner)
		if value := recover(); value != nil {
			h.panicked(w, inner, head, value)
		}
	}()
	h.next.ServeHTTP(head.watch(w), inner)
	head.leaves(http.StatusOK) // where nothing was written, net/http sends it now
}

// withID returns the request that next sees: its header holds the safe id also for one that passes it on.
func withID(r *http.Request, id string) *http.Request {
	inner := r.WithContext(withRequestID(r.Context(), id))
	ids, names := r.Header[requestIDHeader], spellings(r.Header, requestIDHeader)
	if len(names) != 1 || len(ids) != 1 || ids[0] != id {
		inner.Header = r.Header.Clone()
		if inner.Header == nil {
			inner.Header = make(http.Header)
		}
		Header(inner.Header).Set(requestIDHeader, id)
	}
	return inner
}

// handBack gives the outer request what next found out: otelhttp names the span after the pattern, net/http removes the
// files of the form.
func handBack(r, inner *http.Request) {
	r.Pattern = inner.Pattern
	if inner.MultipartForm != nil {
		r.MultipartForm = inner.MultipartForm
	}
}

// panicked ends a request whose handler panicked.
func (h *handler) panicked(w http.ResponseWriter, r *http.Request, head *head, value any) {
	if value == any(http.ErrAbortHandler) {
		panic(value)
	}
	p := panicked{value}.once()
	h.tell(r, p)
	code := int(head.code.Load())
	if code == 0 {
		head.reset()
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	abort(trace.SpanFromContext(r.Context()), code, p)
	panic(http.ErrAbortHandler)
}

// abort ends s if it is the span of the request. Another may be that of the whole server, from its BaseContext. If it is one below it, those between and that one are told what the
// panic was, and end by themselves.
func abort(s trace.Span, code int, p error) {
	if spanstate.IsServer(s) {
		setCode(s, code)
		finish(s, func() {})
		return
	}
	spanstate.Abort(s, p)
	if server := spanstate.Server(s); server != nil && server.IsRecording() {
		setCode(server, code)
		failStatus(server, p)
	}
}

func setCode(s trace.Span, code int) {
	if code > 0 {
		s.SetAttributes(semconv.HTTPResponseStatusCode(code))
	}
}

// tell logs the panic and sets the status of the span.
func (h *handler) tell(r *http.Request, p error) {
	at := stack()
	logPanic(r.Context(), h.logger, "panic in an HTTP handler", p, at,
		slog.String(string(semconv.HTTPRequestMethodKey), spanstate.Cut(r.Method, maxTold)),
		slog.String(string(semconv.URLPathKey), spanstate.Cut(r.URL.Path, maxTold)))
	if s := trace.SpanFromContext(r.Context()); s.IsRecording() {
		failPanic(s, p, at)
	}
}

// maxTold is the length in bytes at which what the client chose is cut on the line of a panic.
const maxTold = 1 << 10
