package span_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/span"
)

// outgoing is what one request of the service under test carried.
type outgoing struct {
	traceID, spanID string
	flags           uint64
	state           []string // key=value
}

// Grammars of level 2, written down apart from the code under test.
var (
	traceparentForm = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$`)
	memberForm      = regexp.MustCompile(`^[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$`)
)

// read checks what every outgoing request must show.
func read(parents, states []string) (o outgoing, err error) {
	if len(parents) != 1 {
		return o, fmt.Errorf("%d traceparents", len(parents))
	}
	parts := traceparentForm.FindStringSubmatch(parents[0])
	if parts == nil || strings.Trim(parts[1], "0") == "" || strings.Trim(parts[2], "0") == "" {
		return o, fmt.Errorf("invalid traceparent %q", parents[0])
	}
	o.traceID, o.spanID = parts[1], parts[2]
	o.flags, _ = strconv.ParseUint(parts[3], 16, 8)
	for member := range strings.SplitSeq(strings.Join(states, ","), ",") {
		if member == "" {
			continue
		}
		if !memberForm.MatchString(member) {
			return o, fmt.Errorf("invalid tracestate member %q", member)
		}
		o.state = append(o.state, member)
	}
	return o, nil
}

// service takes a request in, makes calls of its own while it handles it, and returns their headers.
type service func(headers [][2]string, calls int) (parents, states [][]string, err error)

// wrong returns what the suite would say to s about c.
func (c w3cCase) wrong(s service) []string {
	var found []string
	for i, e := range c.exchanges {
		calls := max(1, c.calls)
		parents, states, err := s(e.headers, calls)
		if err != nil || len(parents) != calls {
			found = append(found, fmt.Sprintf("request %d: %d calls, error %v", i+1, len(parents), err))
			continue
		}
		ids := map[string]bool{}
		for n := range calls {
			o, err := read(parents[n], states[n])
			ids[o.spanID] = true
			if err != nil {
				found = append(found, fmt.Sprintf("request %d: %v", i+1, err))
			} else if text := all(e.want...)(o); text != "" {
				found = append(found, fmt.Sprintf("request %d: %s", i+1, text))
			}
		}
		if len(ids) != calls {
			found = append(found, fmt.Sprintf("request %d: %d parent ids in %d calls", i+1, len(ids), calls))
		}
	}
	return found
}

// inProcess is a service that consists of a propagator and the SDK. fill makes a carrier of the headers.
func inProcess(p propagation.TextMapPropagator, fill func([][2]string) propagation.TextMapCarrier) service {
	tracer := sdktrace.NewTracerProvider().Tracer("w3c")
	return func(headers [][2]string, calls int) (parents, states [][]string, err error) {
		ctx, s := tracer.Start(p.Extract(context.Background(), fill(headers)), "server")
		defer s.End()
		for range calls {
			ctx, s := tracer.Start(ctx, "client")
			out := http.Header{}
			p.Inject(ctx, propagation.HeaderCarrier(out))
			s.End()
			parents, states = append(parents, out.Values("traceparent")), append(states, out.Values("tracestate"))
		}
		return parents, states, nil
	}
}

// stringMap fills a carrier of lists, trimming nothing and leaving names as they are.
func stringMap(headers [][2]string) map[string][]string {
	m := map[string][]string{}
	for _, h := range headers {
		m[h[0]] = append(m[h[0]], h[1])
	}
	return m
}

func ownHeader(h [][2]string) propagation.TextMapCarrier   { return span.Header(stringMap(h)) }
func ownMetadata(h [][2]string) propagation.TextMapCarrier { return span.Metadata(stringMap(h)) }
func stockHeader(h [][2]string) propagation.TextMapCarrier {
	c := http.Header{}
	for _, h := range h {
		c.Add(h[0], strings.Trim(h[1], " \t")) // as an HTTP server has done
	}
	return propagation.HeaderCarrier(c)
}

// overHTTP is the whole path: a raw request to a server behind otelhttp, whose handler calls another server.
func overHTTP(t *testing.T, p propagation.TextMapPropagator) service {
	var mu sync.Mutex // guards the two below: handlers run on goroutines of their own
	var parents, states [][]string
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		parents = append(parents, r.Header.Values("traceparent"))
		states = append(states, r.Header.Values("tracestate"))
	}))
	t.Cleanup(target.Close)
	options := []otelhttp.Option{otelhttp.WithPropagators(p), otelhttp.WithTracerProvider(sdktrace.NewTracerProvider())}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := http.Client{Transport: otelhttp.NewTransport(transport, options...)}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls, _ := strconv.Atoi(r.URL.Query().Get("calls"))
		for range calls {
			request, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, target.URL, nil)
			response, err := client.Do(request)
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			response.Body.Close()
		}
	})
	server := httptest.NewServer(otelhttp.NewHandler(handler, "server", options...))
	t.Cleanup(server.Close)
	return func(headers [][2]string, calls int) ([][]string, [][]string, error) {
		mu.Lock()
		parents, states = nil, nil
		mu.Unlock()
		err := rawRequest(server.Listener.Addr().String(), headers, calls)
		mu.Lock()
		defer mu.Unlock()
		return parents, states, err
	}
}

// rawRequest writes the headers byte for byte: a client of package http trims values and spells names its own way.
func rawRequest(addr string, headers [][2]string, calls int) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /?calls=%d HTTP/1.1\r\nHost: w3c\r\nConnection: close\r\nContent-Length: 0\r\n", calls)
	for _, h := range headers {
		fmt.Fprintf(conn, "%s:%s\r\n", h[0], h[1])
	}
	fmt.Fprint(conn, "\r\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", response.Status)
	}
	return nil
}

// TestW3C makes the requests of each test in the W3C's suite, to the propagator behind several carriers and over HTTP.
func TestW3C(t *testing.T) {
	cases := w3cCases()
	if len(cases) != 41 {
		t.Fatalf("got %d cases, want 41", len(cases))
	}
	p := span.Propagator()
	services := map[string]service{
		"Header":        inProcess(p, ownHeader),
		"Metadata":      inProcess(p, ownMetadata),
		"HeaderCarrier": inProcess(p, stockHeader),
		"HTTP":          overHTTP(t, p),
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for name, s := range services {
				for _, text := range c.wrong(s) {
					t.Errorf("%s: %s", name, text)
				}
			}
		})
	}
}

// The stock propagator fails those seven tests that it fails in the suite itself: the table above can tell.
func TestStockPropagatorFailsSuite(t *testing.T) {
	want := []string{
		"traceparent_duplicated", "tracestate_empty_header", "tracestate_multiple_headers_different_keys",
		"tracestate_duplicated_keys", "tracestate_key_illegal_vendor_format", "tracestate_member_count_limit",
		"tracestate_key_length_limit",
	}
	for name, s := range map[string]service{
		"HeaderCarrier": inProcess(propagation.TraceContext{}, stockHeader),
		"HTTP":          overHTTP(t, propagation.TraceContext{}),
	} {
		var got []string
		for _, c := range w3cCases() {
			if len(c.wrong(s)) > 0 {
				got = append(got, c.name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
