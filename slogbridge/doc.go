// Package slogbridge joins log/slog with tracing: a record that is logged with the context of a span carries the span's
// ids, and the span carries the record as an event.
//
// There are two handlers. [NewHandler] is a JSON handler of its own; without a span in the context and with a nil policy
// its lines are those of [slog.JSONHandler]. [Wrap] goes around any other handler. Both put the ids at the root of the
// line whatever groups are open, on sampled and unsampled, local and remote spans alike, and never twice: an attribute
// of such a name at the root gives way to the span's id. Without a span in the context no id is written and nothing is spent.
//
// A context reaches the handler through the ...Context methods of a logger. For code that logs without one, [With] binds
// a logger to the span of a context, and [NewLogLogger] does the same for code that only knows package log. A context
// with a span in the call wins over the bound one.
//
// What becomes of a record on the span is said by [events.Policy].
//
// A [slog.Leveler] that panics counts as Info, that of a wrapped handler too.
//
// Handlers are safe for concurrent use and derived handlers share one lock on the writer; a record is one call of Write.
// Handle returns the writer's error; tracing itself never fails.
//
// # Cost
//
// Without a span, or below the event level, nothing is allocated. Ids are encoded once per span and handler: NewHandler,
// and Wrap around slog's own JSON and text handlers, then put them on a line without an allocation; there they stand before
// the attributes of the call. Any other wrapped handler gets them behind those, in the record, for one allocation. A span
// event costs the SDK's copy of the attributes. What that is in time, beside others, is measured in
// internal/benchmarks/compare.
//
// # Limitations
//
//   - Groups that were opened on a handler before Wrap are out of reach: the ids stand inside them.
//   - The ReplaceAttr of a slog handler that is wrapped sees the ids once per span, as it sees bound attributes.
//   - What a wrapped handler changes by itself (its ReplaceAttr, say) is not seen by the event. NewHandler's
//     ReplaceAttr applies to both, so a value it removes from the line is not on the span either.
//   - A LogValuer is resolved once for the line and once for the event; once more where Wrap redacts, or under ECS.
//   - A handler that was made by this package is not wrapped again; Wrap returns it as it is.
//   - Wrap around a handler that leads to one of ours, a [slog.MultiHandler] say, has a policy of its own: its event is made
//     first, and what its Resource has in common with the inner one stands on that line once more, as labels.
//   - Go's default handler inside a [slog.MultiHandler], or any other that spreads records, is out of Wrap's reach: with
//     such a Wrap as slog's default each call locks up, as without us. Give the MultiHandler Wrap(slog.Default().Handler(), nil)
//     as its member instead.
//   - Under Wrap a value of any type is looked at for secrets as its JSON and as its text; names of fields (RedactKeys) are
//     seen in the JSON only.
//   - The lines of a wrapped slog.JSONHandler are no better than its own: some groups that turn out empty make invalid
//     JSON there, and so does a time outside the years 0 to 9999 that a LogValuer returns. (One that is an attribute, or the
//     record's own, becomes the mark that NewHandler writes.)
//   - Groups nested deeper than 200, as a LogValuer that has itself as a member makes them, are cut there. One that has
//     itself twice, and under Wrap one that reaches slog's own handlers, goes on until memory ends, as in slog; so does a
//     map that has itself as a member under a [slog.TextHandler].
//   - With the schema ECS a group of WithGroup under a name of ours is <name>_group, since labels are strings there.
//   - Under Wrap a user's own repeated keys, and his keys that collide with a schema's, stay as they are.
package slogbridge
