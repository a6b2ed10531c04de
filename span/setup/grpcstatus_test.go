package setup

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// calls answers a gRPC call with these bytes and this status, over HTTP/2 without TLS.
func calls(t *testing.T, act func(w http.ResponseWriter, r *http.Request)) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		act(w, r)
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return server.URL
}

func status(code, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
		_, _ = io.WriteString(w, body)
		w.Header().Set("Grpc-Status", code)
		w.Header().Set("Grpc-Message", "no\r\n\"quotes\"\x00")
	}
}

// What a collector says by the rules of gRPC, or against them.
func TestStatusesOverGRPC(t *testing.T) {
	const empty = "\x00\x00\x00\x00\x00" // a message without fields
	for name, row := range map[string]struct {
		act  func(http.ResponseWriter, *http.Request)
		want Stats
	}{
		"ok":                          {status("0", empty), Stats{Exported: 1}},
		"never answers":               {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Stats{Lost: 1, Failures: 1}},
		"unavailable":                 {status("14", ""), Stats{Lost: 1, Failures: 1}}, // repeated until the time is over
		"exhausted, no time given":    {status("8", ""), Stats{Lost: 1, Failures: 1}},
		"unauthenticated":             {status("16", ""), Stats{Lost: 1, Failures: 1}},
		"unknown status":              {status("99999999999999999999", ""), Stats{Lost: 1, Failures: 1}},
		"ok without a message":        {status("0", ""), Stats{Lost: 1, Failures: 1}},
		"a message that is none":      {status("0", "\x00\x00\x00\x00\x02\xff\xff"), Stats{Lost: 1, Failures: 1}},
		"half a message":              {status("0", "\x00\x00\x00\x00\xff12"), Stats{Lost: 1, Failures: 1}},
		"a message of 4 GB, it says":  {status("0", "\x00\xff\xff\xff\xff12"), Stats{Lost: 1, Failures: 1}},
		"429":                         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, Stats{Lost: 1, Failures: 1}},
		"404":                         {func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }, Stats{Lost: 1, Failures: 1}},
		"closes the stream":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Stats{Lost: 1, Failures: 1}},
		"closes the stream in a body": {abortsInside, Stats{Lost: 1, Failures: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT="+calls(t, row.act),
				"OTEL_EXPORTER_OTLP_TIMEOUT="+map[bool]string{true: "60000", false: "300"}[row.want.Exported > 0])
			sdk, err := New(t.Context(), WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				t.Fatal(err)
			}
			_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
			s.End()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err = sdk.Shutdown(ctx)
			got := sdk.Stats()
			got.LastError = nil
			if got != row.want || (err == nil) != (row.want.Failures == 0) || ctx.Err() != nil {
				t.Errorf("got %+v and %v, want %+v", got, err, row.want)
			}
		})
	}
	wantNoneHandled(t)
}

func abortsInside(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/grpc")
	_, _ = io.WriteString(w, "\x00\x00\x00")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
