package span

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// URL returns the link to the trace of the span in ctx, or "" when there is none that works: the span is not sampled,
// its provider was not made by package setup or has been shut down, or nobody said where traces are seen
// (setup.WithTraceURL, SPANLOG_TRACE_URL).
func URL(ctx context.Context) string {
	return spanstate.Link(trace.SpanFromContext(ctx), nil)
}

// window is how far before and after the call a viewer that wants a time is told to look. The trace may have begun
// long before, and the viewer's clock be another.
const window = time.Hour

// viewer makes the links to one viewer: an address and what comes behind it. A link holds nothing of a request but the
// ids, which are hexadecimal digits. Where the address is no absolute http or https URL, and for a span context that is
// not valid, there is no link.
func viewer(base string, rest func(sc trace.SpanContext, now time.Time) string) func(trace.SpanContext) string {
	base = address(base)
	return func(sc trace.SpanContext) string {
		if base == "" || !sc.IsValid() {
			return ""
		}
		return base + rest(sc, time.Now())
	}
}

// address returns base without what a path cannot be appended to, and without a password: links are written to logs.
func address(base string) string {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return strings.TrimRight(u.String(), "/")
}

func millis(t time.Time) string  { return strconv.FormatInt(t.UnixMilli(), 10) }
func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// decimal is the form in which Datadog writes ids of 64 bits.
func decimal(id []byte) string {
	var n uint64
	for _, b := range id {
		n = n<<8 | uint64(b)
	}
	return strconv.FormatUint(n, 10)
}
