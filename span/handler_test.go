package span_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// lines collects what a logger writes.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) all(t *testing.T) (all []map[string]any) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(l.buf.Bytes()) {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, m)
	}
	return all
}

// shop is a real server with otelhttp outside and span.Handler inside.
type shop struct {
	*httptest.Server
	client *http.Client
	spans  waiting
	lines  *lines
}

func newShop(t *testing.T, http2 bool, routes http.Handler) *shop {
	t.Helper()
	s := &shop{spans: make(waiting, 100), lines: &lines{}}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(s.spans))
	logger := slog.New(slogbridge.NewHandler(s.lines, nil, nil))
	s.Server = httptest.NewUnstartedServer(otelhttp.NewHandler(span.Handler(routes, span.WithLogger(logger), nil), "shop",
		otelhttp.WithTracerProvider(tp), otelhttp.WithPropagators(propagation.TraceContext{})))
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelInfo)
	s.Config.MaxHeaderBytes = 4 << 20
	s.EnableHTTP2 = http2
	if http2 {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	s.client = s.Client()
	return s
}

// versions runs a test over HTTP/1 and HTTP/2.
func versions(t *testing.T, f func(t *testing.T, http2 bool)) {
	t.Helper()
	t.Run("HTTP1", func(t *testing.T) { f(t, false) })
	t.Run("HTTP2", func(t *testing.T) { f(t, true) })
}

func (s *shop) get(t *testing.T, path string, header ...string) (*http.Response, string, error) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestHandlerRequestID(t *testing.T) {
	const given = "order-42_A.b"
	versions(t, func(t *testing.T, http2 bool) {
		var logger *slog.Logger
		routes := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			logger.InfoContext(r.Context(), "served")
			fmt.Fprint(w, r.Header.Get("X-Request-ID"), " ", span.RequestID(r.Context()))
		})
		s := newShop(t, http2, routes)
		logger = slog.New(slogbridge.NewHandler(s.lines, nil, nil))
		for i, row := range []struct {
			header []string
			want   string // "" is the trace id
		}{
			{[]string{"X-Request-ID", given}, given},
			{[]string{"X-Request-ID", "aGVsbG8+/w=="}, "aGVsbG8+/w=="},
			{[]string{"X-Request-ID", "AZaz09._~+/=-"}, "AZaz09._~+/=-"},
			{[]string{"x-request-id", strings.Repeat("a", 128)}, strings.Repeat("a", 128)},
			{nil, ""},
			{[]string{"X-Request-ID", ""}, ""},
			{[]string{"X-Request-ID", strings.Repeat("a", 129)}, ""},
			{[]string{"X-Request-ID", strings.Repeat("a", 1<<20)}, ""},
			{[]string{"X-Request-ID", `a","level":"DEBUG`}, ""},
			{[]string{"X-Request-ID", "a b"}, ""},
			{[]string{"X-Request-ID", "a\tb"}, ""},
			{[]string{"X-Request-ID", "é"}, ""},
			{[]string{"X-Request-ID", "one", "X-Request-ID", "two"}, ""},
		} {
			resp, body, err := s.get(t, "/", row.header...)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int{false: 1, true: 2}[http2]; resp.ProtoMajor != want {
				t.Fatalf("protocol is %s", resp.Proto)
			}
			server := s.spans.next(t)
			want := row.want
			if want == "" {
				want = server.SpanContext().TraceID().String()
			}
			if got := resp.Header.Values("X-Request-ID"); len(got) != 1 || got[0] != want {
				t.Errorf("row %d: response has %.60q, want %.60q", i, got, want)
			}
			if body != want+" "+want {
				t.Errorf("row %d: the handler sees %.150q, want %.60q twice", i, body, want)
			}
			if got := attr(server.Attributes(), "http.request.id"); got != want {
				t.Errorf("row %d: span has %.60q, want %.60q", i, got, want)
			}
			if all := s.lines.all(t); len(all) != i+1 || all[i]["http.request.id"] != want {
				t.Errorf("row %d: %d lines, the last %.300v", i, len(all), all[len(all)-1])
			}
			if got := attr(server.Events()[0].Attributes, "http.request.id"); got != want {
				t.Errorf("row %d: event has %.60q, want %.60q", i, got, want)
			}
		}
	})
}

