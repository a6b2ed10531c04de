// Package zerologbridge joins zerolog with tracing: a call that is made with the context of a span carries the span's
// ids on its line, and the span carries the call as an event.
//
// There are two ways in. [New] makes a logger whose lines follow the schema of the policy. [Wrap] takes a logger that
// exists and adds a hook to it. Both put the ids at the root of the line, on sampled and unsampled, local and remote
// spans alike, and never twice: a field of such a name at the root, bound or of the call, gives way to the span's id.
// Behind the ids come the fields of events.ContextWith, allow-listed baggage members and span attributes, the link to
// the trace, and the policy's resource. Without a span in the context no id is written and nothing is spent.
//
// A context reaches the hook through .Ctx(ctx) on the event. For code that logs without one, [With] binds a logger to
// a context; loggers that are passed on by zerolog.Ctx work too, if they were bound before.
//
// What becomes of a call on the span is said by [events.Policy]. The event has the fields of the line, bound ones and
// those of the call, read from zerolog's buffer while it is still open:
//   - strings, bools and numbers keep their type; whole numbers are int64, above its range their digits as a string
//   - objects and dicts are flattened, with dots between the keys, or maps with events.GroupsMap; arrays of one kind are
//     slices, others JSON text
//   - null is the string null; raw JSON that is none is a string that begins with "!ERROR:invalid JSON: ", and the fields
//     around it stay
//   - the level and the time are left out, since the event has its own; the caller is code.file.path and code.line.number
//   - the error of Err, in a dict too, is also exception.message, once for each text on a span
//   - a key that stands on the line twice is on the event twice
//
// The severity is the level's name in capitals, INFO for a call without a level. zerolog's levels count as those of
// package slog where a policy names one: Trace -8, Debug -4, Info and none 0, Warn 4, Error 8, Panic 13, Fatal 14.
//
// # Lines of New
//
// They have time, level and message where zerolog has them. With another schema than OTel, or names of the policy's own
// for level or message, these come first on the line, then what the hook adds, then what the user added:
//   - ECS: the first error, in an object too, is error.message, the stack that zerolog writes with it error.stack_trace,
//     the caller log.origin.file.*; a field that would collide with a name of the schema goes to labels.<key> as a
//     string; a key that an object has already gets _2, _3 and so on
//   - GCP: the level as Cloud Logging has it, the caller as logging.googleapis.com/sourceLocation
//   - Datadog: level and text as status and message
//
// Zerolog takes raw JSON from its caller unseen, so the hook of New reads what the user added to a line. What is no JSON is a
// string with a mark, as on the event, behind our own fields; line breaks between its tokens become blanks.
//
// # Redaction
//
// The policy's redactions apply to events, to lines of New, and, in place, to lines of wrapped loggers: what is hidden
// there is overwritten with as much of "[REDACTED]" as it has room for, then with spaces. A string of which a pattern
// hides a part is hidden whole if the rest would not fit. Raw JSON that is broken is hidden whole, since it may have a
// secret under a key that cannot be read. Ids and other fields of ours are not searched.
//
// # Order and concurrency
//
// Samplers and levels decide before the hook runs: a call that is not logged is no event. One call is one event and one
// log record, whatever zerolog's multi-writers make of its line.
//
// On Fatal the hook adds the event, ends the span and flushes its provider, before the line is written; then the writer
// of New writes the line and calls the policy's Flush; then zerolog closes the writer, with Wrap too, and ends the
// program. Panic does the same without an end of the span. WithLevel(FatalLevel) ends nothing.
//
// Loggers are safe for concurrent use as far as the writer is: nothing is locked here, so that values which log while
// they are formatted cannot hang. What a writer returns, or its panic as an error, goes to zerolog.ErrorHandler; tracing
// itself never fails, and what a function of the policy raises is caught. No variable of package zerolog is changed;
// those that rename fields are read at every call.
//
// # Cost
//
// Ids, the time, and calls without a span or below the event level allocate nothing. An event costs two allocations: a
// copy of the line, which its attributes share (those of a line over 16 KiB have their own), and the SDK's copy of the
// attributes. New reads what the user added to each line once; one that is renamed or searched for
// secrets is read once more and copied once.
//
// # Limitations
//
//   - Hooks that are added after New or Wrap run later: what they add is on the line but not on the event, and a call
//     that they discard is an event all the same. This includes zerolog's own With().Caller() and With().Timestamp().
//     Wrap last. An id that they add to a line of a wrapped logger is there twice, and what they add there is not
//     searched for secrets.
//   - zerolog writes the message behind the hooks: on lines of a wrapped logger it is not redacted. On the event it is.
//   - A line has no types: a float without fraction is a whole number on the event, a duration what zerolog makes of it
//     (milliseconds), a time or []byte a string. An error under another key than zerolog's own for errors is a string
//     like any other. The Go type of an error is not known: there is no exception.type and no error.type on the line,
//     and the span's error.type is _OTHER.
//   - zerolog formats values in the caller's statement, before any hook: a value that panics in a method of its own, such
//     as MarshalJSON, MarshalZerologObject, Error or String, panics there, in the caller, as it does without this package.
//   - A field of the user's that has the name of zerolog's time, such as that of Timestamp(), stands beside the one that
//     New writes: zerolog does not look for it either. With ECS they have different names.
//   - Output on a logger of New leaves out the renaming of level and message, the collisions with the schema, and Flush;
//     redaction is then that of a wrapped logger.
//   - A context that is given to a call takes the place of the one bound by With, even where it has no span: zerolog
//     keeps one context.
//   - Keys of objects inside arrays are not made unique with ECS.
//   - A Fatal or Panic call that a level, a sampler or an earlier hook drops ends the program without passing here:
//     nothing is flushed. Open spans above the one that Fatal ends are lost. WithLevel at Fatal or Panic waits for Flush.
//   - Ids and constant fields that take the place of a field leave spaces where it was, unless the line is written anew.
//   - Raw JSON that is none makes the line of a wrapped logger invalid, as it does without this package. New marks it, unless
//     a later hook adds it. Where it ends with an opening brace, zerolog leaves out the comma behind it: the next field
//     is then part of it.
//   - With zerolog's build tag binary_log (CBOR), or should a new version of zerolog keep its buffer in another way,
//     events have a message and a severity but no fields, a user's field that is named like an id stays beside it, and
//     values on lines of wrapped loggers are not redacted. In CBOR no line is, and all keep zerolog's names.
package zerologbridge
