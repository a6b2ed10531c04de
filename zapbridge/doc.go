// Package zapbridge joins go.uber.org/zap with tracing: an entry that is logged with the context of a span carries the
// span's ids, and the span carries the entry as an event.
//
// There are two ways. [NewCore] is a JSON core of its own; without a span and with a nil policy its lines are those of
// zap's production configuration. [Wrap] takes any logger with whatever cores and encoders it has; nothing is bypassed:
// its samplers, levels, tees and hooks decide as before. Both put the ids, and the fields of events.ContextWith, at the
// root of the line whatever namespaces are open, on sampled and unsampled, local and remote spans alike, and the ids never
// twice: a user's field of such a name at the root gives way to the span's id. Without a span no id is written and nothing
// is allocated.
//
// Zap knows no contexts, so one field carries it: [Context], in a call, in With, or among the arguments of a sugared
// logger. [With] binds a logger to a context, for calls without one. A Context field in the call wins.
//
// What becomes of an entry on the span, and which names stand on the line, is said by [events.Policy]. Only what is
// really written becomes an event: an entry that a sampler drops is none. An entry that goes through several outputs of
// this package, in a tee, is one event: that of the first whose policy wants it.
//
// # Lines of NewCore
//
//   - OTel, and Names without a schema: zap's production form, with the three ids behind the fields
//   - ECS: dotted names; error.* at the head, from the first error value of the line under whatever key, inside
//     namespaces too; further ones at the root are labels.<key>, inside a namespace each stays there as text; a key that
//     stands twice in one object becomes key_2, key_3, that of a context's field too; durations are nanoseconds
//   - Datadog and GCP: their names, levels and ids; GCP has the caller as logging.googleapis.com/sourceLocation
//   - ECS, Datadog and GCP have times in RFC 3339 with nanoseconds
//
// What cannot be formatted leaves a mark under its own key, where zap has <key>Error or lets the panic through: "!PANIC: "
// and the reason for a method that panicked, "!ERROR:" and the reason for a value that has no JSON. The remaining fields
// stand.
//
// # Events
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
// # Redaction
//
// Policy.Redact applies to line and event alike. Of a wrapped logger the message, the stack and the fields are rewritten
// before its cores see them, and only those in which something is hidden: a text stays a text, an object or array becomes
// its JSON (durations in nanoseconds, times in RFC 3339), the members of an Inline object become fields of their own.
//
// # Fatal and Panic
//
// After the line of a Fatal entry its span is ended, with status Error, and exported by its provider; then Policy.Flush is
// called. Panic exports and flushes and ends nothing, and so does DPanic where the logger panics. All this is within
// FlushTimeout, and before zap's own action or the hook of WithFatalHook and WithPanicHook.
//
// # Order and concurrency
//
// Cores and loggers are safe for concurrent use; cores derived from one NewCore share one lock on the writer, and an entry
// is one call of Write. No lock is held while methods of the user's run, so they may log. The event is made before the
// line. What ends the program or the goroutine comes after both, once. Write returns the writer's error; tracing itself
// never fails. A level of the user's that panics counts as Info, that of a wrapped core too.
//
// # Cost
//
// Without a span, or below the event level, nothing is allocated beyond zap's own, and so with ids that are bound. A
// Context field costs one allocation of 16 bytes; the ids are encoded once per span. A core of NewCore writes strings,
// numbers and bools itself, in the bytes of zap's encoder, which writes all other fields, and all lines of other schemas. A
// span event costs the SDK's copy of the attributes. Wrap around a core of zapcore.NewCore writes to it without an entry of
// its own, which any other core needs to decide; where the encoder is one of zap's too, a span gets a core that holds its
// ids from its fourth line on (1.3 KB, for up to 32 spans per logger), so that a later line with a Context field costs 1.35 of
// a plain one, and one without a span 1.05. The first lines of a span, and those around any other core, cost 2.0 to 2.2. With converts its fields for events at once, and looks into the context that it binds;
// only Policy.SpanAttributes are read anew in each call.
//
// # Limitations
//
//   - Namespaces that were opened on a logger before Wrap are out of reach: the ids stand inside them.
//   - Wrap gives fields that follow a namespace, or the first field of an id's name, to the wrapped core with every call,
//     since zap encodes the fields of With at once and the ids must go before them. They are encoded anew each time.
//   - The slice of fields that a wrapped core gets in Write is used again afterwards; a core that keeps it must copy it.
//   - If a method of a field panics while a wrapped logger writes, the entry is written once more without it, and a core of
//     a tee that had written before writes twice. If a core or its writer panics, the entry is lost for that core and for
//     those behind it in a tee, and the logger's error output is told.
//   - On lines of wrapped loggers what zap itself catches stands as zap has it: <key>Error, with "PANIC=" and the reason
//     for Error and String, and the error of encoding/json for a value that has no JSON.
//   - A logger that has a core of this package anywhere is not wrapped again: of a tee of one of ours and others, the
//     others print the ids of a Context field where they print fields, and have none of With's policy. Cores behind ours in
//     a tee are not flushed by ours before the program ends.
//   - An output is what one NewCore or Wrap made. A call that comes through several is known by its span, time, caller and
//     message: without AddCaller, calls of the same message at the same nanosecond through two outputs count as one.
//   - Under ECS the keys and errors inside a user's own ObjectMarshaler or ArrayMarshaler stay as they are (those of Dict,
//     Inline and namespaces are looked after). In other schemas, and on lines of wrapped loggers, keys that the user repeats
//     are repeated, as zap does, also where one is that of a context's field.
//   - A namespace that bears the name of an id stands under labels.<name> on lines with a span; with the schema ECS one
//     that bears a name of ours is <name>_group, since labels are strings there.
//   - A context that is bound later and has no span keeps the span that was bound, with the fields of the later context only.
//   - A method that calls itself without end, a MarshalLogObject that adds its own object say, overflows the stack, as with
//     plain zap: nothing can catch that.
//   - A Fatal or Panic entry that a level or a sampler filters ends the program or the goroutine all the same, and reaches
//     no core: nothing is flushed for it.
//   - Whether a DPanic panics is read from a private field of zap's entry. Should it go, DPanic flushes nothing.
package zapbridge
