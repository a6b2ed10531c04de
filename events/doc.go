// Package events says what becomes of a log call made inside a span.
//
// A [Policy] is the one struct that the three bridges (slogbridge, zapbridge, zerologbridge) share. It decides under
// which names the ids stand on the line, from which level on a call becomes a span event, from which level on it marks
// the span as failed, and what must not be seen. A nil *Policy means the documented defaults, and so does the zero value.
//
// # The span event
//
// A call at EventLevel or above inside a recording span is an event of that span:
//   - its name is the field event.name if the call has one, else the message, never empty, cut at 256 bytes;
//   - its time is the record's own (zerolog: the moment of the call);
//   - log.severity is the library's name of the level, in capitals;
//   - every field of the line is an attribute, bound ones first, each with its type; the keys of groups are joined by dots;
//   - exception.type, exception.message and, where the error carries one, exception.stacktrace, for the first error
//     value of the call under any key; an error that was told on this span before, or below it, is not told again.
//
// One call is one event, through several outputs too (a console handler and an ECS handler in one slog.MultiHandler, a
// zap tee): the first output whose policy makes an event decides what it holds. [span.Mute] makes none.
//
// A span that does not record costs one check: no conversion, no allocation.
//
// # How values become attributes
//
//   - string, bool, signed integers, float32 and float64 keep their type; so do slices of string, bool, int, int64 and float64
//   - unsigned integers are int64, above MaxInt64 their decimal digits as a string
//   - [time.Duration] is int64 nanoseconds; [time.Time] is RFC 3339 with nanoseconds, in UTC
//   - []byte is base64; nil is the string null; an error is its message
//   - everything else is what its JSON says: a string, bool or whole number as such, the rest as JSON text
//   - a string over 64 KiB is cut on a rune and ends in a mark; what is not UTF-8 becomes U+FFFD;
//     a key over 1 KiB is cut too, groups and all
//
// # The budget
//
// The SDK keeps 128 events per span (OTEL_SPAN_EVENT_COUNT_LIMIT) and drops the oldest, so that the cause of a failure
// disappears first. Events of this package never exceed the limit: the first 96 stay, 30 more places are for Warn and
// above, and 2 for exceptions of package span. In a span made by span.Do or span.Get the first 64 stay and the newest fill what
// is free at its end, so 126 calls lose nothing. How many were left out is the span's attribute log.events.dropped:
// exact where package span ends the span, else the last power of two.
//
// # Fields from the context
//
// Fields of [ContextWith], the members of the baggage that Policy.Baggage allows, and the attributes of the span that
// Policy.SpanAttributes allows are on the line, at its root even inside groups; the first two on the event too.
// event.url is the link to the trace, only where that leads somewhere: see Policy.TraceURL.
//
// # Secrets
//
// Policy.Redact hides values by key and by pattern, on line, event, status and log record alike, also inside values
// that are logged as JSON.
//
// # Log records
//
// With Policy.Logs each call is an OpenTelemetry log record too, with or without a span. Policy.Route says whether it is
// a span event, a record, or both; package events/eventbridge turns records into span events.
//
// # Writing a bridge
//
// The types [Rules], [Scope], [Event] and [Fields] are for those who write a bridge; an application needs [Policy] only.
//
// # Limitations
//
//   - Attributes of an event over the SDK's limit (128) are left out and counted by the SDK on the event.
//   - A span knows its newest calls, at least those of the last second up to 1,024: with more calls than that between two
//     outputs at once, some are two events.
//   - A span that other code ends, on a provider that package setup did not make, is not seen to end: its last events
//     are not kept for it.
//   - The budget knows the events that go through spanlog. What other code adds by AddEvent counts for the SDK only.
//   - On Fatal, the open spans above the one of the call are lost: only ended spans are exported.
//   - A secret inside a value that a wrapped logger formats itself is out of reach where that value has no JSON.
//
// [span.Mute]: https://pkg.go.dev/github.com/spanlog/spanlog/span#Mute
package events
