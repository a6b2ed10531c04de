// Package elk ships JSON log lines to Elasticsearch: each line becomes one
// document of a data stream, and what became of every line is known.
//
// A Shipper is an io.Writer for whatever logger the program has; with Tee it
// stands beside the console:
//
//	shipper, err := elk.Open(elk.Config{Addresses: []string{url}, Dataset: "checkout"})
//	defer shipper.Close()
//	slog.SetDefault(slog.New(slogbridge.NewHandler(elk.Tee(os.Stderr, shipper), nil, nil)))
//
// # What becomes of a line
//
//   - Write copies it into a ring of Config.RingBytes and returns. It never
//     waits for the network and never fails while the shipper is open.
//   - A ring that is full first gives up lines of a lower level than the new
//     one, lowest and oldest first; if that is not enough, the new line is
//     dropped. Either is counted in Stats.Dropped.RingFull.
//   - One goroutine sends what is in the ring, in batches, with the bulk API's
//     create action to logs-<dataset>-<namespace>. It never re-parses a line:
//     it looks at the root keys, and splices in "@timestamp" (the time of the
//     Write) if the line has none, and "event.sequence", which counts the
//     shipper's lines from 1, unless the line has it or has something under
//     "event" that it would conflict with. A gap in it is a line that was
//     dropped or refused.
//   - Each document has its own verdict. 200 and 201 are delivered, or
//     diverted if they went to the failure store. 409 is a duplicate: ids are
//     stable, so an earlier request did store it. 429, 5xx, 403 and a missing
//     index or template wait and are sent again. All else is a dead letter.
//   - A request without a verdict is sent again: connection errors, timeouts,
//     429, 5xx, 401 and 403 (after asking Config.Credentials anew), redirects,
//     and answers that are not believed, such as HTML, cut JSON, or the wrong
//     number of items. A request refused with 413, or with 400 for a
//     document's sake, is halved down to the guilty document, a dead letter.
//   - After several failures in a row requests are halved, and they grow again
//     with each answer: a server may refuse a request for its size alone, for
//     ever, and after an outage it is not met with everything at once.
//   - Waits between tries are random below a ceiling that doubles up to
//     Config.BackoffMax, and not shorter than a Retry-After in seconds, of
//     which at most 5 minutes are obeyed.
//
// Lines that cannot be documents, because they are not one JSON object, not
// UTF-8 or longer than Config.MaxLineBytes, are dead letters without being
// sent. Empty lines count for nothing.
//
// # Dead letters
//
// Config.DeadLetter gets one JSON object in a line for each:
//
//	{"@timestamp":"…","reason":"refused","status":400,"error.type":"…","error.reason":"…","target":"logs-…","document":"…"}
//
// reason is not_json_object, invalid_utf8, line_too_long, refused or
// product_check (Config.Client does not like the server, and hides whether it
// stored the document); status and error.* are there where somebody gave
// them; document is the line as it was written, and document_base64 its exact
// bytes where it is not UTF-8.
//
// # Counting
//
// At every moment, in one Stats value:
//
//	accepted = delivered + diverted + duplicate + dead-lettered + dropped + pending
//
// # Ordering and concurrency
//
// All methods may be called from any goroutine. Lines leave in order of
// arrival and one request after the other, but a document that has to be sent
// again comes later; sort by "@timestamp", then "event.sequence".
//
// A Write takes a short lock and allocates nothing in the steady state.
// Memory is bounded by RingBytes, twice BatchBytes and one line, and the
// answer to a request.
//
// The shipper never logs, and its HTTP client is never instrumented.
// Credentials, Client, DeadLetter and OnAlarm may log into it; their panics
// are caught.
//
// # Limitations
//
//   - What is in memory is lost when the process dies; call Close, and Flush
//     before os.Exit.
//   - A line is what stands between two newlines: indented JSON becomes
//     several lines, each a dead letter.
//   - The splice trusts brackets, strings and separators. Other faults inside
//     a line, duplicate keys too, are found by the server, which refuses that
//     document alone.
//   - A root "@timestamp" that the server cannot read, or null, is left as it
//     is, and refused by the server.
//   - A 409 detects a duplicate only within one backing index: a repeat of a
//     request with a lost answer, right after a rollover, is stored twice.
//   - A server that refuses the request parameters require_data_stream or
//     include_source_on_error, as OpenSearch does, stores nothing: lines wait,
//     with an alarm.
//   - There is one data stream and one request at a time, so documents that
//     wait for a 403 or a missing template to be mended hold up the others
//     only by their share of each batch, but fill the ring in the end.
//   - A Config.Client that ignores the request's context can hold up sending
//     for as long as it likes, though never Write, Flush or Close.
package elk
