// Package spanstate holds what the bridges and package span know of a span in common: the text form of its ids, the
// form of an error on it, and which errors it already carries.
//
// Its one piece of state is a table of live spans, at most 4,096 of them, keyed by trace id and span id, so that a span
// started by package span, by otelhttp or by raw OpenTelemetry code is found alike. An entry remembers the errors that
// were recorded and the local parent; it never holds the span itself, so an entry that is left behind costs some
// hundred bytes and no span is kept alive, besides the log events that wait for the span's end. Entries go when package
// span or a processor of setup sees the span end, else when newer ones need the place.
//
// All functions are safe for concurrent use and accept a nil span and a nil context.
package spanstate