// What no client of Go sends, and other servers may let through.
func TestHandlerRequestIDWithControlBytes(t *testing.T) {
	for _, id := range []string{"a\r\nSet-Cookie: x", "a\x00b", "a\x1b[31m", "a\x7f", "\xff", "a\u202eb", "a\\b", "a,b", "a;b", "a:b", "<script>"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["X-Request-Id"] = []string{id}
		w := httptest.NewRecorder()
		span.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
		got := w.Header().Get("X-Request-ID")
		if len(got) != 32 || strings.Trim(got, "0123456789abcdef") != "" {
			t.Errorf("%q: response has %q, want 32 random digits, since there is no trace", id, got)
		}
		if w.Header().Get("Traceresponse") != "" {
			t.Error("there is no trace to tell")
		}
		if r.Header.Get("X-Request-ID") != id {
			t.Error("the caller's request was changed")
		}
	}
}

func TestHandlerTellsTheTrace(t *testing.T) {
	versions(t, func(t *testing.T, http2 bool) {
		s := newShop(t, http2, http.NotFoundHandler())
		for _, flags := range []string{"01", "03"} {
			resp, _, err := s.get(t, "/", "traceparent", "00-"+traceHex+"-"+spanHex+"-"+flags)
			if err != nil {
				t.Fatal(err)
			}
			want := "00-" + traceHex + "-" + s.spans.next(t).SpanContext().SpanID().String() + "-" + flags
			if got := resp.Header.Get("traceresponse"); got != want {
				t.Errorf("traceresponse is %q, want %q", got, want)
			}
		}
	})
}

// The ids of a caller are not those of an answer.
func TestHandlerWithoutASpanOfItsOwn(t *testing.T) {
	r := httptest.NewRequestWithContext(trace.ContextWithRemoteSpanContext(t.Context(), spanContext(t)), http.MethodGet, "/", nil)
	w := httptest.NewRecorder()
	span.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
	if got := w.Header().Get("traceresponse"); got != "" {
		t.Errorf("traceresponse is %q", got)
	}
	if got := w.Header().Get("X-Request-ID"); got != traceHex {
		t.Errorf("the request id is %q, want the trace id of the caller", got)
	}
}

func TestHandlerHandsBackThePatternAndTheForm(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", func(_ http.ResponseWriter, r *http.Request) { panic(r.PathValue("id")) })
	s := newShop(t, false, mux)
	if _, _, err := s.get(t, "/items/7"); err != nil {
		t.Fatal(err)
	}
	if got := s.spans.next(t).Name(); got != "GET /items/{id}" {
		t.Errorf("otelhttp names the span %q", got)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	span.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 10); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	if r.MultipartForm == nil {
		t.Error("net/http does not see the form, and leaves its files")
	}
}

// crash is a route that panics.
type crash struct {
	name   string
	route  http.HandlerFunc
	status int    // of the response; 0: it breaks off
	code   string // http.response.status_code on the span
}

func crashes() []crash {
	return []crash{
		{"nothing written", func(http.ResponseWriter, *http.Request) { panic("boom") }, 500, "500"},
		{"header set", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Etag", "x")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			panic("boom")
		}, 500, "500"},
		{"early hints", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			panic("boom")
		}, 500, "500"},
		{"status sent", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			panic("boom")
		}, 0, "201"},
		{"half the body written", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("half"))
			panic("boom")
		}, 0, "200"},
		{"flushed", func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			panic("boom")
		}, 0, "200"},
		{"string", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			panic("boom")
		}, 0, "200"},
		{"copied", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, io.LimitReader(strings.NewReader("half"), 4)) // no WriterTo: ReadFrom is used
			panic("boom")
		}, 0, "200"},
	}
}

