package spanstate

import (
	"go.opentelemetry.io/otel/trace"
)

// IDs returns the trace id (32 hexadecimal digits) and the span id (16) of sc, both parts of one allocated string.
// They are empty where sc is not valid.
func IDs(sc trace.SpanContext) (traceID, spanID string) {
	if !sc.IsValid() {
		return "", ""
	}
	t, s := sc.TraceID(), sc.SpanID()
	var b [48]byte
	both := string(AppendHex(AppendHex(b[:0], t[:]), s[:]))
	return both[:32], both[32:]
}

// Flags returns the two hexadecimal digits of the trace flags, without an allocation.
func Flags(sc trace.SpanContext) string {
	i := 2 * int(sc.TraceFlags())
	return allFlags[i : i+2]
}

// allFlags is every byte in hexadecimal, so that two digits are a part of a constant string.
var allFlags = func() string {
	var b []byte
	for i := range 256 {
		b = AppendHex(b, []byte{byte(i)})
	}
	return string(b)
}()
