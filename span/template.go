package span

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Template is [Jaeger] for any other viewer: the address of a trace, with
//
//	{trace_id}     32 hexadecimal digits
//	{span_id}      16 hexadecimal digits
//	{start_ms}     milliseconds since 1970, an hour before the call
//	{end_ms}       the same, an hour after it
//	{dd_trace_id}  the lower half of the trace id as a decimal number, as Datadog had it
//
// Other names in braces, or neither {trace_id} nor {dd_trace_id}, make no link. Braces around anything else stay, so
// that JSON may stand in the address. The values are digits and letters and need no escaping.
func Template(address string) func(trace.SpanContext) string {
	address = withoutUser(strings.TrimSpace(address))
	if !isTemplate(address) {
		return func(trace.SpanContext) string { return "" }
	}
	return func(sc trace.SpanContext) string {
		if !sc.IsValid() {
			return ""
		}
		return fill(address, sc, time.Now())
	}
}

// withoutUser returns the address without what stands before an @ in its authority: a link is no place for a password.
func withoutUser(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		rest = rest[at+1:]
	}
	return scheme + "://" + rest
}

func fill(address string, sc trace.SpanContext, now time.Time) string {
	id := sc.TraceID()
	return strings.NewReplacer(
		"{trace_id}", id.String(),
		"{span_id}", sc.SpanID().String(),
		"{start_ms}", millis(now.Add(-window)),
		"{end_ms}", millis(now.Add(window)),
		"{dd_trace_id}", decimal(id[8:]),
	).Replace(address)
}

// isTemplate reports whether the address, filled, is a link to a trace.
func isTemplate(address string) bool {
	if !strings.Contains(address, "{trace_id}") && !strings.Contains(address, "{dd_trace_id}") {
		return false
	}
	sample := fill(address, trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}}), time.Time{})
	u, err := url.Parse(sample)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsFunc(sample, isControl) {
		return false
	}
	return !regexp.MustCompile(`\{\w+\}`).MatchString(sample)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