func TestHandlerPanics(t *testing.T) {
	for _, c := range crashes() {
		t.Run(c.name, func(t *testing.T) {
			versions(t, func(t *testing.T, http2 bool) {
				s := newShop(t, http2, c.route)
				resp, body, err := s.get(t, "/pay?card=1")
				switch {
				case c.status == 0 && err == nil:
					t.Errorf("the client takes %q for a whole answer", body)
				case c.status != 0 && (err != nil || resp.StatusCode != c.status || body != "Internal Server Error\n"):
					t.Errorf("got %v %q, error %v", resp, body, err)
				case c.status != 0 && (resp.Header.Get("X-Request-ID") == "" || resp.Header.Get("Etag") != ""):
					t.Errorf("the answer lacks the request id, or promises what does not come: %v", resp.Header)
				case c.name == "header set" && resp.Header.Get("Access-Control-Allow-Origin") != "*":
					t.Error("the answer lost the header of CORS")
				}
				got := s.spans.next(t)
				if got.Status().Code != codes.Error || attr(got.Attributes(), "http.response.status_code") != c.code {
					t.Errorf("status %v, attributes %v", got.Status(), got.Attributes())
				}
				if c.status == 0 && got.Status().Description != "panic: boom" {
					t.Errorf("description is %q", got.Status().Description)
				}
				if len(got.Events()) != 1 || exceptions(got) != 1 || !strings.Contains(attr(got.Events()[0].Attributes, "exception.stacktrace"), "handler_test.go") {
					t.Errorf("events are %v, want the line's with its stack", got.Events())
				}
				wantCrashLine(t, s, got)
			})
		})
	}
}

func wantCrashLine(t *testing.T, s *shop, server sdktrace.ReadOnlySpan) {
	t.Helper()
	all := s.lines.all(t)
	if len(all) != 1 {
		t.Fatalf("%d lines, want 1", len(all))
	}
	for key, want := range map[string]any{
		"level": "ERROR", "msg": "panic in an HTTP handler", "error": "boom", "http.request.method": "GET", "url.path": "/pay",
		"trace_id": server.SpanContext().TraceID().String(), "http.request.id": server.SpanContext().TraceID().String(),
	} {
		if all[0][key] != want {
			t.Errorf("%s is %v, want %v", key, all[0][key], want)
		}
	}
	if stack, _ := all[0]["exception.stacktrace"].(string); !strings.Contains(stack, "handler_test.go") {
		t.Errorf("the stack does not lead here: %s", stack)
	}
}

// After a hijack the connection is the handler's: it closes it, or the panic would leave it open as in net/http.
func TestHandlerPanicsAfterHijack(t *testing.T) {
	s := newShop(t, false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		panic("boom")
	}))
	if _, _, err := s.get(t, "/"); err == nil {
		t.Error("an answer came")
	}
	got := s.spans.next(t)
	if got.Status().Description != "panic: boom" || attr(got.Attributes(), "http.response.status_code") != "" {
		t.Errorf("status %v, attributes %v", got.Status(), got.Attributes())
	}
}

func TestHandlerLeavesErrAbortHandlerAlone(t *testing.T) {
	versions(t, func(t *testing.T, http2 bool) {
		s := newShop(t, http2, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		if _, _, err := s.get(t, "/"); err == nil {
			t.Error("the connection was not aborted")
		}
		if got := s.spans.next(t); got.Status().Code != codes.Unset {
			t.Errorf("status is %v", got.Status())
		}
		if all := s.lines.all(t); len(all) != 0 {
			t.Errorf("lines are %v", all)
		}
	})
}

// recovered is what comes out of h.
func recovered(h http.Handler, w http.ResponseWriter, r *http.Request) (value any) {
	defer func() { value = recover() }()
	h.ServeHTTP(w, r)
	return nil
}

func TestHandlerRaisesNothingButErrAbortHandler(t *testing.T) {
	ctx, _, _ := root(t)
	for name, value := range map[string]any{
		"nil": nil, "error": errors.New("x"), "uncomparable": []int{1}, "wrapped": fmt.Errorf("x: %w", http.ErrAbortHandler),
		"logs": logs{ctx}, "nil pointer": (*nilError)(nil),
	} {
		for written, want := range map[bool]any{false: nil, true: http.ErrAbortHandler} {
			h := span.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if written {
					w.WriteHeader(http.StatusOK)
				}
				panic(value)
			}), span.WithLogger(slog.New(slog.DiscardHandler)))
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
			if got := recovered(h, httptest.NewRecorder(), r); got != want {
				t.Errorf("%s, written %v: got %v, want %v", name, written, got, want)
			}
		}
	}
}

