// Package zapbridge joins go.uber.org/zap with tracing: an entry that is logged with the context of a span carries the
// span's ids, and the span carries the entry as an event.
//
// There are two ways. [NewCore] is a JSON core of its own; without a span and with a nil policy its lines are those of
// zap's production configuration. [Wrap] takes any logger with whatever cores and encoders it has; nothing is bypassed:
// its samplers, levels, tees and hooks decide as before. Both put the ids at the root of the line whatever namespaces are
// open, on sampled and unsampled, local and remote spans alike, and never twice: a user's field of such a name at the
// root gives way to the span's id. Without a span no id is written and nothing is allocated.
//
// Zap knows no contexts, so one field carries it: [Context], in a call, in With, or among the arguments of a sugared
// logger. [With] binds a logger to the span of a context, for calls without one; a Context field in the call wins.
//
// What becomes of an entry on the span is said by [events.Policy]. Only what is really written becomes an event: an entry
// that a sampler drops is none.
//
// # Conversion
//
// The event of an entry has every field, bound ones first:
//   - bool, string, whole numbers and floats keep their type; a uint64 above MaxInt64 is a string of digits
//   - Duration is int64 nanoseconds; Time is RFC 3339 with nanoseconds, in UTC
//   - Binary is base64; ByteString is a string; Complex is zap's text of it
//   - Error is its message, and the first one also gives exception.*, under whatever key; so does the first of zap.Errors
//   - Stringer is its String; Reflect is converted as package events says
//   - Namespace, Object, Dict: the keys are joined by dots; an Inline object's stand for themselves
//   - Array: slices of strings, int64, float64 or bools as such; all else as JSON
//   - the logger's name is logger, its caller code.function.name, code.file.path and code.line.number, its stack
//     code.stacktrace
//
// A method that panics leaves "!PANIC: " and the reason in the place of the value, on the event and, where zap itself
// would let the panic through, on the line. The remaining fields stand.
//
// # Order and concurrency
//
// Cores and loggers are safe for concurrent use; cores derived from one NewCore share one lock on the writer, and an entry
// is one call of Write. The event is made before the line. What ends the program or the goroutine (Fatal, Panic, their
// hooks) comes after both, once. Write returns the writer's error; tracing itself never fails.
//
// # Cost
//
// Without a span, or below the event level, nothing is allocated beyond zap's own, and so with ids that are bound. A
// Context field costs one allocation, and one more for the ids where the logger is wrapped. A span event costs the SDK's
// copy of the attributes and the time stamp. With converts its fields for events at once.
//
// # Limitations
//
//   - Namespaces that were opened on a logger before Wrap are out of reach: the ids stand inside them.
//   - Wrap gives fields that follow a namespace, or the first field of an id's name, to the wrapped core with every call,
//     since zap encodes the fields of With at once and the ids must go before them. They are encoded anew each time.
//   - The slice of fields that a wrapped core gets in Write is used again afterwards; a core that keeps it must copy it.
//   - If a method panics while a wrapped logger writes, the entry is written again without it. A core of a tee that had
//     written before the one that panicked writes twice.
//   - A logger that has a core of this package anywhere is not wrapped again: of a tee of one of ours and others, the
//     others print the ids of a Context field where they print fields, and have none of With's policy.
//   - Two cores of this package in one tee make two events of an entry.
//   - Under ECS an error at the root becomes error.message and error.type; one inside a namespace stays there as text.
//   - A namespace that bears the name of an id stands under labels.<name> on lines with a span.
package zapbridge
