package span_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/spanlog/spanlog/span"
)

// trip is a RoundTripper that keeps the request.
type trip struct {
	got    *http.Request
	closed bool
}

func (r *trip) RoundTrip(req *http.Request) (*http.Response, error) {
	r.got = req
	return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
}

func (r *trip) CloseIdleConnections() { r.closed = true }

// served returns the context of a request with that id.
func served(id string) (ctx context.Context) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Request-ID", id)
	span.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).ServeHTTP(httptest.NewRecorder(), r)
	return ctx
}

func TestTransport(t *testing.T) {
	for _, row := range []struct {
		name   string
		ctx    context.Context
		header http.Header
		want   string
	}{
		{"carries", served("id-1"), http.Header{"A": {"b"}}, "id-1"},
		{"nil header", served("id-1"), nil, "id-1"},
		{"the request's own wins", served("id-1"), http.Header{"X-Request-Id": {"own"}}, "own"},
		{"the request's own in another spelling wins", served("id-1"), http.Header{"x-request-id": {"own"}}, ""},
		{"none", context.Background(), http.Header{}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			base := &trip{}
			r := (&http.Request{Method: "GET", URL: &url.URL{Scheme: "http", Host: "h"}, Header: row.header}).WithContext(row.ctx)
			before := r.Header.Clone()
			if _, err := span.Transport(base).RoundTrip(r); err != nil {
				t.Fatal(err)
			}
			if got := base.got.Header.Get("X-Request-ID"); got != row.want {
				t.Errorf("header is %q, want %q", got, row.want)
			}
			if len(r.Header) != len(before) {
				t.Error("the caller's request was changed")
			}
		})
	}
}

func TestTransportClosesIdleConnections(t *testing.T) {
	base := &trip{}
	client := http.Client{Transport: span.Transport(base)}
	client.CloseIdleConnections()
	if !base.closed {
		t.Error("the call does not reach the base")
	}
}

// A hostile id ends at the first service: neither a client nor a proxy behind it passes it on.
func TestRequestIDThroughThreeServices(t *testing.T) {
	last := httptest.NewServer(span.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, span.RequestID(r.Context()))
	})))
	defer last.Close()
	target, err := url.Parse(last.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = span.Transport(nil)
	middle := httptest.NewServer(span.Handler(proxy))
	defer middle.Close()
	client := http.Client{Transport: span.Transport(nil)}
	defer client.CloseIdleConnections()
	first := span.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := http.NewRequestWithContext(r.Context(), http.MethodGet, middle.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(out)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got := resp.Header.Values("X-Request-ID"); len(got) != 1 {
			t.Errorf("the proxy answers with the ids %q", got)
		}
		_, _ = io.Copy(w, resp.Body)
	}))
	for _, id := range []string{"good-1", `"evil"`} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-Request-ID", id)
		first.ServeHTTP(w, r)
		if got := w.Body.String(); got != w.Header().Get("X-Request-ID") || (got == id) != (id == "good-1") || got == "" {
			t.Errorf("%s arrives as %q, the first service told %q", id, got, w.Header().Get("X-Request-ID"))
		}
	}
}
