// Package events says what becomes of a log call made inside a span.
//
// A [Policy] is the one struct that the three bridges (slogbridge, zapbridge, zerologbridge) share. It decides under
// which names the ids stand on the line, from which level on a call becomes a span event, and from which level on it
// marks the span as failed. A nil *Policy means the documented defaults, and so does the zero value.
//
// What the span event of one call holds:
//   - its name is the field event.name if the call has one, else the message, never empty, cut at 256 bytes;
//   - its time is the record's own;
//   - log.severity is the library's name of the level, in capitals;
//   - every field of the line, bound ones first, each with its type; the keys of groups are joined by dots;
//   - exception.type, exception.message and, where the error carries one, exception.stacktrace, for the first error
//     value of the call under any key; an error that was told on this span before, or below it, is not told again.
//
// How values become attributes:
//   - string, bool, signed integers, float32 and float64 keep their type; so do slices of string, bool, int, int64 and float64
//   - unsigned integers are int64, above MaxInt64 their decimal digits as a string
//   - [time.Duration] is int64 nanoseconds; [time.Time] is RFC 3339 with nanoseconds, in UTC
//   - []byte is base64; nil is the string null; an error is its message
//   - everything else is what its JSON says: a string, bool or whole number as such, the rest as JSON text
//   - a string over 64 KiB is cut on a rune and ends in a mark
//
// A span that does not record costs one check: no conversion, no allocation.
//
// The types [Rules], [Event] and [Fields] are for those who write a bridge; an application needs [Policy] only.
//
// # Limitations
//
// The SDK keeps 128 events per span by default and drops the oldest; nothing here holds places for the first ones yet.
// Attributes of an event over the SDK's limit (128) are left out and counted by the SDK.
package events