// A gzip handler outside has told its encoding before, and will encode the 500 too.
func TestHandlerKeepsThePromisedEncoding(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Encoding", "gzip")
	h := span.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), span.WithLogger(slog.New(slog.DiscardHandler)))
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := w.Header().Get("Content-Encoding"); got != "gzip" || w.Code != 500 {
		t.Errorf("status %d, encoding %q", w.Code, got)
	}
}

// An invalid status code makes net/http panic before anything is sent.
func TestHandlerAnswersAnInvalidStatusCode(t *testing.T) {
	for _, code := range []int{-1, 0, 99, 1000} {
		s := newShop(t, false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		if resp, _, err := s.get(t, "/"); err != nil || resp.StatusCode != 500 {
			t.Errorf("%d: got %v, %v", code, resp, err)
		}
	}
}

type badHandler struct{ slog.Handler }

func (badHandler) Handle(context.Context, slog.Record) error { panic("logger") }

func TestHandlerSurvivesItsLogger(t *testing.T) {
	ctx, s, rec := root(t)
	h := span.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }),
		span.WithLogger(slog.New(badHandler{slog.NewTextHandler(io.Discard, nil)})))
	w := httptest.NewRecorder()
	if got := recovered(h, w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)); got != nil || w.Code != 500 {
		t.Errorf("recovered %v, status %d", got, w.Code)
	}
	s.End()
	if got := ended(t, rec, "root").Status().Description; got != "panic: boom" {
		t.Errorf("description is %q", got)
	}
}

// An error with a stack of its own does not make a second attribute of that name.
func TestHandlerTellsOneStack(t *testing.T) {
	ctx, s, rec := root(t)
	h := span.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(badText{}) }),
		span.WithLogger(slog.New(slogbridge.NewHandler(io.Discard, nil, nil))))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	s.End()
	stacks := 0
	for _, e := range ended(t, rec, "root").Events() {
		for _, kv := range e.Attributes {
			if kv.Key == "exception.stacktrace" {
				stacks++
			}
		}
	}
	if stacks != 1 {
		t.Errorf("%d stacks, want 1", stacks)
	}
}

func TestHandlerLogsThroughTheDefault(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	h := span.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), span.WithLogger(nil))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/"+strings.Repeat("x", 1<<20), nil))
	if !strings.Contains(log.String(), "error=boom") || log.Len() > 1<<17 {
		t.Errorf("%d bytes: %.200s", log.Len(), log.String())
	}
}

// The span of a whole server is not the request's to end.
func TestHandlerEndsServerSpansOnly(t *testing.T) {
	ctx, s, _ := root(t)
	h := span.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("boom")
	}), span.WithLogger(slog.New(slog.DiscardHandler)))
	recovered(h, httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if !s.IsRecording() {
		t.Error("the handler ended an internal span")
	}
}

// optional lists what a response writer can do besides.
func optional(w http.ResponseWriter) (can [6]bool) {
	_, can[0] = w.(http.Flusher)
	_, can[1] = w.(http.Hijacker)
	_, can[2] = w.(io.ReaderFrom)
	_, can[3] = w.(http.Pusher)
	_, can[4] = w.(io.StringWriter)
	_, can[5] = w.(interface{ EnableFullDuplex() error })
	return can
}

