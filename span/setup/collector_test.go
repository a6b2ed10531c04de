package setup

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// answers are what collectors do to a request, by its number, from 1.
func answers() map[string]func(w http.ResponseWriter, r *http.Request, n int32) {
	status := func(code int, header ...string) func(http.ResponseWriter, *http.Request, int32) {
		return func(w http.ResponseWriter, _ *http.Request, _ int32) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	hijacked := func(text string) func(http.ResponseWriter, *http.Request, int32) {
		return func(w http.ResponseWriter, _ *http.Request, _ int32) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, text)
			_ = c.Close()
		}
	}
	return map[string]func(http.ResponseWriter, *http.Request, int32){
		"never answers":              func(_ http.ResponseWriter, r *http.Request, _ int32) { <-r.Context().Done() },
		"429":                        status(http.StatusTooManyRequests),
		"429, Retry-After an hour":   status(http.StatusTooManyRequests, "Retry-After", "3600"),
		"429, Retry-After nonsense":  status(http.StatusTooManyRequests, "Retry-After", "-99999999999999999999"),
		"503":                        status(http.StatusServiceUnavailable),
		"400":                        status(http.StatusBadRequest),
		"redirect to itself":         status(http.StatusTemporaryRedirect, "Location", "/v1/traces"),
		"closes at once":             hijacked(""),
		"closes in the header":       hijacked("HTTP/1.1 200 O"),
		"closes in the body":         hijacked("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"),
		"no HTTP":                    hijacked("\x00\xff\r\n\r\n"),
		"dribbles":                   dribble,
		"a body that is no protobuf": func(w http.ResponseWriter, _ *http.Request, _ int32) { answer(w, []byte("\xff\xff\xff")) },
		"a body of 64 MB":            func(w http.ResponseWriter, _ *http.Request, _ int32) { answer(w, make([]byte, 64<<20)) },
		"an error of 64 MB, with CR and LF": func(w http.ResponseWriter, _ *http.Request, _ int32) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, strings.Repeat("a\r\n", 64<<20/3))
		},
	}
}

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(body)
}

// dribble answers a byte now and then, for ever.
func dribble(w http.ResponseWriter, r *http.Request, _ int32) {
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, "x")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// sendTo ends a span in an SDK that exports to a collector, and shuts it down within limit, which begins with the first
// request. It returns how often the collector was asked. Each act is told its number, from 1.
func sendTo(t *testing.T, limit time.Duration, act func(http.ResponseWriter, *http.Request, int32), env ...string) (*SDK, int32, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int32
	var over atomic.Pointer[time.Time]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		if n == 1 {
			time.AfterFunc(limit, func() { over.Store(new(time.Now())); cancel() })
		}
		_, _ = io.Copy(io.Discard, r.Body)
		act(w, r, n)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	environment(t, append(env, "OTEL_EXPORTER_OTLP_ENDPOINT="+server.URL)...)
	sdk, err := New(t.Context(), WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	err = sdk.Shutdown(ctx)
	if at := over.Load(); at != nil && time.Since(*at) > 30*time.Second {
		t.Errorf("Shutdown took %v more than its context allows", time.Since(*at))
	}
	return sdk, asked.Load(), err
}

// patience are timeouts of an export that no machine is too slow for.
var patience = []string{"OTEL_EXPORTER_OTLP_TIMEOUT=300000", "OTEL_BSP_EXPORT_TIMEOUT=300000"}

// No collector holds Shutdown longer than its context, and none that did not take the span is told as one that did.
func TestBadCollectors(t *testing.T) {
	for name, act := range answers() {
		t.Run(name, func(t *testing.T) {
			_, asked, err := sendTo(t, time.Second, act, patience...)
			if err == nil {
				t.Error("Shutdown: got nil, want an error")
			}
			if asked == 0 {
				t.Error("the collector was not asked")
			}
		})
	}
	wantNoneHandled(t)
}

// The exporter's own timeout ends an export under a context without a deadline.
func TestExportTimeout(t *testing.T) {
	for _, name := range []string{"never answers", "429, Retry-After an hour", "dribbles"} {
		t.Run(name, func(t *testing.T) {
			sdk, _, err := sendTo(t, time.Minute, answers()[name], "OTEL_EXPORTER_OTLP_TIMEOUT=100", "OTEL_BSP_EXPORT_TIMEOUT=200")
			if err == nil || errors.Is(err, errPanic) {
				t.Errorf("Shutdown: got %v", err)
			}
			if got := sdk.Stats(); got.Lost != 1 || got.Failures != 1 || got.Exported != 0 || got.LastError == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// What a collector asks to repeat arrives in the end. The exporter waits 2.5 s to 7.5 s at least, whatever Retry-After says.
func TestRetryAfter(t *testing.T) {
	begin := time.Now()
	sdk, asked, err := sendTo(t, 4*time.Minute, func(w http.ResponseWriter, _ *http.Request, n int32) {
		if n == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}, patience...)
	if err != nil || asked != 2 || time.Since(begin) < time.Second {
		t.Errorf("got %v after %d requests in %v", err, asked, time.Since(begin))
	}
	if got := sdk.Stats(); got != (Stats{Exported: 1}) {
		t.Errorf("got %+v", got)
	}
}

// A collector that rejects some spans is no collector that takes none.
func TestPartialSuccess(t *testing.T) {
	for _, row := range []struct {
		rejected string
		want     Stats
	}{
		{"1", Stats{Lost: 1, Failures: 1}},
		{"0", Stats{Exported: 1, Failures: 1}}, // a warning
	} {
		body := `{"partialSuccess":{"rejectedSpans":"` + row.rejected + `","errorMessage":"too old\nreally"}}`
		sdk, _, err := sendTo(t, time.Minute, func(w http.ResponseWriter, _ *http.Request, _ int32) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		})
		if err == nil || !strings.Contains(err.Error(), "too old") {
			t.Errorf("Shutdown: got %v", err)
		}
		got := sdk.Stats()
		got.LastError = nil
		if got != row.want {
			t.Errorf("got %+v, want %+v", got, row.want)
		}
	}
}

// The same over gRPC, on the level of the connection.
func TestBadCollectorsOverGRPC(t *testing.T) {
	const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00" // an HTTP/2 server's first frame
	for name, text := range map[string]string{
		"closes at once":      "",
		"no HTTP/2":           "HTTP/1.1 400 Bad Request\r\n\r\n",
		"closes mid-stream":   settings,
		"a frame of 16 MB":    "\xff\xff\xff\x04\x00\x00\x00\x00\x00",
		"goes away":           settings + "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"resets every stream": settings + "\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x07",
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+rude(t, text))
			sdk, err := New(t.Context(), WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				t.Fatal(err)
			}
			_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
			s.End()
			ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
			defer cancel()
			begin := time.Now()
			if err := sdk.Shutdown(ctx); err == nil {
				t.Error("Shutdown: got nil, want an error")
			}
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("Shutdown took %v", took)
			}
		})
	}
	wantNoneHandled(t)
}

// rude is a server that reads a little, says text and closes the connection.
func rude(t *testing.T, text string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(100 * time.Millisecond))
			_, _ = io.WriteString(c, text)
			_, _ = c.Read(make([]byte, 256))
			_ = c.Close()
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	return l.Addr().String()
}
