// Package zerologbridge joins zerolog with tracing: a call that is made with the context of a span carries the span's
// ids on its line, and the span carries the call as an event.
//
// There are two ways in. [New] makes a logger whose lines follow the schema of the policy. [Wrap] takes a logger that
// exists and adds a hook to it. Both put the ids at the root of the line, on sampled and unsampled, local and remote
// spans alike, and never twice: a field of such a name at the root, bound or of the call, gives way to the span's id.
// Without a span in the context no id is written and nothing is spent.
//
// A context reaches the hook through .Ctx(ctx) on the event. For code that logs without one, [With] binds a logger to
// the span of a context; loggers that are passed on by zerolog.Ctx work too, if they were bound before.
//
// What becomes of a call on the span is said by [events.Policy]. The event has the fields of the line, bound ones and
// those of the call, read from zerolog's buffer while it is still open:
//   - strings, bools and numbers keep their type; whole numbers are int64, above its range their digits as a string
//   - objects and dicts are flattened, with dots between the keys; arrays of one kind are slices, others JSON text
//   - null is the string null; raw JSON that is broken stands as the text it is, and the fields around it stay
//   - the level and the time are left out, since the event has its own; the caller is code.file.path and code.line.number
//   - the error of Err is also exception.message, once for each text on a span
//
// The severity is the level's name in capitals, INFO for a call without a level. zerolog's levels count as those of
// package slog where a policy names one: Trace -8, Debug -4, Info and none 0, Warn 4, Error 8, Panic 13, Fatal 14.
//
// The lines of New have time, level and message where zerolog has them. With the ECS schema, or names of the policy's
// own for level or message, they come first on the line, then the ids, the constant fields, and what the user added.
// With ECS the first error is error.message, the caller log.origin.file.*, and a field that would collide with a name
// of the schema goes to labels.<key> as a string.
//
// Samplers and levels decide before the hook runs: a call that is not logged is no event. Panic and Fatal do what they
// do in zerolog. No variable of package zerolog is changed; those that rename fields are read at every call.
//
// Loggers are safe for concurrent use as far as the writer is: nothing is locked here. What a writer returns, or its
// panic as an error, goes to zerolog.ErrorHandler; tracing itself never fails.
//
// # Cost
//
// Ids, the time, and calls without a span or below the event level allocate nothing. An event costs a copy of the line,
// which its attributes share, the SDK's copy of the attributes, and the time stamp. A line that is renamed for a schema
// is read once more and copied once.
//
// # Limitations
//
//   - Hooks that are added after New or Wrap run later: what they add is on the line but not on the event, and a call
//     that they discard is an event all the same. This includes zerolog's own With().Caller() and With().Timestamp().
//     Wrap last. An id that they add to a line of a wrapped logger is there twice.
//   - A line has no types: a float without fraction is a whole number on the event, a duration what zerolog makes of it
//     (milliseconds), a time or []byte a string, and no error but that of Err is known as one. The Go type of an error
//     is not known: there is no exception.type, and the span's error.type is _OTHER.
//   - A field of the user's that has the name of zerolog's time, such as that of Timestamp(), stands beside the one that
//     New writes: zerolog does not look for it either. With ECS they have different names.
//   - Output on a logger of New leaves out the renaming of level and message, and the collisions with the schema.
//   - A context that is given to a call takes the place of the one bound by With, even where it has no span: zerolog
//     keeps one context.
//   - Ids and constant fields that take the place of a field leave spaces where it was, unless the schema is one that
//     writes the line anew.
//   - A line that raw JSON made invalid is written as zerolog makes it, without renaming.
//   - Should a new version of zerolog keep its buffer in another way, or with its build tag binary_log, events have a
//     message and a severity but no fields, and a user's field that is named like an id stays beside it.
package zerologbridge