func TestHandlerKeepsTheWriter(t *testing.T) {
	versions(t, func(t *testing.T, http2 bool) {
		var plain, ours [6]bool
		inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			ours = optional(w)
			c := http.NewResponseController(w)
			if err := errors.Join(c.Flush(), c.EnableFullDuplex()); err != nil {
				t.Error(err)
			}
		})
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			plain = optional(w)
			span.Handler(inner).ServeHTTP(w, r)
		}))
		server.EnableHTTP2 = http2
		server.StartTLS()
		defer server.Close()
		resp, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if plain != ours || resp.ProtoMajor != map[bool]int{false: 1, true: 2}[http2] {
			t.Errorf("%s: the server's writer can %v, ours %v", resp.Proto, plain, ours)
		}
	})
}

// fromReader is a writer whose ReadFrom stands for sendfile.
type fromReader struct {
	*httptest.ResponseRecorder
	used bool
}

func (f *fromReader) ReadFrom(r io.Reader) (int64, error) {
	f.used = true
	return io.Copy(f.ResponseRecorder, r)
}

func TestHandlerUsesReadFrom(t *testing.T) {
	w := &fromReader{ResponseRecorder: httptest.NewRecorder()}
	span.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.Copy(w, io.LimitReader(strings.NewReader("body"), 10)); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !w.used || w.Body.String() != "body" {
		t.Errorf("ReadFrom used: %v, body %q", w.used, w.Body)
	}
}

// The handler answers each line before it has seen the next one.
func TestHandlerFullDuplex(t *testing.T) {
	versions(t, func(t *testing.T, http2 bool) {
		s := newShop(t, http2, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := http.NewResponseController(w)
			if err := c.EnableFullDuplex(); err != nil {
				t.Error(err)
			}
			in := bufio.NewScanner(r.Body)
			for in.Scan() {
				fmt.Fprintf(w, "%s!\n", in.Text())
				if err := c.Flush(); err != nil {
					t.Error(err)
				}
			}
		}))
		body, send := io.Pipe()
		go fmt.Fprintln(send, "one")
		resp, err := s.client.Post(s.URL, "text/plain", body)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		out := bufio.NewScanner(resp.Body)
		for _, want := range []string{"one!", "two!", "three!"} {
			if !out.Scan() || out.Text() != want {
				t.Fatalf("got %q (%v), want %q", out.Text(), out.Err(), want)
			}
			fmt.Fprintln(send, map[string]string{"one!": "two", "two!": "three", "three!": ""}[want])
		}
		send.Close()
	})
}

func TestHandlerHijack(t *testing.T) {
	s := newShop(t, false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\n\r\nraw")
		_ = rw.Flush()
	}))
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	if got, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(got), "raw") {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestHandlerNilNext(t *testing.T) {
	w := httptest.NewRecorder()
	span.Handler(nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/no/such/route", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status is %d, want http.DefaultServeMux's 404", w.Code)
	}
}

// Requests run side by side, some panic, and each keeps its own id.
func TestHandlerConcurrently(t *testing.T) {
	s := newShop(t, true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "7") {
			panic("seven")
		}
		fmt.Fprint(w, span.RequestID(r.Context()))
	}))
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			id := fmt.Sprint("id-", i)
			resp, body, err := s.get(t, "/"+id, "X-Request-ID", id)
			switch {
			case err != nil:
				t.Error(err)
			case strings.HasSuffix(id, "7") != (resp.StatusCode == 500), resp.StatusCode == 200 && body != id, resp.Header.Get("X-Request-ID") != id:
				t.Errorf("%s: %d %q", id, resp.StatusCode, body)
			}
		})
	}
	wg.Wait()
	seen := map[trace.SpanID]bool{}
	for range 40 {
		seen[s.spans.next(t).SpanContext().SpanID()] = true
	}
	if len(seen) != 40 {
		t.Errorf("%d spans, want 40", len(seen))
	}
}
