// Package eventbridge makes span events of log records: the log processor that the OpenTelemetry specification calls
// "event to span event bridge". New code may then emit events as log records (OTEP 4430), while views that know span
// events only still show them.
//
//	provider := sdklog.NewLoggerProvider(
//		sdklog.WithProcessor(eventbridge.New()),
//		sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter)))
//
// A record becomes an event when all of these hold (https://opentelemetry.io/docs/specs/otel/logs/sdk/#event-to-span-event-bridge):
//   - it has an event name, or one that [WithNames] gives it;
//   - its trace id and span id are valid, and are those of the span in the context it is emitted with;
//   - that span is recording.
//
// The event has the record's name, its time (else the time it was observed), and all its attributes. Body and severity
// are not mapped. The record itself goes on to the next processor as it is.
//
// Below span.Mute there are no events, and the budget of a span's events (package events) holds here too.
//
// A record of a log call of which package events decides, because [events.Policy] has the route RouteBoth, is left
// alone: one call is never two events. With RouteRecords this processor is the one that makes the events.
//
// # Limitations
//
// With [WithNames] the records of another bridge that hangs beside spanlog (contrib's otelslog or otelzap) become events
// too, although spanlog has made one of the same call: name only what is not spanlog's neighbour.
//
// The processor holds no state, and is safe for concurrent use. Shutdown and ForceFlush do nothing.
package eventbridge
