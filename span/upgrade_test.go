package span_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/span"
)

// echo switches protocols and sends back what comes.
func echo(t *testing.T) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "echo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		line, _ := rw.ReadString('\n')
		_, _ = rw.WriteString(line)
		_ = rw.Flush()
	})
}

// A proxy between two handlers of ours adds the head of the upgraded answer to its own: the client sees one of each.
func TestHandlerAroundAProxyThatUpgrades(t *testing.T) {
	behind := newShop(t, false, echo(t))
	target, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	var front trace.SpanContext
	proxy := httputil.NewSingleHostReverseProxy(target)
	s := newShop(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		front = trace.SpanContextFromContext(r.Context())
		proxy.ServeHTTP(w, r)
	}))
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Request-ID: order-42\r\n\r\n")
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Upgrade") != "echo" {
		t.Errorf("got %s %v", resp.Status, resp.Header)
	}
	if got := resp.Header.Values("X-Request-ID"); len(got) != 1 || got[0] != "order-42" {
		t.Errorf("X-Request-ID is %q", got)
	}
	want := fmt.Sprintf("00-%s-%s-%s", front.TraceID(), front.SpanID(), front.TraceFlags())
	if got := resp.Header.Values("traceresponse"); len(got) != 1 || got[0] != want {
		t.Errorf("traceresponse is %q, want %q", got, want)
	}
	fmt.Fprintln(conn, "hello")
	if got, err := io.ReadAll(in); err != nil || string(got) != "hello\n" {
		t.Errorf("echo is %q, %v", got, err)
	}
}

// flushErrorer is a writer that knows only the newer form of flushing.
type flushErrorer struct {
	http.ResponseWriter
	err error
}

func (f flushErrorer) FlushError() error { return f.err }

func TestHandlerSeesFlushError(t *testing.T) {
	errGone := errors.New("the client is gone")
	w := httptest.NewRecorder()
	h := span.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != errGone {
			t.Errorf("Flush: got %v", err)
		}
		panic("boom")
	}), span.WithLogger(slog.New(slog.DiscardHandler)))
	if got := recovered(h, flushErrorer{w, errGone}, httptest.NewRequest(http.MethodGet, "/", nil)); got != http.ErrAbortHandler {
		t.Errorf("recovered %v: the head is taken for not sent", got)
	}
	if w.Body.Len() > 0 {
		t.Errorf("written behind the head: %q", w.Body)
	}
}

// Names of headers know no case, also where a program has put them into the map by hand.
func TestHandlerKnowsAnySpelling(t *testing.T) {
	for _, row := range []struct {
		header http.Header
		want   string // "" is an id of ours
	}{
		{http.Header{"x-request-id": {"order-42"}}, "order-42"},
		{http.Header{"X-REQUEST-ID": {"order-42"}}, "order-42"},
		{http.Header{"x-request-id": {"one"}, "X-Request-Id": {"two"}}, ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header = row.header
		w := httptest.NewRecorder()
		span.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := span.RequestID(r.Context())
			if row.want != "" && id != row.want || id == "one" || id == "two" {
				t.Errorf("%v: the id is %q", row.header, id)
			}
			if all := span.Header(r.Header).Values("X-Request-ID"); len(all) != 1 || r.Header.Get("X-Request-ID") != id {
				t.Errorf("%v: the handler sees %v", row.header, r.Header)
			}
			w.Header()["x-request-id"] = []string{"mine"}
		})).ServeHTTP(w, r)
		if all := span.Header(w.Header()).Values("X-Request-ID"); len(all) != 1 || all[0] == "mine" {
			t.Errorf("the response has %v", w.Header())
		}
	}
}
