package span

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

const (
	requestIDHeader = "X-Request-Id" // as net/http writes it; names of headers know no case
	requestIDField  = attribute.Key("http.request.id")
)

// maxRequestID is the length in bytes of the longest request id that is accepted.
const maxRequestID = 128

// requestIDKey is the key of the context value that holds the request id, a string in its safe form.
type requestIDKey struct{}

// RequestID returns the id of the request that [Handler] put into the context, "" without one. It consists of up to 128
// letters, digits and . _ ~ + / = -
func RequestID(ctx context.Context) string {
	if ctx == nil {
		return ""
	}
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// withRequestID puts the id on the span in ctx and on the lines below it.
func withRequestID(ctx context.Context, id string) context.Context {
	field := requestIDField.String(id)
	if s := trace.SpanFromContext(ctx); s.IsRecording() {
		s.SetAttributes(field)
	}
	return spanstate.WithField(context.WithValue(ctx, requestIDKey{}, id), field)
}

// requestID returns the id that the request came with, if it is one and safe, else the trace id, so that what the
// customer quotes is the trace; without a trace, a random one of that form.
func requestID(h http.Header, sc trace.SpanContext) string {
	if ids := Header(h).Values(requestIDHeader); len(ids) == 1 && isRequestID(ids[0]) {
		return ids[0]
	}
	if sc.HasTraceID() {
		return sc.TraceID().String()
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// isRequestID is strict because the id is written where others read it: on lines, in the response and in requests.
func isRequestID(id string) bool {
	return id != "" && len(id) <= maxRequestID && !strings.ContainsFunc(id, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		digit := r >= '0' && r <= '9'
		return !letter && !digit && !strings.ContainsRune("._~+/=-", r) // base64 and UUIDs are among these
	})
}
